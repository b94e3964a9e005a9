from __future__ import annotations

import pytest

from aigc_cli.engine.job import why
from aigc_cli.engine.journal import Journal
from aigc_cli.engine.plan import PlanStep, plan
from aigc_cli.errors import WorkflowError
from tests.engine.bench import Echo
from tests.engine.conftest import Place

STEPS = """
  a: {uses: test.echo, with: {text: "${{ inputs.text }}"}}
  b: {uses: test.echo, for_each: [1, 2], with: {text: "${{ item }}${{ steps.a.text }}"}}
  off: {uses: test.echo, if: false, with: {text: x}}
  c: {uses: test.join, with: {data: "${{ steps.b }}"}}
"""
HEAD = "inputs: {text: {type: string, default: hi}}"


def _plan(place: Place, *given: str, **options: object) -> dict[str, PlanStep]:
    job = place.job(*given, **options)
    return {step.id: step for step in plan(job, Journal(job.cache.root))}


def test_a_first_plan_goes_as_far_as_it_can(place: Place) -> None:
    place.write(STEPS, head=HEAD)
    found = _plan(place)
    assert {name: (step.status, step.reason) for name, step in found.items()} == {
        "a": ("run", "not in the cache"),
        "b": ("unknown", "waits for `a`"),
        "off": ("skip", "its `if` is false"),
        "c": ("unknown", "waits for `b`"),
    }


def test_after_a_run_all_is_cached_and_a_change_names_its_reason(place: Place) -> None:
    place.write(STEPS, head=HEAD)
    place.run()
    found = _plan(place)
    assert {step.status for step in found.values()} == {"cached", "skip"}
    assert (found["b"].items, found["b"].cached) == (2, 2)
    changed = _plan(place, "text=ho")["a"]
    assert (changed.status, changed.reason) == ("run", "parameter `text` changed")
    assert changed.expected_s is not None


@pytest.mark.parametrize(
    "options, reason", [({"force": ("a",)}, "forced"), ({"no_cache": True}, "caching is off"), ({"seed": 7}, "the seed changed")]
)
def test_reasons(place: Place, options: dict[str, object], reason: str) -> None:
    place.write(STEPS, head=HEAD)
    place.run()
    assert _plan(place, **options)["a"].reason == reason


def test_a_plan_runs_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write(STEPS, head=HEAD)
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("something was started"))
    _plan(place)
    assert not place.out.exists()


def test_a_plan_and_a_run_agree(place: Place) -> None:
    place.write(STEPS, head=HEAD)
    place.run()
    place.run("text=ho")
    for given in ("text=hi", "text=ho"):
        assert [step.status for step in _plan(place, given).values()] == ["cached", "cached", "skip", "cached"]


@pytest.mark.parametrize("options, word", [({"profile": "nope"}, "nope"), ({"force": ("bb",)}, "bb")])
def test_names_that_are_not_there(place: Place, options: dict[str, object], word: str) -> None:
    place.write(STEPS, head=HEAD)
    with pytest.raises(WorkflowError, match=word):
        _plan(place, **options)


def test_a_circle_is_refused(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {text: "${{ steps.b.text }}"}}
  b: {uses: test.echo, with: {text: "${{ steps.a.text }}"}}
""")
    with pytest.raises(WorkflowError, match="wait for each other"):
        place.job()


def test_a_template_that_comes_with_another_parameter_is_no_reason_beside_it() -> None:
    one, two = {"with.text": "1", "materials.scenes/a": "x", "materials.scenes/b": "y"}, {"with.text": "2", "materials.scenes/b": "z"}
    assert why(one, two, Echo(text="")) == "parameter `text` changed, `scenes/b` changed"
    assert why(one, {**one, "materials.scenes/c": "n"}, Echo(text="")) == "uses `scenes/c` now"
    assert why(two | {"with.text": "1", "materials.scenes/b": "y"}, one, Echo(text="")) == "uses `scenes/a` now"
    assert why(one, two | {"with.text": "1", "materials.scenes/b": "y"}, Echo(text="")) == "uses `scenes/a` no longer"


def test_items_that_are_skipped_are_not_counted(place: Place) -> None:
    place.write('\n  a: {uses: test.echo, for_each: [1, 2, 3], if: "${{ item != 2 }}", with: {text: "n${{ item }}"}}')
    place.run()
    found = _plan(place)["a"]
    assert (found.status, found.items, found.cached) == ("cached", 2, 2)
