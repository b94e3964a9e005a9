"""Facts of media files; files that pretend to be what they are not."""

import wave

import numpy as np
import pytest

from aigc_cli.errors import RenderError
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.filming.probe import probe


def film(path, frames=6):
    write_video(path, lambda n, out: out.y.fill(60 + n), frames, size=(64, 48), fps=24, options=EncoderOptions())
    return path


def test_a_wave_file(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24000)
        file.writeframes(np.zeros(12000, np.int16).tobytes())
    facts = probe(tmp_path / "a.wav")
    assert facts.video is None
    assert (facts.audio.codec, facts.audio.rate_hz, facts.audio.channels, facts.audio.duration_s) == ("pcm_s16le", 24000, 1, 0.5)


def test_a_film_by_any_name(tmp_path):
    facts = probe(film(tmp_path / "not really.txt"))
    assert facts.container == "mp4"
    assert (facts.video.width, facts.video.height, facts.video.fps, facts.video.frames) == (64, 48, 24.0, 6)
    assert facts.video.duration_s == pytest.approx(0.25)
    assert facts.audio is None
    assert not facts.is_fast_start


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
        b"%PDF-1.7 and so on",
        b"GIF89a" + b"\0" * 100,
        b"RIFF\0\0\0\0AVI LIST" + b"\0" * 100,
    ],
)
def test_what_is_no_container_on_the_list_is_refused(tmp_path, content):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(RenderError, match=r"clip\.mp4 is no video or sound") as caught:
        probe(path)
    assert "MP4" in caught.value.hint


@pytest.mark.parametrize("magic", [b"\0\0\0\x18ftypisom", b"\x1a\x45\xdf\xa3", b"OggS", b"fLaC", b"RIFF\x24\0\0\0WAVE"])
def test_a_playlist_behind_the_magic_of_a_container_stays_unread(tmp_path, magic):
    path = tmp_path / "clip.mp4"
    path.write_bytes(magic + b"\n#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n" * 5)
    with pytest.raises(RenderError) as caught:
        probe(path)
    assert caught.value.hint


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_cut_off_film_is_damaged(tmp_path, part):
    data = film(tmp_path / "whole.mp4", 30).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(RenderError, match=r"cut\.mp4"):
        probe(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(RenderError, match=r"none\.mp4 cannot be read"):
        probe(tmp_path / "none.mp4")
