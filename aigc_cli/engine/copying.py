"""Copies a workflow with the templates that it names, for somebody who wants to change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aigc_cli import registry
from aigc_cli.artifacts import write_atomic
from aigc_cli.assets import Templates
from aigc_cli.engine.catalogue import SCHEMA_NAME, schema_text
from aigc_cli.engine.find import find
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.expressions import evaluate
from aigc_cli.workflow.load import load
from aigc_cli.workflow.model import Workflow


def copy_workflow(named: str, folder: Path) -> list[Path]:
    """Copies a workflow into a folder, below it the templates it uses, beside it the schema that its first line names for editors.

    Returns what was written, the workflow first.

    Raises WorkflowError when a file of that name is there already: nothing is overwritten.
    """
    source = find(named)
    workflow = load(source).checked()
    templates = Templates.beside(workflow.folder)
    wanted = {folder / source.name: source}
    for kind, name in used_templates(workflow, templates):
        wanted[folder / "templates" / kind / name] = templates.find(kind, name)
    taken = next((target for target in wanted if target.exists() or target.is_symlink()), None)
    if taken is not None:
        raise WorkflowError(f"{taken} is there already", "name a folder that does not exist yet")
    schema = folder / SCHEMA_NAME
    for target, path in wanted.items():
        write_atomic(target, path.read_bytes())
    if not schema.exists() and not schema.is_symlink():
        write_atomic(schema, schema_text().encode())
        return [*wanted, schema]
    return list(wanted)


def used_templates(workflow: Workflow, templates: Templates) -> Iterator[tuple[str, str]]:
    """Kind and file name of every template that a step names, by itself or by an input's default; each language of it."""
    names = {
        "inputs": {name: None if declared.is_required else declared.default for name, declared in workflow.inputs.items()},
        "steps": {},
        "env": {},
        "run": {},
        "brand": None,
    }
    seen: set[tuple[str, str]] = set()
    for spec in workflow.steps.values():
        if spec.is_include:
            continue
        for field_name, field in registry.step(spec.uses).model_fields.items():
            kind = field.json_schema_extra.get("template") if isinstance(field.json_schema_extra, dict) else None
            given = spec.params.get(field_name, workflow.brand if field_name == "brand" else field.default)
            try:
                value = evaluate(given, names)
            except WorkflowError:  # known only while running
                continue
            if not isinstance(kind, str) or not isinstance(value, str):
                continue
            for name in templates.names(kind):
                if (name == value or name.startswith(f"{value}.")) and (kind, name) not in seen:
                    seen.add((kind, name))
                    yield kind, name
