"""Whisper hears what our own voices say; the aligner finds words as exactly as the voices themselves tell."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from aigc_cli.errors import MissingModel, QualityError, RenderError, WorkflowError
from aigc_cli.media.audio.sound import read_wav, write_wav
from aigc_cli.media.speech import forced
from aigc_cli.media.speech.alignment import estimate
from aigc_cli.media.speech.phonemes import EnglishPhonemes
from aigc_cli.media.speech.reading import read
from aigc_cli.providers.hibari import Hibari
from aigc_cli.providers.kokoro import Kokoro
from aigc_cli.providers.whisper import Whisper
from aigc_cli.shapes import Line, Speech
from aigc_cli.steps.listening import Check, Transcribe
from tests.contracts.speech import SharedDesk

pytestmark = pytest.mark.models
ENGLISH = "Engineers have tested a rocket engine for 500 seconds, twice as long as planned. Tickets cost $3.50 from Monday."
CHINESE = "今天的天气很好，气温达到25度。明天有雨，请带伞。"


@pytest.fixture
def desk(tmp_path: Path) -> SharedDesk:
    return SharedDesk(tmp_path)


@pytest.fixture
def english(desk: SharedDesk) -> Speech:
    return Hibari().speak(Line(text=ENGLISH), desk)


def test_english_is_heard_word_by_word_and_in_time(desk: SharedDesk, english: Speech) -> None:
    value = Transcribe(audio=english.audio).run(Whisper(), desk)
    assert (value["language"], value["confidence"] > 0.9) == ("en", True)
    assert Check(audio=english.audio, text=ENGLISH, most_errors=0.06).run(Whisper(), desk)["is_good"]
    words = value["words"]
    assert all(first.end_s <= second.start_s for first, second in pairwise(words))
    assert words[-1].end_s <= value["duration_s"] == pytest.approx(english.duration_s, abs=0.01)
    known = {word.text.strip(".,"): word.start_s for word in english.words}
    misses = [abs(word.start_s - known[word.text.strip(".,")]) for word in words if word.text.strip(".,") in known]
    assert len(misses) > 12
    assert np.median(misses) < 0.3


def test_chinese_is_heard_and_written_as_wished(desk: SharedDesk) -> None:
    take = Kokoro().speak(Line(text=CHINESE, language="zh"), desk)
    simplified = Transcribe(audio=take.audio).run(Whisper(), desk)
    assert simplified["language"] == "zh-Hans"
    assert "气温" in simplified["text"]
    assert "，" in simplified["text"]
    traditional = Transcribe(audio=take.audio, chinese="traditional").run(Whisper(), desk)
    assert traditional["language"] == "zh-Hant"
    assert "氣溫" in traditional["text"]
    assert len(traditional["words"]) == len(simplified["words"])
    assert Check(audio=take.audio, text=CHINESE, language="zh", most_errors=0.15).run(Whisper(), desk)["unit"] == "characters"


def test_another_script_fails_the_check(desk: SharedDesk, english: Speech) -> None:
    with pytest.raises(QualityError, match="are not heard as written"):
        Check(audio=english.audio, text=ENGLISH.replace("rocket engine", "washing machine").replace("Monday", "Friday")).run(
            Whisper(), desk
        )


def test_a_clips_sound_is_heard(desk: SharedDesk, english: Speech, tmp_path: Path) -> None:
    import av

    samples = read_wav(desk.open(english.audio), rate_hz=None)
    path = tmp_path / "footage.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler("fltp", "mono", 48_000, 1024)
        for made in resampler.resample(frame):
            file.mux(stream.encode(made))
        file.mux(stream.encode())
    value = Transcribe(audio=desk.save(path, "video/mp4")).run(Whisper(), desk)
    assert "rocket engine" in value["text"]
    assert "rocket engine" in " ".join(desk.open(value["srt"]).read_text().split())


@pytest.mark.parametrize("kind", ["silence", "noise", "hum"])
def test_where_nobody_speaks_nothing_is_heard(desk: SharedDesk, tmp_path: Path, kind: str) -> None:
    t = np.arange(16_000 * 6) / 16_000
    sound = {"silence": 0 * t, "noise": np.random.default_rng(0).standard_normal(len(t)) * 0.02, "hum": 0.2 * np.sin(2 * np.pi * 50 * t)}[
        kind
    ]
    write_wav(tmp_path / "sound.wav", sound.astype(np.float32), rate_hz=16_000)
    value = Transcribe(audio=desk.save(tmp_path / "sound.wav", "audio/wav")).run(Whisper(), desk)
    assert (value["text"], value["language"], value["words"]) == ("", "und", ())
    assert desk.notes == ["nobody speaks in this recording: its captions are empty"]


def test_a_file_without_sound_or_no_file_at_all_is_told(desk: SharedDesk, tmp_path: Path) -> None:
    import av

    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        file.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        file.mux(stream.encode())
    with pytest.raises(WorkflowError, match="has no sound"):
        Transcribe(audio=desk.save(path, "video/mp4")).run(Whisper(), desk)
    with pytest.raises(RenderError):
        Transcribe(audio=desk.save(b"#EXTM3U\nfile:///etc/passwd", "video/mp4")).run(Whisper(), desk)
    with pytest.raises(WorkflowError, match="does not know the language `tlh`"):
        Transcribe(audio=Hibari().speak(Line(text="Hi there."), desk).audio, language="tlh").run(Whisper(), desk)
    with pytest.raises(MissingModel):
        Transcribe(audio=desk.save(path, "video/mp4")).run(Whisper(model=str(tmp_path)), desk)


def test_the_shipped_weights_are_whole() -> None:
    assert "checksum" in Whisper.verify()


def test_alignment_finds_words_and_estimates_are_not_far(desk: SharedDesk, english: Speech) -> None:
    samples = read_wav(desk.open(english.audio), rate_hz=None)[:, 0]
    words = [word for sentence in read(ENGLISH, "en") for word in sentence.words]
    aligned = forced.Aligner(EnglishPhonemes())(samples, 48_000, words)
    assert aligned is not None
    for spans, median, most in ((aligned, 0.06, 0.15), (estimate(samples, 48_000, words), 0.12, 0.5)):
        misses = [abs(span[0] - word.start_s) for span, word in zip(spans, english.words, strict=True) if span]
        assert len(misses) == len(words)
        assert float(np.median(misses)) < median
        assert max(misses) < most


def test_the_aligner_learns_names_and_gives_up_on_other_sound(desk: SharedDesk) -> None:
    take = Hibari().speak(Line(text="Pikolo and Zyntrix are here."), desk)
    samples = read_wav(desk.open(take.audio), rate_hz=None)[:, 0]
    aligner = forced.Aligner(EnglishPhonemes())
    words = [word for sentence in read(take.text, "en") for word in sentence.words]
    spans = aligner(samples, 48_000, words)
    assert spans is not None
    assert all(spans)
    assert aligner(np.zeros(48_000, np.float32), 48_000, words) is None
    assert aligner(samples[:4000], 48_000, words) is None
    assert aligner(samples, 48_000, [word for sentence in read("今天很好。", "zh") for word in sentence.words]) is None
