"""Inputs: typed from text and from files, checked, confined."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.inputs import FileInput, resolve
from aigc_cli.workflow.load import parse
from aigc_cli.workflow.paths import confine


def workflow(inputs, folder=Path("/nowhere")):
    text = json.dumps({"aigc": 1, "name": "w", "inputs": inputs, "steps": {"a": {"uses": "x.y"}}})
    return parse(text.encode(), folder / "w.yaml").checked()


def one(declared, *texts, **options):
    return resolve(workflow({"x": declared}), [("x", text) for text in texts], **options)["x"]


@pytest.mark.parametrize(
    ("declared", "texts", "value"),
    [
        ({"type": "string"}, ["007"], "007"),
        ({"type": "string"}, ["[1]"], "[1]"),
        ({"type": "string"}, ["a=b"], "a=b"),
        ({"type": "integer"}, [" 42 "], 42),
        ({"type": "number"}, ["3"], 3),
        ({"type": "number"}, ["-.5e1"], -5.0),
        ({"type": "boolean"}, ["Yes"], True),
        ({"type": "boolean"}, ["0"], False),
        ({"type": "list"}, ["a"], ["a"]),
        ({"type": "list", "items": "string"}, ["a", "b, c"], ["a", "b, c"]),
        ({"type": "list", "items": "string"}, ['["a", "b"]'], ["a", "b"]),
        ({"type": "list", "items": "string"}, ['["a"]', "b"], ["a", "b"]),
        ({"type": "list", "items": "integer"}, ["1", "[2, 3]"], [1, 2, 3]),
        ({"type": "list", "items": "string"}, ["[Sale] now"], ["[Sale] now"]),
        ({"type": "list", "items": "string"}, ["[]"], []),
        ({"type": "object"}, ['{"a": [1]}'], {"a": [1]}),
        ({"type": "url"}, ["https://a.b/c?d=1"], "https://a.b/c?d=1"),
        ({"type": "date"}, ["2026-03-05"], "2026-03-05"),
        ({"type": "date"}, ["2026-03-05T10:00:00Z"], "2026-03-05T10:00:00+00:00"),
        ({"type": ["integer", "string"]}, ["x"], "x"),
        ({"type": ["integer", "string"]}, ["5"], 5),
        ({"type": ["string", "list"], "items": "string"}, ['["a"]'], ["a"]),
        ({"type": ["string", "list"], "items": "string"}, ["a"], "a"),
        ({"enum": ["en", "zh"]}, ["zh"], "zh"),
        ({"type": "integer", "enum": [24, 30]}, ["30"], 30),
        ({"type": "list", "items": "string", "enum": ["a", "b"]}, ["a"], ["a"]),
        ({"pattern": "[A-Z]{3}"}, ["EUR"], "EUR"),
        ({"type": "string", "default": None}, [], None),
        ({"type": "list", "items": "string", "default": "9:16"}, [], ["9:16"]),
        ({"type": "string", "default": "d"}, ["g"], "g"),
    ],
)
def test_a_value_from_the_command_line(declared, texts, value):
    found = one(declared, *texts)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("declared", "texts", "word", "hint"),
    [
        ({"type": "string"}, [], "input `x` is missing", "--set x="),
        ({"type": "string"}, ["a", "b"], "more than once", "once"),
        ({"type": "integer"}, ["4.5"], 'must be a whole number, not "4.5"', ""),
        ({"type": "integer"}, ["many"], 'must be a whole number, not "many"', ""),
        ({"type": "integer", "min": 1, "max": 6}, ["7"], "must be at most 6, not 7", ""),
        ({"type": "integer", "min": 1, "max": 6}, ["0"], "must be at least 1, not 0", ""),
        ({"type": "number"}, ["nan"], "must be a number", ""),
        ({"type": "number"}, ["1e999"], "must be a number", ""),
        ({"type": "boolean"}, ["maybe"], "must be true or false", ""),
        ({"type": "string", "max": 3}, ["long"], "at most 3 characters", ""),
        ({"type": "string", "pattern": "[a-z]+"}, ["A"], "does not match", ""),
        ({"type": "list", "items": "string", "max": 2}, ["a", "b", "c"], "at most 2 items, not 3", ""),
        ({"type": "list", "items": "string", "min": 1}, ["[]"], "at least 1 item, not 0", ""),
        ({"type": "list", "items": "integer"}, ["1", "x"], "`x`[1] must be a whole number", ""),
        ({"type": "list", "items": "string"}, ["[1]"], "`x`[0] must be text, not a number", "quotes"),
        ({"type": "list", "items": "string"}, ["[a]"], "not valid JSON", "single quotes"),
        ({"type": "object"}, ["a"], "not valid JSON", ""),
        ({"type": "object"}, ['{"a": NaN}'], "not valid JSON", ""),
        ({"type": "url"}, ["ftp://x"], "not an address", "https"),
        ({"type": "url"}, ["https://a b"], "not an address", ""),
        ({"type": "date"}, ["05/03/2026"], "not a date", "YYYY-MM-DD"),
        ({"enum": ["en", "zh"]}, ["de"], "is not one of its values", "en"),
        ({"enum": ["english", "chinese"]}, ["englsh"], "is not one of its values", "`english`"),
        ({"type": "file"}, ["no.png"], "there is no file `no.png`", ""),
        ({"type": ["file", "url"]}, ["no.png"], "there is no file `no.png`", ""),
        ({"type": ["file", "url"]}, ["ftp://a/b"], "not an address", "https"),
        ({"type": "file"}, ["https://a/b"], "must be a file, not the address", ""),
        ({"type": "file"}, ["."], "is a folder", ""),
    ],
)
def test_a_wrong_value_is_refused(declared, texts, word, hint, tmp_path):
    with pytest.raises(WorkflowError) as caught:
        one(declared, *texts, here=tmp_path)
    assert word in caught.value.message
    assert hint in caught.value.hint


def test_all_wrong_inputs_are_told_at_once():
    declared = workflow({"product": {"type": "string"}, "n": {"type": "integer"}})
    with pytest.raises(WorkflowError) as caught:
        resolve(declared, [("prodct", "x"), ("n", "y")])
    told = str(caught.value)
    assert "no input `prodct`" in told
    assert "did you mean `product`?" in told
    assert "input `product` is missing" in told
    assert "input `n` must be a whole number" in told


def test_files_are_relative_to_where_they_are_named(tmp_path):
    home, here, data = tmp_path / "home", tmp_path / "here", tmp_path / "data"
    for folder in (home, here, data):
        folder.mkdir()
        (folder / "照片 1.png").write_bytes(b"x")
    declared = workflow(
        {"a": {"type": "file", "media": "image"}, "b": {"type": "file"}, "c": {"type": "file", "default": "照片 1.png"}}, home
    )
    (data / "in.yaml").write_text("b: 照片 1.png\n", encoding="utf-8")
    found = resolve(declared, [("a", "照片 1.png")], data / "in.yaml", here=here)
    assert found["a"] == FileInput(here / "照片 1.png", "image")
    assert found["b"] == FileInput(data / "照片 1.png")
    assert found["c"] == FileInput(home / "照片 1.png")
    outside = resolve(declared, [("a", "../home/照片 1.png"), ("b", str(data / "照片 1.png"))], here=here)
    assert outside["a"].path.samefile(home / "照片 1.png")
    assert outside["b"].path == data / "照片 1.png"


@pytest.mark.parametrize(
    "value",
    [
        "../x.png",
        "/etc/passwd",
        "~/x",
        "C:\\x",
        "c:x",
        "\\\\host\\x",
        "a/../../x",
        "out",
        "out/x.png",
        "NUL",
        "a/con.png",
        "x.",
        "a\x01b",
        "a\u202eb",
    ],
)
def test_paths_in_a_file_stay_in_its_folder(value, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "x.png").write_bytes(b"x")
    (home / "out").symlink_to(tmp_path)
    with pytest.raises(WorkflowError):
        confine(home, value)
    declared = workflow({"a": {"type": "file"}}, home)
    (home / "in.json").write_text(json.dumps({"a": value}))
    with pytest.raises(WorkflowError):
        resolve(declared, [], home / "in.json")


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab./\\~:C \x00\u202e照", max_size=12))
def test_a_confined_path_is_inside(text):
    home = Path("/nowhere/home")
    try:
        path = confine(home, text)
    except WorkflowError:
        return
    assert path.resolve().is_relative_to(home)


def test_typed_values_from_a_file(tmp_path):
    declared = workflow({"n": {"type": "number"}, "l": {"type": "list", "items": "string"}, "s": {"type": "string", "default": "d"}})
    file = tmp_path / "in.yaml"
    file.write_text("n: 2\nl: one\n")
    assert resolve(declared, [], file) == {"n": 2, "l": ["one"], "s": "d"}
    assert resolve(declared, [("n", "3")], file)["n"] == 3
    for text, word in [
        ("n: '2'\nl: a\n", "without quotes"),
        ("n: 2\nl: [1]\n", "quotes"),
        ("n: 2\nl: a\ns: null\n", "default"),
        ("- a\n", "name: value"),
        ("n: [\n", "brackets"),
    ]:
        file.write_text(text)
        with pytest.raises(WorkflowError) as caught:
            resolve(declared, [], file)
        assert word in caught.value.hint
    with pytest.raises(WorkflowError, match="cannot read the inputs file"):
        resolve(declared, [], tmp_path / "no.yaml")


def test_an_artifact_from_an_including_workflow_passes():
    artifact = Artifact(digest="a" * 64, media_type="image/png", size=1)
    declared = workflow({"photo": {"type": "list", "items": "file"}})
    assert resolve(declared, values={"photo": [artifact]})["photo"] == [artifact]


names = st.sampled_from(["string", "integer", "number", "boolean", "list", "object", "file", "url", "date"])


@settings(max_examples=300, deadline=None)
@given(
    kind=st.lists(names, min_size=1, max_size=3, unique=True),
    items=names.filter(lambda kind: kind != "list"),
    texts=st.lists(st.text(max_size=20), min_size=1, max_size=3),
)
def test_any_text_is_a_value_or_one_error(kind, items, texts):
    declared = {"type": kind, **({"items": items} if "list" in kind else {})}
    try:
        one(declared, *texts, here=Path("/nowhere"))
    except WorkflowError as error:
        assert error.message.startswith("input `x`")
