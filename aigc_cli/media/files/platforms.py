"""What each platform takes: shapes, length, size, bit rate. Checked before a clip is filmed, and again on the finished file.

Figures as the platforms' own help pages and programming guides gave them in 2025; where two of them differ, the stricter one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aigc_cli.errors import WorkflowError
from aigc_cli.media.filming.probe import probe
from aigc_cli.media.layout.formats import FORMATS


@dataclass(frozen=True)
class Platform:
    """`narrowest` and `widest` are width over height; lengths in seconds, size in bytes, rate in kilobits per second."""

    title: str
    narrowest: float
    widest: float
    shortest_s: float
    longest_s: float
    most_bytes: int
    most_kbps: int
    fps: tuple[int, int] = (23, 60)
    codecs: tuple[str, ...] = ("h264", "hevc")


PLATFORMS = {
    "reels": Platform("Instagram Reels", 0.56, 0.57, 3, 180, 300_000_000, 25_000),
    "shorts": Platform("YouTube Shorts", 0.5, 1.0, 1, 180, 256_000_000_000, 68_000, codecs=("h264", "hevc", "av1", "vp9")),
    "tiktok": Platform("TikTok", 0.5, 1.78, 3, 600, 1_000_000_000, 30_000),
    "feed": Platform("Instagram feed", 0.8, 1.92, 3, 60, 100_000_000, 25_000),
    "linkedin": Platform("LinkedIn", 0.41, 2.4, 3, 600, 5_000_000_000, 30_000, (10, 60), ("h264",)),
    "youtube": Platform("YouTube", 0.4, 2.4, 1, 43_200, 256_000_000_000, 85_000, (23, 60), ("h264", "hevc", "av1", "vp9", "prores")),
}


def check_before(name: str, sizes: dict[str, tuple[int, int]], length_s: float, fps: int, codec: str) -> None:
    """Raises WorkflowError when a platform would not take such a clip. `sizes` are the formats' sizes by name."""
    wanted = PLATFORMS[name]
    if codec not in wanted.codecs:
        raise WorkflowError(f"{wanted.title} does not take {codec}", f"use `codec: {wanted.codecs[0]}`")
    for form, (width, height) in sizes.items():
        if not wanted.narrowest - 0.01 <= width / height <= wanted.widest + 0.01:
            fits = [each for each, (w, h) in FORMATS.items() if wanted.narrowest - 0.01 <= w / h <= wanted.widest + 0.01]
            raise WorkflowError(f"{wanted.title} does not take {form}", f"use {' or '.join(fits)}")
    if not wanted.fps[0] <= fps <= wanted.fps[1]:
        raise WorkflowError(f"{wanted.title} takes {wanted.fps[0]} to {wanted.fps[1]} frames per second, not {fps}", "set `fps: 30`")
    if length_s < wanted.shortest_s:
        raise WorkflowError(f"{wanted.title} takes no clip of {length_s:.1f} s: {wanted.shortest_s:g} s is the least", "make it longer")
    if length_s > wanted.longest_s:
        raise WorkflowError(f"{wanted.title} takes no clip of {length_s:.1f} s: {wanted.longest_s:g} s is the most", "set `length_s`")


def complaint_after(name: str, path: Path) -> str | None:
    """What a platform would say of a finished file, in words; None when it takes it."""
    wanted = PLATFORMS[name]
    size = path.stat().st_size
    if size > wanted.most_bytes:
        return f"the file has {size / 1e6:.0f} MB, and {wanted.title} takes {wanted.most_bytes / 1e6:.0f} MB: raise `crf`"
    length_s = probe(path).duration_s
    kbps = size * 8 / 1000 / length_s if length_s else 0.0
    if kbps > wanted.most_kbps:
        return f"the file has {kbps:.0f} kb/s, and {wanted.title} takes {wanted.most_kbps}: raise `crf`"
    return None
