from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli import registry
from aigc_cli.artifacts import Artifact
from aigc_cli.engine import keys
from tests.engine.bench import Echo, Plain, Second

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def _shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(item) for key, item in reversed(value.items())}
    return [_shuffled(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_order_of_keys_does_not_count(value: Any) -> None:
    assert keys.digest(value) == keys.digest(_shuffled(value))


@given(JSON, JSON)
def test_different_values_have_different_digests(one: Any, two: Any) -> None:
    assert (keys.canonical(one) == keys.canonical(two)) == (keys.digest(one) == keys.digest(two))


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_part_never_runs_into_the_next(one: str, two: str) -> None:
    assert keys.digest([one, two]) != keys.digest([one + two])


@pytest.mark.parametrize("value", [math.nan, math.inf, {"a": [-math.inf]}])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        keys.digest(value)


def _artifact(char: str = "a", media_type: str = "text/plain", name: str = "") -> Artifact:
    return Artifact(digest=char * 64, media_type=media_type, size=3, name=name)


def test_an_artifact_counts_by_content_and_media_type_not_by_name() -> None:
    assert keys.digest(_artifact(name="one.txt")) == keys.digest({"$artifact": _artifact(name="two.txt").model_dump()})
    assert keys.digest(_artifact()) != keys.digest(_artifact("b"))
    assert keys.digest(_artifact()) != keys.digest(_artifact(media_type="text/csv"))


def _key(step: Echo | None = None, provider: Any = None, seed: int = 0, materials: dict[str, str] | None = None) -> str:
    return keys.digest(keys.parts(step or Echo(), provider or Plain(), seed, materials or {}))


OTHERS: list[dict[str, Any]] = [
    {"step": Echo(text="x")},
    {"step": Echo(number=1.0)},
    {"step": Echo(other=None, source=_artifact())},
    {"step": Echo(other={"a": 1})},
    {"step": Echo(brand="warm")},
    {"provider": Plain(prefix="x")},
    {"provider": Second()},
    {"seed": 1},
    {"materials": {"copy/x.yaml": "1"}},
]


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_every_part_changes_the_key(other: dict[str, Any]) -> None:
    assert _key(**other) != _key()


def test_a_version_changes_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _key()
    monkeypatch.setattr(Plain, "version", 2)
    between = _key()
    monkeypatch.setattr(Echo, "version", 2)
    assert len({before, between, _key()}) == 3


def test_a_default_written_out_is_the_same_key() -> None:
    assert _key(Echo(text="", number=0.0)) == _key()


@pytest.mark.parametrize("kind", registry.steps())
def test_no_parameter_of_a_shipped_step_is_left_out(kind: str) -> None:
    fields = registry.step(kind).model_fields
    assert not [name for name, field in fields.items() if field.exclude], "an excluded field would not reach the key"


def test_fingerprints_name_what_changed() -> None:
    one = keys.fingerprints(keys.parts(Echo(text="a"), Plain(), 0, {"t": "1"}))
    two = keys.fingerprints(keys.parts(Echo(text="b"), Plain(prefix="-"), 3, {"t": "2"}))
    assert {name for name in one if one[name] != two[name]} == {"with.text", "options.prefix", "seed", "materials.t"}
