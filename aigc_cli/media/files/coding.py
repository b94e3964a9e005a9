"""What each codec of a clip's pictures asks of its encoder, and which file it goes into. `preset` and `crf` are x264's throughout.

The same settings are carried over to what looks alike in the other encoders. Threads are fixed, because the bytes depend on them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

from aigc_cli.errors import MissingTool
from aigc_cli.media.files import hardware

FilmCodec = Literal["h264", "hevc", "av1", "vp9"]
"""Codecs whose files are joined from segments."""

SPEEDS = ("slow", "medium", "fast", "faster", "veryfast", "superfast", "ultrafast")


@dataclass(frozen=True)
class Coding:
    """FFmpeg's encoder, the ending and media type of the finished file, and what its sound becomes: `copy`, or an encoder."""

    encoder: str
    ending: str
    media_type: str
    sound: str


CODINGS: dict[FilmCodec, Coding] = {
    "h264": Coding("libx264", ".mp4", "video/mp4", "copy"),
    "hevc": Coding("libx265", ".mp4", "video/mp4", "copy"),
    "av1": Coding("libsvtav1", ".mp4", "video/mp4", "copy"),
    "vp9": Coding("libvpx-vp9", ".webm", "video/webm", "libopus"),
}


def encoder_of(codec: FilmCodec, device: str) -> str:
    """FFmpeg's name for an encoder; `device` is `none` or a hardware encoder's. Raises MissingTool when FFmpeg has it not."""
    import av

    name = CODINGS[codec].encoder if device == "none" else hardware.ENCODERS[device]
    if name not in av.codecs_available:
        raise MissingTool(f"this FFmpeg has no {name}", "take another `codec`, or install another build of PyAV")
    if codec == "av1":
        os.environ.setdefault("SVT_LOG", "1")  # the library's only switch: it would write its settings to standard error
    return name


def slowness(preset: str) -> int:
    """6 for x264's `slow`, 0 for `ultrafast`."""
    return len(SPEEDS) - 1 - SPEEDS.index(preset)


def settings(codec: FilmCodec, device: str, *, preset: str, crf: float, keyint: int, most_kbps: int | None) -> dict[str, str]:
    """The encoder's options: closed GOPs of at most `keyint` frames, the same bytes on any number of cores."""
    cap = {"maxrate": f"{most_kbps}k", "bufsize": f"{2 * most_kbps}k"} if most_kbps else {}
    if device != "none":
        return hardware.options_for(device, crf)
    if codec == "h264":
        # cpu-independent: the same bytes whatever instructions the processor has; sync-lookahead only decides how many frames
        # wait: the bytes stay, and a frame waiting less is 7 MB less at 1080x1920
        params = f"open-gop=0:keyint={keyint}:cpu-independent=1:sync-lookahead=1"
        return {"preset": preset, "crf": f"{crf:g}", "x264-params": params, **cap}
    if codec == "hevc":
        params = f"log-level=error:pools=none:frame-threads=2:open-gop=0:keyint={keyint}"
        return {"preset": preset, "crf": f"{min(crf + 3, 51):g}", "x265-params": params, **cap}
    if codec == "av1":
        return {"preset": str(12 - slowness(preset)), "crf": str(min(round(crf * 1.5), 63)), "svtav1-params": "lp=2"}
    quality = {"crf": str(min(round(crf) + 11, 63)), "b:v": "0"}
    return {**quality, "deadline": "good", "cpu-used": str(max(1, 8 - slowness(preset))), "row-mt": "1"}


def finish_context(context: Any, codec: FilmCodec, device: str, keyint: int) -> None:
    """What an encoder takes otherwise than by its options."""
    if codec != "h264" or device != "none":
        context.gop_size = keyint
    if codec == "hevc":
        context.codec_tag = "hvc1"  # without it, Apple's players refuse the file
