"""The JSON Schema of the workflow language: what an editor completes and checks while somebody writes.

It says no more than the checker: whatever it refuses, `aigc validate` refuses too. Wherever a typed value may stand, an
expression may stand as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aigc_cli.workflow.declarations import ITEM_TYPES, MAX_PATTERN
from aigc_cli.workflow.load import MAX_ATTEMPTS, MAX_COST, MAX_STEPS, MAX_TIMEOUT_S, MAX_WAIT_S
from aigc_cli.workflow.model import INPUT_TYPES, LANGUAGE_VERSION, MEDIA

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXPRESSION = {"type": "string", "pattern": r"\$\{\{", "description": "An expression: `${{ inputs.x }}`, `${{ steps.y.z }}`."}
_ID = "^[A-Za-z][A-Za-z0-9_]{0,63}$"
_NAME = "^[a-z0-9][a-z0-9_-]{0,63}$"

Json = dict[str, Any]


@dataclass(frozen=True)
class StepKind:
    """A kind of step: what it does, its capability, the JSON Schema of its parameters, and its outputs."""

    title: str
    provides: str
    schema: Mapping[str, Any]
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Capability:
    """A capability: the names that `provider:` may take, and the JSON Schema of each provider's options."""

    names: Sequence[str]
    options: Mapping[str, Mapping[str, Any]]


def build(kinds: Mapping[str, StepKind], capabilities: Mapping[str, Capability], templates: Mapping[str, Sequence[str]]) -> Json:
    """The schema of workflow files.

    Args:
        kinds: the step kinds by name.
        capabilities: the capabilities by name.
        templates: names of templates by kind, for completion.
    """
    definitions: Json = {"expression": EXPRESSION}
    options = {name: _options(name, capability, kinds, templates, definitions) for name, capability in capabilities.items()}
    by_capability = {"type": "object", "additionalProperties": False, "properties": options}
    definitions["input"] = _input()
    definitions["step"] = _step(kinds, capabilities, templates, definitions)
    return {
        "$schema": DIALECT,
        "title": "aigc workflow",
        "description": f"The workflow language of aigc, version {LANGUAGE_VERSION}.",
        "type": "object",
        "required": ["aigc", "steps"],
        "additionalProperties": False,
        "patternProperties": {"^x-": {"description": "A place for anchors; not read."}},
        "properties": {
            "aigc": {"const": LANGUAGE_VERSION, "description": "Version of the language."},
            "name": {"type": "string", "pattern": _NAME, "description": "Name of the workflow; files are named by it."},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "inputs": {
                "type": "object",
                "description": 'Typed inputs; `--set product="Aero Kettle"` fills them.',
                "propertyNames": {"pattern": _ID},
                "additionalProperties": {"$ref": "#/$defs/input"},
            },
            "defaults": {**by_capability, "description": "Options by capability, for every step of it."},
            "brand": {
                "anyOf": [{"enum": list(templates.get("brands", ()))}, {"type": ["string", "object"]}],
                "description": "The brand of the clip.",
            },
            "profiles": {
                "type": "object",
                "description": "Named sets of options; `--profile NAME` picks one.",
                "additionalProperties": by_capability,
            },
            "steps": {
                "type": "object",
                "description": "The steps by id; their order comes from what they refer to.",
                "minProperties": 1,
                "maxProperties": MAX_STEPS,
                "propertyNames": {"pattern": _ID},
                "additionalProperties": {"$ref": "#/$defs/step"},
            },
            "outputs": {"type": "object", "description": "What the run gives, by name.", "propertyNames": {"pattern": _ID}},
        },
        "$defs": definitions,
    }


def _input() -> Json:
    types = {"enum": list(INPUT_TYPES)}
    return {
        "anyOf": [
            types,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "type": {"anyOf": [types, {"type": "array", "items": types, "minItems": 1, "uniqueItems": True}], "default": "string"},
                    "items": {"enum": list(ITEM_TYPES), "description": "Type of a list's items."},
                    "media": {"enum": list(MEDIA), "description": "What a file should hold."},
                    "title": {"type": "string"},
                    "description": {"type": "string"},
                    "default": {"description": "The value when none is given; an input without it must be given."},
                    "min": {"type": "number", "description": "Least number, length of text, or count of items."},
                    "max": {"type": "number", "description": "Greatest number, length of text, or count of items."},
                    "pattern": {
                        "type": "string",
                        "maxLength": MAX_PATTERN,
                        "description": "A regular expression that the whole text must match.",
                    },
                    "enum": {"type": "array", "minItems": 1, "description": "The values that are allowed."},
                    "secret": {"type": "boolean", "description": "Keeps the value out of logs, keys and manifests."},
                },
            },
        ]
    }


def _step(
    kinds: Mapping[str, StepKind], capabilities: Mapping[str, Capability], templates: Mapping[str, Sequence[str]], definitions: Json
) -> Json:
    names = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}]}
    rules = []
    for name, kind in kinds.items():
        capability = capabilities.get(kind.provides, Capability((), {}))
        one = {"enum": list(capability.names)}
        rules.append(
            {
                "if": {"properties": {"uses": {"const": name}}, "required": ["uses"]},
                "then": {
                    "description": kind.title,
                    "properties": {
                        "with": _parameters(kind.schema, capability.options.values(), templates, definitions),
                        "provider": {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]},
                    },
                },
            }
        )
    return {
        "type": "object",
        "required": ["uses"],
        "additionalProperties": False,
        "properties": {
            "uses": {
                "anyOf": [
                    *({"const": name, "description": kind.title} for name, kind in kinds.items()),
                    {"type": "string", "pattern": r"^\./.*\.ya?ml$", "description": "Another workflow file, run as a step."},
                ]
            },
            "with": {"type": "object", "description": "Parameters of the step, and options of its provider."},
            "provider": {**names, "description": "Who does it; a list is a chain of fall-backs."},
            "for_each": {
                "anyOf": [{"type": "array"}, EXPRESSION],
                "description": "Runs the step once per item; `item` and `index` are known in it.",
            },
            "if": {"anyOf": [{"type": "boolean"}, EXPRESSION], "description": "Leaves the step out when it is false."},
            "needs": {**names, "description": "Steps to wait for that give no data."},
            "retry": {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPTS},
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "attempts": {"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPTS},
                            "wait_s": {"type": "number", "minimum": 0, "maximum": MAX_WAIT_S},
                        },
                    },
                ],
                "description": "How often to try in all, and the wait before the second try.",
            },
            "timeout_s": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": MAX_TIMEOUT_S,
                "description": "Stops the step after so many seconds.",
            },
            "max_cost": {
                "type": "number",
                "minimum": 0,
                "maximum": MAX_COST,
                "description": "What the step's calls may cost in all, in the price lists' currency.",
            },
            "seed": {"type": "integer", "minimum": 0, "description": "Another seed gives another result."},
            "cache": {"type": "boolean", "default": True, "description": "False runs the step every time."},
        },
        "allOf": rules,
    }


def _options(
    name: str, capability: Capability, kinds: Mapping[str, StepKind], templates: Mapping[str, Sequence[str]], definitions: Json
) -> Json:
    """Options of a capability, for `defaults` and `profiles`: the fields of all its steps and providers, and `provider`."""
    schemas = [kind.schema for kind in kinds.values() if kind.provides == name]
    found: Json = {"type": "object"}
    if schemas:
        found = _parameters(schemas[0], (*schemas[1:], *capability.options.values()), templates, definitions)
    one = {"enum": list(capability.names)}
    found.pop("required", None)
    found["properties"] = {"provider": {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}, **found.get("properties", {})}
    return found


def _parameters(schema: Mapping[str, Any], options: Any, templates: Mapping[str, Sequence[str]], definitions: Json) -> Json:
    properties: Json = {}
    for each in (schema, *options):
        _define(each, definitions)
        for name, field in each.get("properties", {}).items():
            properties.setdefault(name, _open(field, templates))
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _define(schema: Mapping[str, Any], definitions: Json) -> None:
    """Keeps the definitions that a model's schema refers to, opened for expressions at every level."""
    for name, definition in schema.get("$defs", {}).items():
        if name not in definitions:
            definitions[name] = {}  # a definition may refer to itself
            definitions[name] = _deep(definition)


def _open(field: Mapping[str, Any], templates: Mapping[str, Sequence[str]]) -> Json:
    """A field that takes its value, an expression, or null, which stands for "not given"."""
    kept = {key: field[key] for key in ("description", "default") if key in field}
    template = field.get("template")
    inner = _deep({key: value for key, value in field.items() if key not in ("description", "default", "title", "template")})
    choices = [inner]
    if isinstance(template, str) and templates.get(template):
        choices = [{"enum": [*templates[template], *([field["default"]] if isinstance(field.get("default"), str) else [])]}, inner]
    return {**kept, "anyOf": [*choices, {"$ref": "#/$defs/expression"}, {"type": "null"}]}


def _deep(schema: Any) -> Any:
    """A schema in which every typed value may be an expression instead."""
    if isinstance(schema, list):
        return [_deep(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: value for key, value in schema.items() if key not in ("title", "discriminator")}
    for key in ("properties", "$defs"):
        if isinstance(found.get(key), dict):
            found[key] = {name: _or_expression(each) for name, each in found[key].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _or_expression(found[key])
    if isinstance(found.get("prefixItems"), list):
        found["prefixItems"] = [_or_expression(each) for each in found["prefixItems"]]
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(found.get(key), list):
            found["anyOf" if key == "oneOf" else key] = [_deep(each) for each in found[key]]
    found.pop("oneOf", None)  # an expression may fit several alternatives
    return found


def _or_expression(schema: Any) -> Json:
    return {"anyOf": [_deep(schema), {"$ref": "#/$defs/expression"}]}
