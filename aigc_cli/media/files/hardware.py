"""Encoders in hardware, found by opening them: a name in a list says nothing about the machine it runs on."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

ENCODERS = {"nvenc": "h264_nvenc", "videotoolbox": "h264_videotoolbox", "qsv": "h264_qsv", "amf": "h264_amf"}
"""FFmpeg's names, in the order in which `auto` tries them."""

_SIDE = 256


@cache
def works(name: str) -> bool:
    """True when this hardware encoder turns three frames into packets on this machine."""
    import av

    encoder = ENCODERS[name]
    if encoder not in av.codecs_available:
        return False
    level = av.logging.get_level()
    av.logging.set_level(av.logging.PANIC)  # a card that is not there is no news to anybody
    try:
        with av.open(io.BytesIO(), "w", format="mp4") as out:
            stream: Any = out.add_stream(encoder, rate=30, options=options_for(name, 23))
            stream.width, stream.height, stream.pix_fmt = _SIDE, _SIDE, "yuv420p"
            packets = 0
            for n in range(3):
                frame = av.VideoFrame(_SIDE, _SIDE, "yuv420p")
                frame.pts = n
                packets += len(stream.encode(frame))
            packets += len(stream.encode(None))
        return packets == 3
    except (av.FFmpegError, ValueError, OSError, NotImplementedError):
        return False
    finally:
        av.logging.set_level(level)


def choose(wanted: str) -> tuple[str | None, str]:
    """(the hardware encoder to use, or None for libx264; what is to be told, empty when the wish came true).

    `wanted` is `none`, `auto`, or a name of `ENCODERS`.
    """
    if wanted == "none":
        return None, ""
    for name in ENCODERS if wanted == "auto" else (wanted,):
        if works(name):
            return name, ""
    if wanted == "auto":
        return None, "no hardware encoder works on this machine: libx264 is used"
    return None, f"{wanted} does not work on this machine: libx264 is used"


def options_for(name: str, crf: float) -> dict[str, str]:
    """What makes an encoder give about the quality of x264 at this CRF, without B-frames, in closed GOPs."""
    quality = f"{min(crf + 3, 51):g}"
    if name == "nvenc":
        return {"rc": "vbr", "cq": quality, "b": "0", "preset": "p5", "bf": "0", "forced-idr": "1"}
    if name == "qsv":
        return {"global_quality": quality, "bf": "0", "forced_idr": "1"}
    if name == "amf":
        return {"rc": "cqp", "qp_i": quality, "qp_p": quality, "bf": "0"}
    return {"q:v": f"{max(1, 100 - 2 * crf):g}", "bf": "0", "allow_sw": "0"}
