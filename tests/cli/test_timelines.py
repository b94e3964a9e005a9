"""`aigc render` and `aigc export`: a clip's timeline by itself, changed by hand, and in other programs."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from aigc_cli.artifacts import Store, from_json
from aigc_cli.media.audio import aac
from aigc_cli.media.filming.probe import probe
from aigc_cli.media.timeline import Cue, Sound
from aigc_cli.media.timeline_file import timeline_bytes
from aigc_cli.providers.fake import _tone
from tests.cli.conftest import Aigc, Answer
from tests.media import clips


@pytest.fixture
def timeline(tmp_path: Path) -> Path:
    """A small timeline with sound, whose pictures are in the cache."""
    import numpy as np

    store = Store(tmp_path / "cache")
    made = clips.clip(store)
    mix = store.put_bytes(aac.encode(np.zeros((54 * 1600, 2), np.float32)), "audio/mp4")
    take = store.put_bytes(_tone(1.0, 440, 1), "audio/wav")
    made = made.model_copy(
        update={
            "title": 'Käse & <"奶酪">\x0b',
            "mix": mix,
            "sounds": (
                Sound(name="one", role="narration", audio=take, start=24, frames=30),
                Sound(name="m", role="music", audio=take, start=0, frames=54),
            ),
            "cues": (Cue(text="Hello\nworld", start=3, frames=10), Cue(text="Again", start=30, frames=10)),
        }
    )
    path = tmp_path / "my-clip.timeline.json"
    path.write_bytes(timeline_bytes(made))
    return path


def render(aigc: Aigc, path: Path, out: str = "again.mp4") -> Answer:
    os.environ["AIGC_PROVIDER"] = "embedded"  # the fixture sets it back
    return aigc("render", str(path), "--out", out, "--preset", "ultrafast")


def test_a_timeline_is_rendered_by_itself(aigc: Aigc, timeline: Path, tmp_path: Path) -> None:
    answer = render(aigc, timeline)
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == ["again.mp4", "again.timeline.json"]
    facts = probe(tmp_path / "again.mp4")
    assert facts.video is not None
    assert facts.audio is not None
    assert (facts.video.frames, facts.video.width, facts.video.height) == (54, 180, 320)


def test_a_change_by_hand_draws_only_what_changed(aigc: Aigc, timeline: Path, tmp_path: Path) -> None:
    render(aigc, timeline)
    before = json.loads((tmp_path / "again.timeline.json").read_text())
    changed = json.loads((tmp_path / "again.timeline.json").read_text())
    changed["shots"][2]["layers"][1]["content"]["drawing"][0]["fill"] = "#00FF00"
    (tmp_path / "changed.json").write_text(json.dumps(changed))
    answer = aigc("export", "changed.json")
    assert answer.code == 2
    assert "`three` was changed" in answer.err
    assert render(aigc, tmp_path / "changed.json", "new.mp4").code == 0
    after = json.loads((tmp_path / "new.timeline.json").read_text())
    same = [a["segment"] == b["segment"] for a, b in zip(before["shots"], after["shots"], strict=True)]
    assert same == [True, True, False]


def exported(aigc: Aigc, timeline: Path, tmp_path: Path, form: str) -> Path:
    assert render(aigc, timeline).code == 0
    answer = aigc("export", "again.timeline.json", "--to", form, "--out", f"projekt 片/my clip.{form}")
    assert answer.code == 0, answer.err
    return Path(answer.out.strip())


def test_otio_reads_back_with_its_own_library(aigc: Aigc, timeline: Path, tmp_path: Path) -> None:
    otio = pytest.importorskip("opentimelineio")
    read = otio.adapters.read_from_file(str(exported(aigc, timeline, tmp_path, "otio")))
    assert read.name == 'Käse & <"奶酪">\x0b'
    shots, sound, narration, music = read.tracks
    assert read.duration() == otio.opentime.RationalTime(54, 30)
    assert [(clip.name, clip.trimmed_range_in_parent().start_time.value, clip.duration().value) for clip in shots] == [
        ("one", 0, 20), ("two", 20, 24), ("three", 44, 10),
    ]  # fmt: skip
    assert [each.kind for each in read.tracks] == ["Video", "Audio", "Audio", "Audio"]
    assert sound.duration().value == 54
    (take,) = narration.find_clips()
    assert take.trimmed_range_in_parent().start_time.value == 24
    assert not take.enabled
    assert [(m.name, m.marked_range.start_time.value) for m in shots.markers] == [("Hello world", 3), ("Again", 30)]
    for clip in read.find_clips():
        path = Path(unquote(urlparse(clip.media_reference.target_url).path))
        assert path.is_file()
        facts = probe(path)
        if path.suffix == ".mp4":
            assert facts.video is not None
            assert facts.video.frames == clip.duration().value
    again = otio.adapters.write_to_string(read, "otio_json")
    assert otio.adapters.read_from_string(again, "otio_json").is_equivalent_to(read)
    assert len(music) == 1


def test_fcpxml_is_sound(aigc: Aigc, timeline: Path, tmp_path: Path) -> None:
    root = ET.parse(exported(aigc, timeline, tmp_path, "fcpxml")).getroot()
    assets = {asset.get("id"): asset for asset in root.iter("asset")}
    frame = Fraction(1, 30)

    def seconds(text: str | None) -> Fraction:
        return Fraction(str(text).removesuffix("s"))

    spine = root.find(".//spine")
    assert spine is not None
    end = Fraction(0)
    for clip in spine:
        assert seconds(clip.get("offset")) == end
        end += seconds(clip.get("duration"))
        assert seconds(clip.get("duration")) % frame == 0
    assert end == 54 * frame == seconds(root.find(".//sequence").get("duration"))  # type: ignore[union-attr]
    clips_ = list(root.iter("asset-clip"))
    assert {clip.get("ref") for clip in clips_} == set(assets)
    assert all(Path(unquote(urlparse(rep.get("src")).path)).is_file() for rep in root.iter("media-rep"))
    assert [(m.get("value"), seconds(m.get("start"))) for m in root.iter("marker")] == [("Hello world", 3 * frame), ("Again", 10 * frame)]
    assert root.find(".//project").get("name") == 'Käse & <"奶酪"> '  # type: ignore[union-attr]
    take = next(clip for clip in clips_ if clip.get("audioRole") == "dialogue")
    assert (take.get("lane"), seconds(take.get("offset"))) == ("-2", 4 * frame)


@pytest.mark.parametrize(
    "text, word",
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not a timeline"),
        ("{}", "title"),
        ("\xff\xfe", "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
@pytest.mark.parametrize("command", ["render", "export"])
def test_what_is_no_timeline_is_refused(aigc: Aigc, tmp_path: Path, command: str, text: str, word: str) -> None:
    (tmp_path / "t.json").write_text(text, encoding="latin-1")
    answer = aigc(command, "t.json")
    assert answer.code == 2
    assert word in answer.err
    assert {path.name for path in tmp_path.iterdir()} <= {"cache", "t.json"}


def test_a_gap_between_shots_is_told(aigc: Aigc, timeline: Path, tmp_path: Path) -> None:
    value = json.loads(timeline.read_text())
    value["shots"][1]["start"] = 25
    timeline.write_text(json.dumps(value))
    answer = aigc("render", str(timeline))
    assert answer.code == 2
    assert "`two` starts at frame 25" in answer.err


def test_what_was_never_rendered_is_not_exported(aigc: Aigc, timeline: Path) -> None:
    answer = aigc("export", str(timeline))
    assert answer.code == 2
    assert "not rendered yet" in answer.err


def test_a_missing_picture_is_told_with_its_cure(aigc: Aigc, timeline: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    value = from_json(json.loads(timeline.read_text()))
    store.path(value["shots"][0]["layers"][0]["content"]["source"].digest).unlink()
    answer = render(aigc, timeline)
    assert answer.code == 5
    assert "missing" in answer.err
    assert not (tmp_path / "again.mp4").exists()
