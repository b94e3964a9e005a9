"""What steps and providers there are, gathered from the registry for the JSON Schema of the language."""

from __future__ import annotations

import json
from typing import Any

from aigc_cli import registry
from aigc_cli.assets import Templates
from aigc_cli.workflow.schema import Capability, StepKind, build

SCHEMA_NAME = "aigc.schema.json"
"""What the first line of a shipped workflow calls the schema's file."""


def schema_text() -> str:
    """The schema as the text of a file."""
    return json.dumps(language_schema(), indent=2, ensure_ascii=False) + "\n"


def language_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of workflow files, with every step and provider that is installed."""
    templates = Templates.beside(None)
    kinds = {}
    for name in registry.steps():
        kind = registry.step(name)
        kinds[name] = StepKind(_first_line(kind.__doc__), kind.provides, kind.model_json_schema(by_alias=True), dict(kind.outputs))
    capabilities = {}
    for name in registry.capabilities():
        options = {each: registry.provider(name, each).model_json_schema(by_alias=True) for each in registry.providers(name)}
        capabilities[name] = Capability((registry.EMBEDDED, *registry.providers(name)), options)
    kinds_of_template = ("brands", "captions", "copy", "scenes")
    names = {kind: sorted({file.split(".")[0] for file in templates.names(kind)}) for kind in kinds_of_template}
    return build(kinds, capabilities, names)


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]
