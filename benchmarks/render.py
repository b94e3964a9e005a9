"""CPU of the whole render over the encoder alone on the same frames, in paired rounds.

    python benchmarks/render.py [--frames 240] [--rounds 3] [--size 1080x1920]

The job is that of the design notes: moving photos under cross-fades, sliding titles, karaoke captions of 75 words, a logo
and a progress bar, 30 frames per second, libx264 veryfast, CRF 20. The `whole` process imports, draws, composes, encodes
segments and joins them with silent sound; the `encoder` process encodes the same frames, read from a raw file, as one
stream. Both are processes of their own: their CPU seconds (user and system, all threads) are compared, not wall time.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FPS = 30
SHOT = 150
FADE = 15


def photo(seed: int, width: int = 2000, height: int = 2600):
    """A made-up photo: clouds of all scales, edges, grain."""
    import cv2
    import numpy as np

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


def job(store, width: int, height: int, frames: int):
    """The timeline of the job, cut to `frames`."""
    import cv2

    from aigc_cli.media.timeline import Animated, Box, Key, Layer, Motion, RectOp, Shot, Sprite, Still, TextOp, Timeline

    k = min(width, height) / 1080
    crops = [(60, 40, 150, 210), (150, 210, 60, 40), (40, 120, 230, 120), (200, 50, 60, 230), (120, 20, 120, 230), (90, 200, 180, 60)]
    shape = width / height
    base_h = min(2600.0, 2000 / shape)
    words = ["Good", "morning", "here", "is", "the", "news", "in", "thirty", "seconds", "from", "our", "desk", "today", "the", "city"]

    def text(word: str, x: float, y: float, size: float, colour: str) -> TextOp:
        return TextOp(text=word, x=x, y=y, family="Manrope", weight=800, size=size, colour=colour, edge="#000000A0", edge_width=6 * k)

    shots = []
    for index in range((frames + SHOT - 1) // SHOT):
        data = cv2.imencode(".jpg", photo(index), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
        x0, y0, x1, y1 = crops[index % 6]
        h0, h1 = base_h * 0.88, base_h * 0.82
        whole = Box(x=0, y=0, w=width, h=height)
        still = Still(
            source=store.put_bytes(data, "image/jpeg"),
            width=2000,
            height=2600,
            start=Box(x=x0 / 3, y=y0 / 3, w=h0 * shape, h=h0),
            end=Box(x=x1 / 3, y=y1 / 3, w=h1 * shape, h=h1),
        )
        layers = [Layer(id="photo", box=whole, content=still, role="picture")]
        title_box = Box(x=60 * k, y=height * 0.78, w=min(900 * k, width - 80 * k), h=112 * k)
        title = (
            RectOp(box=Box(x=0, y=0, w=title_box.w, h=title_box.h), fill="#0C2050CD"),
            RectOp(box=Box(x=0, y=0, w=14 * k, h=title_box.h), fill="#FF4040"),
            text(f"City lights up the river {index}", 40 * k, 76 * k, 54 * k, "#FFFFFF"),
        )
        slide = Motion(
            opacity=(Key(frame=15, value=0), Key(frame=27, value=1, ease="out"), Key(frame=123, value=1), Key(frame=135, value=0)),
            dx=(Key(frame=15, value=-60 * k), Key(frame=27, value=0, ease="out-expo")),
        )
        layers.append(Layer(id="title", box=title_box, content=Sprite(drawing=title), start=15, frames=120, motion=slide))
        caption_box = Box(x=60 * k, y=height * 0.66, w=min(960 * k, width - 80 * k), h=220 * k)
        for word in range(SHOT // 12 + 1):
            page = [words[(word // 5 * 5 + i) % len(words)] for i in range(5)]
            ops = [RectOp(box=Box(x=0, y=0, w=caption_box.w, h=caption_box.h), radius=32 * k, fill="#0000008C")]
            for i, each in enumerate(page):
                colour = "#FFD60A" if i == word % 5 else "#FFFFFF"
                ops.append(text(each, (40 + 300 * (i % 3)) * k, (80 + 92 * (i // 3)) * k, 64 * k, colour))
            last = None if 12 * word + 12 >= SHOT else 12
            layers.append(
                Layer(id=f"w{word}", box=caption_box, content=Sprite(drawing=tuple(ops)), start=12 * word, frames=last, role="caption")
            )
        logo_box = Box(x=width - 200 * k, y=60 * k, w=160 * k, h=160 * k)
        logo = (
            RectOp(box=Box(x=0, y=0, w=160 * k, h=160 * k), radius=80 * k, fill="#FFFFFFE0"),
            text("A", 50 * k, 110 * k, 90 * k, "#203040"),
        )
        layers.append(Layer(id="logo", box=logo_box, content=Sprite(drawing=logo)))
        bar = Animated(
            form="bar",
            spec={"colour": "#FF4040"},
            progress=(Key(frame=0, value=index * SHOT / 900), Key(frame=SHOT, value=(index + 1) * SHOT / 900)),
        )
        layers.append(Layer(id="bar", box=Box(x=0, y=height - 12 * k, w=width, h=12 * k), content=bar))
        length = min(SHOT, frames - index * SHOT)
        fade = "fade" if index else "cut"
        shots.append(Shot(id=f"s{index}", start=index * SHOT, frames=length, transition=fade, transition_frames=FADE, layers=tuple(layers)))
    safe = Box(x=0, y=0, w=width, h=height)
    return Timeline(title="Benchmark", language="en", width=width, height=height, fps=FPS, safe=safe, shots=tuple(shots))


def prepare(folder: Path, width: int, height: int, frames: int) -> None:
    """Writes the timeline and the raw frames."""
    import numpy as np

    from aigc_cli.artifacts import Store
    from aigc_cli.media.compose import Composer
    from aigc_cli.media.planes import Planes

    store = Store(folder / "store")
    timeline = job(store, width, height, frames)
    (folder / "timeline.json").write_text(timeline.model_dump_json())
    raw = np.memmap(folder / "raw.yuv", np.uint8, "w+", shape=(frames, height * 3 // 2 * width))
    composer = Composer(timeline, store.open)
    for n in range(frames):
        composer.frame(n, views(raw[n], width, height, Planes))


def views(row, width, height, planes):
    size = width * height
    return planes(
        row[:size].reshape(height, width),
        row[size : size * 5 // 4].reshape(height // 2, width // 2),
        row[size * 5 // 4 :].reshape(height // 2, width // 2),
    )


def whole(folder: Path) -> None:
    """What `video.assemble` does with a timeline."""
    import numpy as np

    from aigc_cli.artifacts import Store
    from aigc_cli.media.compose import Composer
    from aigc_cli.media.segments import join, render_segment
    from aigc_cli.media.timeline import Timeline

    timeline = Timeline.model_validate_json((folder / "timeline.json").read_text())
    composer = Composer(timeline, Store(folder / "store").open)
    paths = [folder / f"segment{k}.mp4" for k in range(len(timeline.shots))]
    for k, path in enumerate(paths):
        render_segment(composer, k, path)
    join(paths, np.zeros((timeline.frames * 48000 // FPS, 2), np.float32), folder / "whole.mp4", fps=FPS, title="Benchmark", language="en")


def encoder(folder: Path) -> None:
    """The encoder alone, on the same frames."""
    import numpy as np

    from aigc_cli.media.encode import EncoderOptions, write_video
    from aigc_cli.media.planes import Planes, copy
    from aigc_cli.media.timeline import Timeline

    timeline = Timeline.model_validate_json((folder / "timeline.json").read_text())
    width, height = timeline.width, timeline.height
    raw = np.memmap(folder / "raw.yuv", np.uint8, "r", shape=(timeline.frames, height * 3 // 2 * width))
    write_video(
        folder / "encoder.mp4",
        lambda n, out: copy(views(raw[n], width, height, Planes), out),
        timeline.frames,
        size=(width, height),
        fps=FPS,
        options=EncoderOptions(),
    )


def compose(folder: Path) -> None:
    """Composing alone: to see where the time goes."""
    from aigc_cli.artifacts import Store
    from aigc_cli.media.compose import Composer
    from aigc_cli.media.planes import blank
    from aigc_cli.media.timeline import Timeline

    timeline = Timeline.model_validate_json((folder / "timeline.json").read_text())
    composer = Composer(timeline, Store(folder / "store").open)
    out = blank(timeline.width, timeline.height)
    for n in range(timeline.frames):
        composer.frame(n, out)


PARTS = {"whole": whole, "encoder": encoder, "compose": compose}


def in_child(call: str) -> float:
    """Runs a call in a process of its own; returns its peak memory in MB."""
    code = f"import resource, sys; sys.path[:0] = ['.']; import benchmarks.render as r; from pathlib import Path; {call};"
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    root = Path(__file__).resolve().parent.parent
    result = subprocess.run([sys.executable, "-c", code], check=True, cwd=root, stdout=subprocess.PIPE, text=True)
    return int(result.stdout.split()[-1]) / 1024


def measure(part: str, folder: Path) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory in MB of one part in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    peak = in_child(f"r.PARTS[{part!r}](Path({str(folder)!r}))")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", default="1080x1920")
    args = parser.parse_args()
    width, height = (int(side) for side in args.size.split("x"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_child(f"r.prepare(Path({name!r}), {width}, {height}, {args.frames})")
        rounds = [{part: measure(part, folder) for part in PARTS} for _ in range(args.rounds)]
        sizes = {part: (folder / f"{part}.mp4").stat().st_size for part in ("whole", "encoder")}
    ratios = [each["whole"][0] / each["encoder"][0] for each in rounds]
    report = {
        "frames": args.frames,
        "size": args.size,
        "cpu_ratio": round(statistics.median(ratios), 3),
        "cpu_ratios": [round(ratio, 3) for ratio in ratios],
        "wall_ratio": round(statistics.median(each["whole"][1] / each["encoder"][1] for each in rounds), 3),
        "cpu_s": {part: round(statistics.median(each[part][0] for each in rounds), 2) for part in PARTS},
        "wall_s": {part: round(statistics.median(each[part][1] for each in rounds), 2) for part in PARTS},
        "peak_mb": {part: round(max(each[part][2] for each in rounds)) for part in PARTS},
        "bytes": sizes,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
