"""Draws the two films of this example: a presenter before a green screen, and beans that fall. Run: python make_footage.py

Needs what `aigc` needs itself (numpy, OpenCV, PyAV). Both files are works of this project.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

SIZE = (640, 360)
FPS = 25
HERE = Path(__file__).parent


def presenter(n: int) -> Any:
    """Somebody who nods and speaks, before a screen that is lit unevenly; with the noise of a small camera."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width]
    lit = 1 - 0.5 * ((x / width - 0.35) ** 2 + (y / height - 0.2) ** 2)
    ground = np.array((0, 177, 64)) * lit[..., None]
    nod, sway = 4 * np.sin(n / 7), 6 * np.sin(n / 23)
    ink = np.zeros((height * 2, width * 2, 4), np.uint8)

    def at(px: float, py: float) -> tuple[int, int]:
        return round(2 * (px + sway)), round(2 * py)

    def blob(centre: tuple[int, int], axes: tuple[int, int], colour: tuple[int, int, int], start: int = 0, end: int = 360) -> None:
        cv2.ellipse(ink, centre, (axes[0] * 2, axes[1] * 2), 0, start, end, (*colour, 255), -1, cv2.LINE_AA)

    blob(at(320, 420), (150, 170), (38, 70, 110))
    blob(at(320, 262), (34, 40), (224, 172, 140))
    blob(at(320, 170 + nod), (74, 92), (52, 34, 28))
    blob(at(320, 182 + nod), (62, 78), (236, 188, 156))
    blob(at(320, 132 + nod), (66, 42), (52, 34, 28), 180, 360)
    for side in (-25, 25):
        blob(at(320 + side, 178 + nod), (6, 4 if n % 60 < 56 else 1), (40, 30, 30))
    blob(at(320, 222 + nod), (17, 3 + int(5 * abs(np.sin(n / 2.3)))), (150, 60, 60))
    small = cv2.resize(ink, SIZE, interpolation=cv2.INTER_AREA).astype(float)
    alpha = small[..., 3:] / 255
    rgb = small[..., :3] + ground * (1 - alpha) + np.random.default_rng(n).normal(0, 2, (height, width, 1))
    return np.clip(rgb, 0, 255).astype(np.uint8)


def beans(n: int) -> Any:
    """Coffee beans that fall over a warm ground."""
    width, height = SIZE
    y = np.linspace(0, 1, height)[:, None, None]
    picture = np.repeat((np.array((236, 200, 150)) * (1 - y) + np.array((150, 96, 58)) * y), width, axis=1).astype(np.uint8)
    random = np.random.default_rng(5)
    for _ in range(60):
        px, speed, turn, size = random.uniform(0, width), random.uniform(3, 7), random.uniform(-6, 6), random.uniform(9, 20)
        py = (random.uniform(0, height + 80) + n * speed) % (height + 80) - 40
        angle = turn * n
        for scale, colour in ((1.0, (74, 42, 24)), (0.78, (96, 58, 34))):
            axes = (round(16 * size * scale), round(10 * size * scale))
            cv2.ellipse(picture, (round(px * 16), round(py * 16)), axes, angle, 0, 360, colour, -1, cv2.LINE_AA, 4)
    return picture


def write(path: Path, draw: Callable[[int], Any], seconds: float, tone_hz: float = 0.0) -> None:
    """Films `draw(n)`; with a soft tone of its own, when one is given."""
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=FPS, options={"crf": "26", "preset": "slow"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        sound: Any = out.add_stream("aac", rate=48_000, layout="mono") if tone_hz else None
        for n in range(round(seconds * FPS)):
            frame = av.VideoFrame.from_ndarray(draw(n), "rgb24")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
        if sound is not None:
            t = np.arange(round(seconds * 48_000)) / 48_000
            rain = np.random.default_rng(1).normal(0, 0.03, len(t)) + 0.02 * np.sin(2 * np.pi * tone_hz * t)
            wave = av.AudioFrame.from_ndarray(rain.astype(np.float32)[None], "fltp", "mono")
            wave.sample_rate, wave.pts = 48_000, 0
            out.mux(sound.encode(wave))
            out.mux(sound.encode())


if __name__ == "__main__":
    write(HERE / "presenter.mp4", presenter, 6)
    write(HERE / "beans.mp4", beans, 3, tone_hz=180)
