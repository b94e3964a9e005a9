"""`aigc validate` and `aigc schema` as they are typed."""

import json

import pytest

from aigc_cli.cli.app import call

BAD = """\
aigc: 1
steps:
  voice:
    uses: speech.say
    with: {text: hi, langauge: en}
"""
GOOD = "aigc: 1\nsteps: {a: {uses: music.compose, with: {duration_s: 5}}}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "good 好.yaml").write_text(GOOD)
    return tmp_path


def test_mistakes_go_to_stderr_with_place_and_cure(folder, capfd):
    assert call(["validate", "bad.yaml"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err == "bad.yaml:5:22 steps.voice.with.langauge: unknown parameter of speech.say\n  hint: did you mean `language`?\n"


def test_several_files_are_all_checked(folder, capfd):
    assert call(["validate", "no.yaml", "good 好.yaml", "bad.yaml"]) == 2
    _, err = capfd.readouterr()
    assert "there is no file no.yaml" in err
    assert "good 好.yaml: valid" in err
    assert "bad.yaml:5:22" in err
    assert "2 mistakes" in err


def test_a_valid_file_and_a_shipped_name(folder, capfd):
    assert call(["validate", "good 好.yaml"]) == 0
    assert call(["validate", "product-clip"]) == 0


def test_json_is_one_object_on_stdout(folder, capfd):
    assert call(["validate", "bad.yaml", "good 好.yaml", "--json"]) == 2
    out, _ = capfd.readouterr()
    told = json.loads(out)
    assert (told["status"], told["count"]) == ("failed", 1)
    assert told["files"][0]["problems"][0] == {
        "file": "bad.yaml",
        "line": 5,
        "column": 22,
        "path": "steps.voice.with.langauge",
        "message": "unknown parameter of speech.say",
        "hint": "did you mean `language`?",
    }
    assert told["files"][1]["problems"] == []
    assert call(["validate", "good 好.yaml", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["status"] == "ok"


def test_words_from_the_file_cannot_reach_the_terminal(folder, capfd):
    (folder / "evil.yaml").write_text('aigc: 1\n"\\e[31mred": 1\nsteps: {a: {uses: music.compose, with: {duration_s: 5}}}\n')
    assert call(["validate", "evil.yaml"]) == 2
    assert "\x1b" not in capfd.readouterr().err


def test_schema_is_printed_or_written(folder, capfd):
    assert call(["schema"]) == 0
    printed = json.loads(capfd.readouterr().out)
    assert printed["title"] == "aigc workflow"
    assert call(["schema", "--out", "aigc.schema.json"]) == 0
    assert json.loads((folder / "aigc.schema.json").read_text(encoding="utf-8")) == printed


def test_a_character_that_no_font_has_is_told_before_anything_runs(folder, capfd):
    text = "aigc: 1\nsteps:\n  copy:\n    uses: text.write\n    with:\n      facts: {product: Kettle \ua66e}\n"
    (folder / "glyph.yaml").write_text(text, encoding="utf-8")
    assert call(["validate", "glyph.yaml"]) == 2
    _, err = capfd.readouterr()
    assert err.startswith("glyph.yaml:6:14 steps.copy.with.facts: `product` holds \ua66e (U+A66E CYRILLIC LETTER MULTIOCULAR O)")
    assert "hint: write it with other characters" in err


DESIGNS = {
    "brands/acme.yaml": ("aigc: {mark: rockt}\n", "1:8: `aigc.mark`: there is no drawing `rockt`", "did you mean `rocket`?"),
    "brands/blue.yaml": ("aigc:\n  captions: highlite\n", "2:3 aigc.captions: there is no caption style `highlite`", "`highlight`"),
    "captions/calm.yaml": ("size: 64\nwieght: 800\n", "2:1: `wieght` is not known here", "did you mean `weight`?"),
    "scenes/own.yaml": (
        "about: x\nslots: {}\nboxes: {}\nlayers: [{draw: header}]\n",
        "1:1: `boxes` has no `portrait`",
        "docs/scene-templates.md",
    ),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_brands_captions_and_scenes_are_checked_by_themselves_and_with_the_workflow_that_uses_them(name, folder, capfd):
    text, message, hint = DESIGNS[name]
    path = folder / "templates" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert call(["validate", f"templates/{name}"]) == 2
    alone = capfd.readouterr().err
    assert alone.startswith(f"templates/{name}:{message}")
    assert hint in alone
    brand = path.stem if name.startswith("brands") else "auto"
    (folder / "clip.yaml").write_text(
        "aigc: 1\nsteps:\n  copy: {uses: text.write, with: {facts: {product: Kettle, points: [Fast]}}}\n"
        f'  clip: {{uses: video.assemble, with: {{script: "${{{{ steps.copy }}}}", brand: {brand}}}}}\n'
    )
    assert call(["validate", "clip.yaml"]) == 2
    assert message in capfd.readouterr().err
    path.unlink()
    (folder / "clip.yaml").write_text((folder / "clip.yaml").read_text().replace(f"brand: {brand}", "brand: warm"))
    assert call(["validate", "clip.yaml"]) == 0
