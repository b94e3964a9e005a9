from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Aigc

PRODUCT = ("product-clip", "--set", "product=Aero Kettle", "--set", "points=Boils fast", "--set", "points=Keeps warm")


def test_a_clip_from_one_line(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("run", *PRODUCT)
    assert answer.code == 0, answer.err
    paths = answer.out.splitlines()
    assert paths[0] == str(Path("out/product-clip-9x16.mp4"))
    assert all((tmp_path / path).is_file() for path in paths)
    assert {Path(path).name for path in paths} == {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "product-clip-9x16.mp4",
        "product-clip.srt",
        "product-clip.vtt",
        "product-clip.words.json",
        "product-clip-script.json",
    } < {Path(path).name for path in paths}
    for step in ("script", "pictures", "voice", "timing", "music", "clip"):
        assert re.search(rf"^done +{step} +fake ", answer.err, re.MULTILINE)


def test_the_second_time_all_is_cached(aigc: Aigc) -> None:
    aigc("run", *PRODUCT)
    answer = aigc("run", *PRODUCT, "--json")
    assert {step["status"] for step in answer.json["steps"]} == {"cached", "skipped"}  # no films: that step has nothing to do
    assert re.search(r"^cached +clip", answer.err, re.MULTILINE)


def test_json_is_one_object_with_absolute_paths(aigc: Aigc, tmp_path: Path) -> None:
    told = aigc("run", *PRODUCT, "--set", 'formats=["9:16","1:1"]', "--json", "--out", "my clips 视频").json
    assert (told["status"], told["error"], told["workflow"]) == ("ok", None, "product-clip")
    folder = tmp_path / "my clips 视频"
    assert told["outputs"]["video"] == [str(folder / "product-clip-9x16.mp4"), str(folder / "product-clip-1x1.mp4")]
    assert [Path(path).suffix for path in told["outputs"]["captions"]] == [".srt", ".vtt", ".json"]
    assert told["outputs"]["script"]["language"] == "en"
    assert told["outputs"]["script"] == json.loads((folder / "product-clip-script.json").read_text())


def test_quiet_says_nothing(aigc: Aigc) -> None:
    assert aigc("run", *PRODUCT, "--quiet").err == ""


@pytest.mark.parametrize(
    "args, word",
    [
        (["run", "nope"], "nope"),
        (["run", "product-clip"], "product"),
        (["run", "product-clip", "--set", "product"], "KEY=VALUE"),
        (["run", *PRODUCT, "--set", "prodct=x"], "prodct"),
        (["run", *PRODUCT, "--set", "length_s=long"], "length_s"),
        (["run", *PRODUCT, "--set", "photo=nowhere.png"], "nowhere.png"),
        (["run", *PRODUCT, "--set", "language=tlh"], "tlh"),
        (["run", *PRODUCT, "--profile", "nope"], "nope"),
        (["run", *PRODUCT, "--force", "nope"], "nope"),
        (["plan", "product-clip"], "product"),
        (["show", "nope"], "nope"),
        (["new", "d", "--from", "nope"], "nope"),
        (["runs", "show", "nope"], "nope"),
        (["providers", "show", "nope"], "nope"),
        (["providers", "list", "nope"], "nope"),
    ],
)
def test_wrong_input_is_told_with_code_2_and_nothing_is_written(aigc: Aigc, tmp_path: Path, args: list[str], word: str) -> None:
    answer = aigc(*args)
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert word in answer.err
    assert "Traceback" not in answer.err
    assert answer.out == ""
    assert {path.name for path in tmp_path.iterdir()} <= {"cache"}


@pytest.mark.parametrize("args", [["run", "nope"], ["run"], ["run", "product-clip", "--jobs", "x"]])
def test_a_failure_before_the_run_is_one_json_object_too(aigc: Aigc, args: list[str]) -> None:
    answer = aigc(*args, "--json")
    assert answer.code == 2
    told = answer.json
    assert list(told) == ["status", "run", "workflow", "seconds", "outputs", "cost", "steps", "error"]
    assert (told["status"], told["run"], told["error"]["code"]) == ("failed", None, 2)


def test_settings_that_are_no_toml_are_a_configuration_error(aigc: Aigc, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[speech\n")
    answer = aigc("run", *PRODUCT)
    assert answer.code == 3
    assert "config.toml" in answer.err


def test_inputs_from_a_file(aigc: Aigc, tmp_path: Path) -> None:
    (tmp_path / "in.yaml").write_text("product: Kettle\npoints: [Fast]\n")
    told = aigc("run", "product-clip", "--inputs", "in.yaml", "--set", "product=Other", "--json").json
    assert told["outputs"]["script"]["title"] == "Other"


def test_plan_says_what_would_run_and_why(aigc: Aigc) -> None:
    lines = aigc("plan", *PRODUCT).out.splitlines()
    assert lines[0].split("\t")[:4] == ["run", "script", "text.write", "fake"]
    aigc("run", *PRODUCT)
    told = aigc("plan", *PRODUCT, "--json").json
    assert {step["status"] for step in told["steps"]} == {"cached", "skip"}  # no films: that step has nothing to do
    assert told["expected_s"] == 0


def test_list_and_show(aigc: Aigc) -> None:
    assert {line.split("\t")[0] for line in aigc("list").out.splitlines()} >= {"product-clip", "news-brief"}
    assert {each["name"] for each in aigc("list", "--json").json["workflows"]} >= {"product-clip", "news-brief"}
    shown = aigc("show", "product-clip").out
    assert "points\tlist of string\trequired\tSelling points" in shown
    assert "aigc run product-clip --set product=... --set points=..." in shown
    assert aigc("show", "product-clip", "--yaml").out.startswith("#")
    inputs = {each["name"]: each for each in aigc("show", "product-clip", "--json").json["inputs"]}
    assert (inputs["language"]["enum"], inputs["product"]["required"]) == (["en", "zh", "es", "fr", "it", "pt"], True)


def test_new_copies_what_is_needed_and_overwrites_nothing(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("new", "mine", "--from", "product-clip")
    assert answer.code == 0, answer.err
    assert (tmp_path / "mine" / "product-clip.yaml").is_file()
    assert (tmp_path / "mine" / "templates" / "copy" / "product-clip.en.yaml").is_file()
    assert aigc("validate", "mine/product-clip.yaml").code == 0
    named = re.search(r"\$schema=(\S+)", (tmp_path / "mine" / "product-clip.yaml").read_text().splitlines()[0])
    assert named is not None
    assert (tmp_path / "mine" / named[1]).read_text() == aigc("schema").out
    again = aigc("new", "mine", "--from", "product-clip")
    assert again.code == 2
    assert "there already" in again.err
    assert aigc("run", "mine/product-clip.yaml", *PRODUCT[1:], "--quiet").code == 0


def test_runs(aigc: Aigc) -> None:
    assert aigc("runs").code == 0
    run = aigc("run", *PRODUCT, "--json").json["run"]
    assert aigc("runs", "list").out.split("\t")[0] == run
    shown = aigc("runs", "show", "last", "--json").json
    assert (shown["run"], shown["status"]) == (run, "ok")
    assert {"script", "voice", "clip"} <= {step["step"] for step in shown["steps"]}
    assert aigc("runs", "show", run[:-2]).out.startswith(run)


def test_a_run_shows_what_it_told_also_from_the_cache(aigc: Aigc, tmp_path: Path) -> None:
    step = "{uses: speech.say, provider: hibari, with: {text: 'Good [slow]morning.'}}"
    (tmp_path / "said.yaml").write_text(f"aigc: 1\nname: said\nsteps:\n  voice: {step}\n", encoding="utf-8")
    for status in ("ran", "cached"):
        assert aigc("run", "said.yaml").code == 0
        shown = aigc("runs", "show", "last", "--json").json
        assert shown["steps"][0]["status"] == status
        assert shown["notes"] == [{"step": "voice", "text": "`[slow]` has no other half and is read as text", "is_downgrade": False}]
    assert "note: voice: `[slow]` has no other half" in aigc("runs", "show").out


def test_cache(aigc: Aigc, tmp_path: Path) -> None:
    aigc("run", *PRODUCT)
    assert "speech.say\tfake" in aigc("cache", "list").out
    assert aigc("cache", "verify").code == 0
    kept = aigc("cache", "gc", "--max-gb", "0", "--json").json
    assert kept["results"] == 0, "the last runs stay"
    assert aigc("cache", "clear", "--dry-run", "--json").json["left_bytes"] == 0
    assert aigc("cache", "clear", "--json").json["results"] > 5
    assert not [path for path in (tmp_path / "cache" / "blobs").rglob("*") if path.is_file()]
    assert (tmp_path / "out" / "product-clip-9x16.mp4").is_file()
    assert aigc("run", *PRODUCT, "--quiet").code == 0


def test_verify_tells_what_is_damaged(aigc: Aigc, tmp_path: Path) -> None:
    aigc("run", *PRODUCT)
    blob = max((path for path in (tmp_path / "cache" / "blobs").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    answer = aigc("cache", "verify")
    assert (answer.code, answer.out.strip()) == (5, blob.parent.name + blob.name)
    assert aigc("cache", "verify").code == 0
    assert aigc("run", *PRODUCT, "--quiet").code == 0


def test_providers(aigc: Aigc) -> None:
    told = aigc("providers", "list", "--json").json["providers"]
    speech = {each["name"]: each for each in told if each["capability"] == "speech"}
    assert {"hibari", "kokoro", "fake"} <= set(speech)
    assert {voice["name"] for voice in speech["kokoro"]["voices"]} >= {"xiaoxiao"}
    assert "xiaoxiao" in aigc("providers").out
    assert "xiaoxiao" in aigc("providers", "show", "kokoro").out


@pytest.mark.slow
def test_doctor(aigc: Aigc) -> None:
    told = aigc("doctor", "--json")
    checks = {each["what"]: each for each in told.json["checks"]}
    assert checks["Python"]["status"] == "ok"
    assert checks["library numpy"]["status"] == "ok"
    assert {"model hibari", "model kokoro"} <= checks.keys()
    assert all(each["cure"] for each in checks.values() if each["status"] == "bad")
    assert [each for each in checks.values() if each["status"] == "bad"] == []  # an extra that is not there is no fault
    assert told.code == 0
