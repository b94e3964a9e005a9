"""Small timelines and a painter of plain rectangles: what the renderer's tests are fed with."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.media.timeline import Animated, Box, Key, Layer, Motion, RectOp, Shot, Sprite, Still, Timeline


def rects(drawing, width, height, open_, *, zoom=1.0):
    """Paints the filled rectangles of a drawing, without smoothing."""
    assert zoom == 1
    out = np.zeros((height, width, 4), np.float64)
    for op in drawing:
        hexed = op.fill.lstrip("#").ljust(8, "F")
        colour = np.array([int(hexed[k : k + 2], 16) for k in (0, 2, 4, 6)], float)
        colour[:3] *= colour[3] / 255
        area = out[round(op.box.y) : round(op.box.bottom), round(op.box.x) : round(op.box.right)]
        area *= 1 - colour[3] / 255
        area += colour
    return np.rint(out).astype(np.uint8)


def grow(form, spec, progress, width, height):
    """A bar as wide as the progress."""
    return (RectOp(box=Box(x=0, y=0, w=max(width * progress, 0.01), h=height), fill=str(spec["colour"])),)


def rect(x, y, w, h, colour="#3060C0", *, name="box", **more):
    box = Box(x=x, y=y, w=w, h=h)
    sprite = Sprite(drawing=(RectOp(box=Box(x=0, y=0, w=w, h=h), fill=colour),))
    return Layer(id=name, box=box, content=sprite, **more)


def ground(width, height, colour="#203040"):
    return rect(0, 0, width, height, colour, name="ground", role="ground")


def photo(store: Store, width: int, height: int, seed: int = 1) -> Artifact:
    """A smooth random picture as PNG."""
    import cv2

    random = np.random.default_rng(seed)
    small = random.integers(20, 236, (max(height // 8, 2), max(width // 8, 2), 3), dtype=np.uint8)
    return store.put_bytes(
        cv2.imencode(".png", cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))[1].tobytes(), "image/png"
    )


def still(artifact, box, size, start, end, **more):
    content = Still(source=artifact, width=size[0], height=size[1], start=start, end=end, **more)
    return Layer(id="photo", box=box, content=content, role="picture")


def clip(store: Store, width: int = 180, height: int = 320, fps: int = 30) -> Timeline:
    """Three shots: a still under a sliding box, a fade to a card and a growing bar, a cut to plain boxes."""
    picture = photo(store, 400, 600)
    slide = Motion(
        opacity=(Key(frame=0, value=0), Key(frame=6, value=1, ease="out")),
        dx=(Key(frame=0, value=-30), Key(frame=8, value=0, ease="out-expo")),
    )
    pop = Motion(scale=(Key(frame=0, value=0.9), Key(frame=8, value=1, ease="out")))
    bar = Animated(form="bar", spec={"colour": "#FF8000"}, progress=(Key(frame=0, value=0.0), Key(frame=12, value=1.0)))
    card = Box(x=20, y=40.5, w=140, h=120)
    boxes = (rect(40, 100, 80, 60), rect(60, 120, 80, 60, "#C03030C0"))
    shots = (
        Shot(
            id="one", start=0, frames=20,
            layers=(
                still(picture, Box(x=0, y=0, w=width, h=height), (400, 600), Box(x=40, y=30, w=300, h=533), Box(x=50, y=40, w=285, h=507)),
                rect(21, 51, 101, 41, "#FFFFFF", motion=slide),
            ),
        ),
        Shot(
            id="two", start=20, frames=24, transition="fade", transition_frames=6,
            layers=(
                ground(width, height),
                still(picture, card, (400, 600), Box(x=0, y=100, w=350, h=300), Box(x=20, y=120, w=330, h=283), radius=16),
                Layer(id="bar", box=Box(x=20, y=200, w=120, h=30), content=bar),
                rect(30, 250, 60, 30, "#FFE00080", start=5, frames=10, motion=pop),
            ),
        ),
        Shot(id="three", start=44, frames=10, layers=(ground(width, height, "#F0E0D0"), *boxes)),
    )  # fmt: skip
    return Timeline(
        title="Test", language="en", width=width, height=height, fps=fps, safe=Box(x=8, y=8, w=width - 16, h=height - 16), shots=shots
    )


def decoded(path):
    """All frames of a film as (pts, yuv420p array), decoded with every kind of damage an error."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = {"err_detect": "crccheck+bitstream+buffer+explode+careful+compliant+aggressive"}
        return [(frame.pts, np.array(frame.to_ndarray(format="yuv420p"))) for frame in container.decode(stream)]


def store_at(folder: Path) -> Store:
    return Store(folder / "store")
