"""The JSON Schema of the language: what editors complete from."""

import json

import pytest

from aigc_cli import registry
from aigc_cli.engine.catalogue import language_schema


@pytest.fixture(scope="module")
def schema():
    return language_schema()


def resolve(schema, pointer):
    found = schema
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def rules(schema):
    return {each["if"]["properties"]["uses"]["const"]: each["then"]["properties"] for each in schema["$defs"]["step"]["allOf"]}


def test_every_reference_leads_somewhere(schema):
    found = set(references(schema))
    assert "#/$defs/step" in found
    for pointer in found:
        assert isinstance(resolve(schema, pointer), dict)


def test_it_is_plain_json_and_always_the_same(schema):
    assert json.dumps(schema, allow_nan=False) == json.dumps(language_schema(), allow_nan=False)


def test_every_step_kind_is_completed_with_its_parameters(schema):
    uses = [each["const"] for each in schema["$defs"]["step"]["properties"]["uses"]["anyOf"] if "const" in each]
    assert uses == list(registry.steps())
    for name, rule in rules(schema).items():
        kind = registry.step(name)
        properties = rule["with"]["properties"]
        assert set(kind.model_fields) <= set(properties)
        assert rule["with"]["additionalProperties"] is False
        for field in properties.values():
            assert {"$ref": "#/$defs/expression"} in field["anyOf"]
        assert rule["provider"]["anyOf"][0]["enum"] == [registry.EMBEDDED, *registry.providers(kind.provides)]


def test_enums_limits_and_templates_are_there(schema):
    music, text = rules(schema)["music.compose"]["with"]["properties"], rules(schema)["text.write"]["with"]["properties"]
    assert "upbeat" in json.dumps(music["mood"])
    assert {"maximum": 1, "minimum": 0, "type": "number"} in music["energy"]["anyOf"]
    assert "product-clip" in text["template"]["anyOf"][0]["enum"]
    assert music["mood"]["description"]


def test_expressions_may_stand_inside_structures(schema):
    formats = rules(schema)["video.assemble"]["with"]["properties"]["formats"]
    assert {"$ref": "#/$defs/expression"} in formats["anyOf"][0]["items"]["anyOf"]


def test_defaults_and_profiles_know_capabilities(schema):
    defaults = schema["properties"]["defaults"]
    assert list(defaults["properties"]) == list(registry.capabilities())
    assert "preset" in defaults["properties"]["video"]["properties"]
    assert schema["properties"]["profiles"]["additionalProperties"]["properties"] == defaults["properties"]
