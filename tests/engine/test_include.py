"""Workflows that include others: what waits for what, and what each file's expressions see."""

from pathlib import Path

import pytest

from aigc_cli.engine.include import Unfolded
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.expressions import evaluate
from aigc_cli.workflow.inputs import FileInput
from aigc_cli.workflow.load import load

INNER = """\
aigc: 1
inputs: {text: string, times: {type: integer, default: 2}, words: {type: list, items: string, default: [x]}}
brand: plain
steps:
  first: {uses: t.a, with: {text: "${{ inputs.text }}", times: "${{ inputs.times }}"}}
  second: {uses: t.a, with: {text: "${{ steps.first.out }}", words: "${{ inputs.words }}", brand: "${{ brand }}"}}
  side: {uses: t.a, with: {text: alone}}
outputs: {said: "${{ steps.second.out }}"}
"""
OUTER = """\
aigc: 1
inputs: {on: {type: boolean, default: true}, n: {type: integer, default: null}}
steps:
  before: {uses: t.a, with: {text: b}}
  part: {uses: ./sub/inner.yaml, if: "${{ inputs.on }}", with: {text: "${{ steps.before.out }}", times: "${{ inputs.n }}", words: one}}
  after: {uses: t.a, with: {text: "${{ steps.part.said if steps.part else 'nothing' }}"}}
outputs: {all: "${{ steps.part.said }} ${{ steps.after.out }}"}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner.yaml").write_text(INNER)
    (tmp_path / "outer.yaml").write_text(OUTER)
    return tmp_path


def unfolded(folder, inputs=None, name="outer.yaml"):
    return Unfolded(load(folder / name).checked(), {"on": True, "n": None, **(inputs or {})}, {"run": {}})


def play(flow):
    """Does every step in order: its output tells its parameters."""
    values, left = {}, list(flow.steps)
    while left:
        step = next(each for each in left if all(feeder in values for feeder in flow.feeders(each)))
        left.remove(step)
        if flow.is_left_out(step, values):
            values[step] = None
            continue
        given = evaluate(dict(flow.steps[step].params), flow.scope(step, values))
        values[step] = {"out": f"<{','.join(str(each) for each in given.values())}>"}
    return values


def test_steps_join_under_the_include_s_name(folder):
    flow = unfolded(folder)
    assert list(flow.steps) == ["before", "part.first", "part.second", "part.side", "after"]
    assert flow.feeders("part.first") == ("before",)
    assert flow.feeders("part.second") == ("part.first",)
    assert flow.feeders("part.side") == ()
    assert flow.feeders("after") == ("part.second",)


def test_each_file_sees_its_own_names(folder):
    flow = unfolded(folder)
    values = play(flow)
    assert values["part.first"] == {"out": "<<b>,2>"}
    assert values["part.second"] == {"out": "<<<b>,2>,['one'],plain>"}
    assert values["after"] == {"out": "<<<<b>,2>,['one'],plain>>"}
    assert flow.outputs(values) == {"all": f"{values['part.second']['out']} {values['after']['out']}"}
    assert flow.brand("part.side", values) == "plain"
    assert flow.brand("after", values) is None


def test_a_left_out_include_is_null(folder):
    flow = unfolded(folder, {"on": False})
    values = play(flow)
    assert [step for step, value in values.items() if value is None] == ["part.first", "part.second", "part.side"]
    assert values["after"] == {"out": "<nothing>"}


def test_an_include_inside_an_include(folder):
    (folder / "top.yaml").write_text(
        "aigc: 1\nsteps:\n  o: {uses: ./outer.yaml, with: {n: 5}}\n  last: {uses: t.a, with: {text: '${{ steps.o.all }}'}}\n"
    )
    flow = unfolded(folder, name="top.yaml")
    values = play(flow)
    assert values["o.part.first"] == {"out": "<<b>,5>"}
    assert values["last"]["out"].startswith("<<<<b>,5>,")


def test_files_of_the_inner_workflow_are_its_own(folder):
    (folder / "sub" / "a.png").write_bytes(b"x")
    (folder / "sub" / "inner.yaml").write_text(
        "aigc: 1\ninputs: {f: {type: file, default: a.png}}\nsteps: {s: {uses: t.a, with: {f: '${{ inputs.f }}'}}}\n"
    )
    (folder / "outer.yaml").write_text("aigc: 1\nsteps: {part: {uses: ./sub/inner.yaml}}\n")
    found = unfolded(folder).scope("part.s", {})["inputs"]["f"]
    assert found == FileInput(folder / "sub" / "a.png")


def test_a_circle_ends(folder):
    (folder / "outer.yaml").write_text("aigc: 1\nsteps: {again: {uses: ./outer.yaml}}\n")
    with pytest.raises(WorkflowError, match="more than 5 deep"):
        unfolded(folder)


def test_a_workflow_without_includes_is_itself(folder):
    flow = unfolded(folder / "sub", {"text": "t", "times": 1, "words": []}, name="inner.yaml")
    assert list(flow.steps) == ["first", "second", "side"]
    assert play(flow)["first"] == {"out": "<t,1>"}
    assert isinstance(flow.frame("first").workflow.path, Path)


def test_a_run_with_an_include(place):
    (place.root / "inner.yaml").write_text(
        "aigc: 1\nbrand: inside\ninputs: {text: string, n: {type: number, default: 4}}\ndefaults: {test: {number: '${{ inputs.n }}'}}\n"
        "profiles: {loud: {test: {brand: loud}}}\n"
        "steps:\n"
        "  one: {uses: test.echo, with: {text: '${{ inputs.text }}'}}\n"
        "  two: {uses: test.echo, for_each: ['${{ steps.one.upper }}', b], with: {text: '${{ item }}'}}\n"
        "outputs: {files: \"${{ steps.two | pluck('file') }}\", text: '${{ steps.one.text }}'}\n"
    )
    place.write(
        "  a: {uses: test.echo, with: {text: hi}}\n"
        "  i: {uses: ./inner.yaml, if: '${{ inputs.on }}', with: {text: '${{ steps.a.text }}!', n: null}}\n"
        "  z: {uses: test.echo, with: {text: '${{ steps.i.text }}'}}",
        head="inputs: {on: {type: boolean, default: true}}",
        outputs="{text: '${{ steps.z.upper }}', files: '${{ steps.i.files }}'}",
    )
    result = place.run()
    assert result.error is None
    assert [(step.id, step.status) for step in result.steps] == [("a", "ran"), ("i.one", "ran"), ("i.two", "ran"), ("z", "ran")]
    assert result.outputs["text"] == "HI!"
    assert len(result.outputs["files"]) == 2
    assert {step.status for step in place.run().steps} == {"cached"}
    left_out = place.run("on=false")
    assert [step.status for step in left_out.steps] == ["cached", "skipped", "skipped", "skipped"]
