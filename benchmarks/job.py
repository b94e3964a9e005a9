"""A news clip over the encoder alone: the job that the renderer was designed by.

Moving photos under cross-fades, sliding titles, karaoke captions of 75 words, a logo, a progress bar, ducked music; 30 seconds at
1080x1920, libx264 veryfast. Each side runs in a process of its own and is compared by its processor seconds, imports included;
of the encoder only encoding is counted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure, own_peak_mb, paired, run, spread

GOAL, MEMORY_GOAL_MB = 1.2, 450
SHORT_GOAL = 1.3
"""For ten seconds, of which imports are a tenth."""
FPS, SHOT, FADE, WIDTH, HEIGHT = 30, 150, 15, 1080, 1920
_PHOTO = (2000, 2600)
_CROPS = ((60, 40, 150, 210), (150, 210, 60, 40), (40, 120, 230, 120), (200, 50, 60, 230), (120, 20, 120, 230), (90, 200, 180, 60))
WORDS = ("Good", "morning", "here", "is", "the", "news", "in", "thirty", "seconds", "from", "our", "desk", "today", "the", "city")
_TOP = Path(__file__).resolve().parent.parent


def measure(*, is_short: bool = False) -> list[Figure]:
    frames, rounds = (300, 2) if is_short else (900, 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, frames)
        peaks: list[float] = []

        def whole() -> float:
            cpu, peak = child("whole", folder)
            peaks.append(peak)
            return cpu

        ratio, ratios = paired(whole, lambda: child("encoder", folder)[0], rounds)
        return [
            Figure("a news clip over the encoder alone", ratio, "times", SHORT_GOAL if is_short else GOAL, spread(ratios)),
            Figure("its peak memory", statistics.median(peaks), "MB", MEMORY_GOAL_MB, "one process", margin=1.0),
        ]


def _command(what: str, folder: Path) -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys; sys.path.insert(0, '.'); from benchmarks.job import main; main()",
        what,
        str(folder),
    ]


def child(what: str, folder: Path) -> tuple[float, float]:
    """Processor seconds and peak memory in MB, as a process of its own tells them."""
    from aigc_cli.engine.local import ALLOCATION

    # an installed program's modules are compiled; the round that is not counted compiles those of a checkout
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}
    cpu, peak = run(_command(what, folder), env={**ALLOCATION, **compiled}, cwd=_TOP).out.split()[-2:]
    return float(cpu), float(peak)


def main() -> None:
    what, folder = sys.argv[1:]
    cpu = {"whole": whole, "encoder": encoder}[what](Path(folder))
    print(cpu, own_peak_mb())


def photo(seed: int) -> Any:
    """A made-up photo: clouds of all scales, edges, grain."""
    import cv2
    import numpy as np

    width, height = _PHOTO
    random = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3), np.float32)
    for octave in range(9):
        n = 3 * 2**octave
        grid = random.standard_normal((max(2, n * height // width + 2), n + 2, 3)).astype(np.float32)
        picture += 0.57**octave * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = 120 + 38 * picture
    for _ in range(120):
        centre = (int(random.integers(0, width)), int(random.integers(0, height)))
        colour = tuple(float(v) for v in random.integers(20, 240, 3))
        cv2.circle(picture, centre, int(random.integers(6, 90)), colour, int(random.choice([-1, 3])), cv2.LINE_AA)
    picture += random.standard_normal((height, width, 1)).astype(np.float32) * 4
    return np.clip(picture, 0, 255).astype(np.uint8)


def prepare(folder: Path, frames: int, photos: int = 6) -> None:
    """Writes the photos, the sounds, and the timeline cut to `frames`; after `photos` of them they come again, seen otherwise."""
    import cv2

    from aigc_cli.artifacts import Store
    from aigc_cli.media.audio.sound import write_wav
    from aigc_cli.media.timeline import Box, Timeline

    store = Store(folder / "store")
    shots = []
    pictures = []
    for index in range((frames + SHOT - 1) // SHOT):
        if index < photos:
            data = cv2.imencode(".jpg", photo(index), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
            (folder / f"photo-{index}.jpg").write_bytes(data)
            pictures.append(store.put_bytes(data, "image/jpeg"))
        shots.append(_shot(index, pictures[index % photos], frames))
    safe = Box(x=0, y=0, w=WIDTH, h=HEIGHT)
    timeline = Timeline(title="Benchmark", language="en", width=WIDTH, height=HEIGHT, fps=FPS, safe=safe, shots=tuple(shots))
    (folder / "timeline.json").write_text(timeline.model_dump_json())
    for name in ("speech", "music"):
        write_wav(folder / f"{name}.wav", _sound(name, timeline.frames * 48_000 // FPS))


def _sound(name: str, length: int) -> Iterator[Any]:
    """Speech-like syllables, or a held chord, in stereo; a second at a time."""
    import numpy as np

    random = np.random.default_rng(0)
    for start in range(0, length, 48_000):
        t = np.arange(start, min(start + 48_000, length)) / 48_000
        if name == "speech":
            syllables = np.clip(np.sin(2 * np.pi * 3.1 * t) + 0.5, 0, 1) + random.normal(0, 0.01, len(t))
            sound = sum(np.sin(2 * np.pi * 140 * k * t + k * k) / k for k in range(1, 25)) * syllables * 0.1
        else:
            sound = sum(np.sin(2 * np.pi * hertz * t) for hertz in (220, 277.2, 329.6)) * 0.1
        yield np.repeat(sound[:, None], 2, axis=1).astype(np.float32)


def _shot(index: int, picture: Any, frames: int) -> Any:
    from aigc_cli.media.timeline import Animated, Box, Key, Layer, Motion, RectOp, Shot, Sprite, Still

    x0, y0, x1, y1 = _CROPS[index % len(_CROPS)]
    shape = WIDTH / HEIGHT
    high0, high1 = _PHOTO[1] * 0.88, _PHOTO[1] * 0.82
    still = Still(
        source=picture,
        width=_PHOTO[0],
        height=_PHOTO[1],
        start=Box(x=x0 / 3, y=y0 / 3, w=high0 * shape, h=high0),
        end=Box(x=x1 / 3, y=y1 / 3, w=high1 * shape, h=high1),
    )
    layers = [Layer(id="photo", box=Box(x=0, y=0, w=WIDTH, h=HEIGHT), content=still, role="picture")]
    title_box = Box(x=60, y=1560, w=900, h=112)
    title = (
        RectOp(box=Box(x=0, y=0, w=900, h=112), fill="#0C2050CD"),
        RectOp(box=Box(x=0, y=0, w=14, h=112), fill="#FF4040"),
        _text(f"City lights up the river {index}", 40, 76, 54, "#FFFFFF"),
    )
    slide = Motion(
        opacity=(Key(frame=15, value=0), Key(frame=27, value=1, ease="out"), Key(frame=123, value=1), Key(frame=135, value=0)),
        dx=(Key(frame=15, value=-60), Key(frame=27, value=0, ease="out-expo")),
    )
    layers.append(Layer(id="title", box=title_box, content=Sprite(drawing=title), start=15, frames=120, motion=slide))
    for word in range(SHOT // 12 + 1):
        page = [WORDS[(word // 5 * 5 + k) % len(WORDS)] for k in range(5)]
        ops: list[Any] = [RectOp(box=Box(x=0, y=0, w=960, h=220), radius=32, fill="#0000008C")]
        for k, each in enumerate(page):
            ops.append(_text(each, 40 + 300 * (k % 3), 80 + 92 * (k // 3), 64, "#FFD60A" if k == word % 5 else "#FFFFFF"))
        last = None if 12 * word + 12 >= SHOT else 12
        box = Box(x=60, y=1270, w=960, h=220)
        layers.append(Layer(id=f"w{word}", box=box, content=Sprite(drawing=tuple(ops)), start=12 * word, frames=last, role="caption"))
    logo = (RectOp(box=Box(x=0, y=0, w=160, h=160), radius=80, fill="#FFFFFFE0"), _text("A", 50, 110, 90, "#203040"))
    layers.append(Layer(id="logo", box=Box(x=880, y=60, w=160, h=160), content=Sprite(drawing=logo)))
    progress = (Key(frame=0, value=index * SHOT / 900), Key(frame=SHOT, value=(index + 1) * SHOT / 900))
    bar = Animated(form="bar", spec={"colour": "#FF4040"}, progress=progress)
    layers.append(Layer(id="bar", box=Box(x=0, y=1908, w=WIDTH, h=12), content=bar))
    return Shot(
        id=f"s{index}",
        start=index * SHOT,
        frames=min(SHOT, frames - index * SHOT),
        transition="fade" if index else "cut",
        transition_frames=FADE,
        layers=tuple(layers),
    )


def _text(word: str, x: float, y: float, size: float, colour: str) -> Any:
    from aigc_cli.media.timeline import TextOp

    return TextOp(text=word, x=x, y=y, family="Manrope", weight=800, size=size, colour=colour, edge="#000000A0", edge_width=6)


def _timeline(folder: Path) -> tuple[Any, Any]:
    from aigc_cli.artifacts import Store
    from aigc_cli.media.timeline import Timeline

    return Timeline.model_validate_json((folder / "timeline.json").read_text()), Store(folder / "store").open


def whole(folder: Path) -> float:
    """Draws, composes, encodes, mixes and joins; processor seconds since the process began."""
    from aigc_cli.media.audio import mixing, signals
    from aigc_cli.media.files import segments
    from aigc_cli.media.frames.compose import Composer

    timeline, open_ = _timeline(folder)
    composer = Composer(timeline, open_)
    paths = [folder / f"segment-{k}.mp4" for k in range(len(timeline.shots))]
    takes = [(0, signals.opened(folder / "speech.wav"))]
    mixing.finish(folder / "mix.m4a", timeline.frames, FPS, takes, signals.opened(folder / "music.wav"))
    for k, path in enumerate(paths):
        segments.render_segment(composer, k, path, is_followed=True)
    segments.join(paths, folder / "mix.m4a", folder / "whole.mp4", fps=FPS, title="Benchmark", language="en")
    return time.process_time()


def encoder(folder: Path) -> float:
    """The encoder alone on the same frames, which lie ready in memory."""
    from benchmarks.render import encoder_cpu

    return encoder_cpu(*_timeline(folder), folder / "floor.mp4")
