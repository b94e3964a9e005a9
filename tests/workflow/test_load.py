"""The form of a workflow: what is read, and every mistake in one pass."""

from pathlib import Path

import pytest

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.load import load, parse
from aigc_cli.workflow.model import MISSING, Retry


def read(text, name="w.yaml"):
    return parse(text.encode(), Path("/somewhere") / name, name=name)


def told(text):
    return [(each.line, each.column, each.path, each.message) for each in read(text).problems]


def test_a_whole_workflow():
    loaded = read(
        """\
aigc: 1
name: clip
title: A clip
inputs:
  product: {type: string, description: Name}
  source: {type: [file, url]}
  photos: {type: list, items: file, media: image, default: null}
  short: integer
defaults:
  speech: {voice: warm, provider: kokoro}
brand: plain
profiles:
  draft: {video: {scale: 0.5}}
x-anchors: &a {k: 1}
steps:
  one:
    uses: text.write
    provider: [a, b]
    with: {facts: *a}
    for_each: ${{ inputs.photos }}
    if: ${{ item != none }}
    needs: two
    retry: 3
    timeout_s: 2.5
    seed: 7
    cache: false
  two: {uses: ./other.yaml}
outputs:
  x: ${{ steps.one }}
"""
    )
    assert loaded.problems == ()
    workflow = loaded.checked()
    assert (workflow.name, workflow.title, workflow.folder) == ("clip", "A clip", Path("/somewhere"))
    assert workflow.inputs["product"].is_required
    assert workflow.inputs["product"].default is MISSING
    assert workflow.inputs["source"].types == ("file", "url")
    assert workflow.inputs["photos"].default is None
    assert workflow.inputs["short"].types == ("integer",)
    assert workflow.defaults["speech"] == {"voice": "warm", "provider": ("kokoro",)}
    one = workflow.steps["one"]
    assert one.provider == ("a", "b")
    assert one.params == {"facts": {"k": 1}}
    assert (one.needs, one.retry, one.timeout_s, one.seed, one.cache) == (("two",), Retry(3, 1.0), 2.5, 7, False)
    assert workflow.steps["two"].is_include


def test_the_name_comes_from_the_file_when_it_is_not_given():
    assert read("aigc: 1\nsteps: {a: {uses: x.y}}\n", "My Clip (2).yaml").workflow.name == "my-clip-2"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("- a\n", [(1, 1, "", "a workflow is a mapping, not a list")]),
        ("text\n", [(1, 1, "", "a workflow is a mapping, not text")]),
        ("steps: {a: {uses: x.y}}\n", [(1, 1, "", "the language version is missing")]),
        ("aigc: 2\nsteps: {a: {uses: x.y}}\n", [(1, 7, "aigc", "`2` is not a version of the language")]),
        ("aigc: 1\n", [(1, 1, "", "a workflow needs `steps`")]),
        ("aigc: 1\nsteps:\n", [(2, 1, "steps", "a workflow needs `steps`")]),
        ("aigc: 1\nstep: {}\nsteps: {a: {uses: x.y}}\n", [(2, 1, "step", "unknown key of a workflow")]),
        (
            "aigc: 1\nname: ../x\nsteps: {a: {uses: x.y}}\n",
            [(2, 7, "name", "must be lower-case letters, digits, `-` and `_`: files are named by it")],
        ),
        (
            "aigc: 1\nname: con\nsteps: {a: {uses: x.y}}\n",
            [(2, 7, "name", "must be lower-case letters, digits, `-` and `_`: files are named by it")],
        ),
        (
            "aigc: 1\nsteps:\n  a-b: {uses: x.y}\n",
            [(3, 3, "steps.a-b", "the id of a step must be letters, digits and `_`, starting with a letter")],
        ),
        ("aigc: 1\nsteps:\n  a:\n", [(3, 3, "steps.a", "a step is a mapping, not null")]),
        ("aigc: 1\nsteps:\n  a: {}\n", [(3, 3, "steps.a", "`uses` is missing")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, wiht: {}}\n", [(3, 18, "steps.a.wiht", "unknown key of a step")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, with: [1]}\n", [(3, 24, "steps.a.with", "`with` must be a mapping, not a list")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, if: inputs.x}\n", [(3, 22, "steps.a.if", "must be true, false or one expression")]),
        (
            "aigc: 1\nsteps:\n  a: {uses: x.y, for_each: 3}\n",
            [(3, 28, "steps.a.for_each", "must be a list or an expression that gives one, not a number")],
        ),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, retry: 99}\n", [(3, 25, "steps.a.retry", "must be from 1 to 10")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, retry: {tries: 1}}\n", [(3, 26, "steps.a.retry.tries", "unknown key of `retry`")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, timeout_s: soon}\n", [(3, 29, "steps.a.timeout_s", "must be a number, not text")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, timeout_s: 0}\n", [(3, 29, "steps.a.timeout_s", "must be from 0.001 to 86400")]),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, cache: 1}\n", [(3, 25, "steps.a.cache", "must be true or false, not a number")]),
        (
            'aigc: 1\nsteps:\n  a: {uses: x.y, provider: "${{ inputs.p }}"}\n',
            [(3, 28, "steps.a.provider", "an expression cannot stand here")],
        ),
        ("aigc: 1\nsteps:\n  a: {uses: x.y, provider: [a, a]}\n", [(3, 32, "steps.a.provider[1]", "`a` is there twice")]),
        ("aigc: 1\nsteps:\n  a: {uses: ./b.yaml, retry: 2}\n", [(3, 23, "steps.a.retry", "does not apply to a workflow that is included")]),
        (
            "aigc: 1\ndefaults: {speech: 3}\nsteps: {a: {uses: x.y}}\n",
            [(2, 20, "defaults.speech", "the options of `speech` must be a mapping, not a number")],
        ),
        ("aigc: 1\ninputs: {p: {type: txt}}\nsteps: {a: {uses: x.y}}\n", [(2, 20, "inputs.p.type", "`txt` is not a type of input")]),
        ("aigc: 1\ninputs: {p: {typ: text}}\nsteps: {a: {uses: x.y}}\n", [(2, 14, "inputs.p.typ", "unknown key of an input")]),
        ("aigc: 1\ninputs: {p: {items: string}}\nsteps: {a: {uses: x.y}}\n", [(2, 14, "inputs.p.items", "only a list has items")]),
        ("aigc: 1\ninputs: {p: {min: 3, max: 2}}\nsteps: {a: {uses: x.y}}\n", [(2, 27, "inputs.p.max", "is less than `min`")]),
        (
            "aigc: 1\ninputs: {p: {type: integer, default: x}}\nsteps: {a: {uses: x.y}}\n",
            [(2, 38, "inputs.p.default", 'must be a whole number, not "x"')],
        ),
        (
            "aigc: 1\ninputs: {p: {enum: [a, b], default: c}}\nsteps: {a: {uses: x.y}}\n",
            [(2, 37, "inputs.p.default", '"c" is not one of its values')],
        ),
        ("aigc: 1\ninputs: {p: {pattern: '(a+)+b'}}\nsteps: {a: {uses: x.y}}\n", [(2, 23, "inputs.p.pattern", "is too complex a pattern")]),
        (
            'aigc: 1\ninputs: {p: {default: "${{ inputs.q }}"}}\nsteps: {a: {uses: x.y}}\n',
            [(2, 23, "inputs.p.default", "an expression cannot stand here")],
        ),
    ],
)
def test_mistakes_have_their_place(text, problems):
    assert told(text) == problems


def test_all_mistakes_come_at_once_sorted_by_place():
    found = told("aigc: 1\nnmae: x\nsteps:\n  a: {uses: 3}\n  b: {use: x.y}\n")
    assert [line for line, *_ in found] == [2, 4, 5, 5]


def test_an_unreadable_file_gives_its_one_problem():
    loaded = read("aigc: 1\n\tsteps: x\n")
    assert len(loaded.problems) == 1
    with pytest.raises(WorkflowError, match=r"w\.yaml:2:1"):
        loaded.checked()


@pytest.mark.parametrize("pattern", ["[a-z]+", r"\d{4}-\d{2}", "(en|zh)?", r"[+*?]+x", r"a\+b"])
def test_usual_patterns_are_allowed(pattern):
    assert told(f"aigc: 1\ninputs: {{p: {{pattern: '{pattern}'}}}}\nsteps: {{a: {{uses: x.y}}}}\n") == []


@pytest.mark.parametrize("pattern", ["(a*)*", "(a|a)+", "(x+x+)+y", "a?" * 30 + "a" * 30, ".*.*.*.*x", r"(a)\1", "(", "a" * 300])
def test_costly_patterns_are_refused(pattern):
    assert len(told(f"aigc: 1\ninputs: {{p: {{pattern: '{pattern}'}}}}\nsteps: {{a: {{uses: x.y}}}}\n")) == 1


def test_no_file(tmp_path):
    with pytest.raises(WorkflowError, match="there is no file"):
        load(tmp_path / "no.yaml")
    with pytest.raises(WorkflowError, match="folder"):
        load(tmp_path)
