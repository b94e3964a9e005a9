"""Opens finished files and measures them, with a decoder that `aigc` does not use (a stand-alone ffmpeg)."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


def aigc(*args: str | Path, cache: Path, cwd: Path | None = None, env: dict[str, str] | None = None, timeout: float = 600) -> Result:
    """Runs the command as a user would, with its own cache and no colours."""
    environment = {**os.environ, "AIGC_CACHE_DIR": str(cache), "AIGC_CONFIG": str(cache / "config"), "NO_COLOR": "1", **(env or {})}
    done = subprocess.run(
        [sys.executable, "-m", "aigc_cli", *map(str, args)], capture_output=True, text=True, cwd=cwd, env=environment, timeout=timeout
    )
    return Result(done.returncode, done.stdout, done.stderr)


def ffmpeg(*args: str | Path) -> str:
    """Runs ffmpeg and returns what it says on stderr."""
    done = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP by ffmpeg's ebur128."""
    said = ffmpeg("-i", path, "-vn", "-af", "ebur128=peak=true", "-f", "null", "-")
    summary = said[said.rindex("Summary:") :]
    return float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary)[1]), float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)[1])


def strict_decode(path: Path) -> str:
    """Decodes everything and fails at the first error; returns what ffmpeg complains about, which should be nothing."""
    return ffmpeg("-v", "warning", "-xerror", "-err_detect", "explode", "-i", path, "-f", "null", "-")


def frame_hashes(path: Path) -> list[str]:
    """One MD5 per decoded picture."""
    exe = imageio_ffmpeg.get_ffmpeg_exe()
    done = subprocess.run(
        [exe, "-v", "error", "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"], capture_output=True, text=True, check=True
    )
    return [line.rsplit(",", 1)[1].strip() for line in done.stdout.splitlines() if line and not line.startswith("#")]


def streams(path: Path) -> dict[str, Any]:
    """Facts of the streams as the container states them, and the number of pictures that really decode."""
    import av

    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        facts = {
            "size": (context.width, context.height),
            "pix_fmt": context.pix_fmt,
            "codec": context.name,
            "rate": video.average_rate,
            "colour": (int(context.color_primaries), int(context.color_trc), int(context.colorspace), int(context.color_range)),
            "audio": (audio.codec_context.name, audio.codec_context.sample_rate, audio.codec_context.layout.name),
            "duration": float(container.duration / av.time_base),
            "audio_s": float(audio.duration * audio.time_base),
            "metadata": dict(container.metadata),
        }
        times = [packet.pts for packet in container.demux(video) if packet.pts is not None]
    facts["frames"] = len(times)
    facts["steps"] = {b - a for a, b in zip(sorted(times), sorted(times)[1:], strict=False)}
    facts["start"] = min(times)
    return facts
