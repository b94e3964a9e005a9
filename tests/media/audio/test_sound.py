from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from aigc_cli.errors import RenderError
from aigc_cli.media.audio.sound import as_stereo, decode, read_wav, resample, write_wav


@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_written_is_read_again(tmp_path: Path, channels: int) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, (100_001, channels)).astype(np.float32)
    assert write_wav(tmp_path / "a.wav", iter([sound[:7], sound[7:70_000], sound[70_000:]])) == 100_001
    back = read_wav(tmp_path / "a.wav")
    assert back.shape == sound.shape
    assert np.abs(back - sound).max() < 1 / 32768
    write_wav(tmp_path / "b.wav", back)
    assert (tmp_path / "b.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()


def test_what_passes_full_scale_is_clipped(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.array([2.0, -2.0, 0.5], np.float32))
    assert np.allclose(read_wav(tmp_path / "a.wav")[:, 0], [1, -1, 0.5], atol=1e-4)


def test_another_rate_is_resampled(tmp_path: Path) -> None:
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)).astype(np.float32)
    write_wav(tmp_path / "a.wav", tone, rate_hz=24_000)
    back = read_wav(tmp_path / "a.wav")
    assert back.shape == (48_000, 1)
    assert np.argmax(np.abs(np.fft.rfft(back[:, 0]))) == 440
    assert read_wav(tmp_path / "a.wav", rate_hz=None).shape == (24_000, 1)
    assert len(resample(tone, 24_000, 48_000)) == 48_000


def test_stereo_from_anything() -> None:
    mono = np.arange(4, dtype=np.float32)
    assert as_stereo(mono).tolist() == as_stereo(mono[:, None]).tolist() == [[n, n] for n in range(4)]
    assert as_stereo(np.ones((3, 2), np.float32)).shape == (3, 2)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound at all" * 10, b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_no_wav_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(RenderError, match=r"a\.wav"):
        read_wav(tmp_path / "a.wav")


def test_other_depths_are_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(48_000)
        file.writeframes(b"\0" * 30)
    with pytest.raises(RenderError, match="16-bit"):
        read_wav(tmp_path / "a.wav")


def test_a_cut_off_file_gives_what_is_there(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.ones((1000, 2), np.float32) * 0.5)
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[:-1001])
    assert 700 < len(read_wav(tmp_path / "a.wav")) < 1000


def test_decoding_gives_stereo_at_48_kilohertz(tmp_path: Path) -> None:
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)).astype(np.float32)
    write_wav(tmp_path / "a.wav", tone, rate_hz=24_000)
    heard = decode(tmp_path / "a.wav")
    assert heard.shape == (48_000, 2)
    assert np.argmax(np.abs(np.fft.rfft(heard[:, 0]))) == 440
    assert np.array_equal(heard[:, 0], heard[:, 1])
    assert np.abs(heard).max() == pytest.approx(0.5, abs=0.01)


def test_what_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"nothing" * 100)
    with pytest.raises(RenderError, match=r"a\.mp4"):
        decode(tmp_path / "a.mp4")
    with pytest.raises(RenderError):
        decode(tmp_path / "missing.mp4")
