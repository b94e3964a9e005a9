"""A scene template with sample content, in three shapes at once: what whoever changes one looks at."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media import moments
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.layout import safe, scenes
from aigc_cli.media.layout.scene_template import SceneTemplate, Shown
from aigc_cli.media.style import brand as brands
from aigc_cli.media.timeline import Box, DrawingOp, Shot, Timeline
from aigc_cli.shapes import Picture
from aigc_cli.storyboard import ChartVisual, ColourVisual, ImageVisual, MapVisual, Place, Scene, Visual

if TYPE_CHECKING:
    from aigc_cli.media.frames.planes import Bytes

SHAPES = ((1080, 1920), (1080, 1080), (1920, 1080))
_FPS = 30
_FRAMES = 120
_GAP, _GROUND, _HIGH = 24, 40, 960
_SIDE = 900
_BY_ROLE: dict[str, str] = {
    "kicker": "Fresh this week",
    "headline": "Coffee worth waking up for",
    "display": "Coffee worth waking up for",
    "statement": "Nine in ten would buy it again",
    "quote": "“The best cup I have had at home.”",
    "body": "Roasted on Monday, on your table by Thursday.",
    "label": "of all who tried it",
    "number": "92 %",
    "figure": "4,280",
    "price": "$3.50",
    "button": "Order now",
    "url": "https://example.com",
    "source": "Source: survey of 1,200 customers",
    "tag": "New",
    "index": "1",
    "item": "Single origin",
}
_BY_NAME: dict[str, JsonValue] = {
    "items": ["Single origin", "Roasted this week", "Ready in 30 seconds"],
    "index": 1,
    "count": 3,
    "unit": "M",
    "left": "The queue",
    "left_items": ["Eleven minutes", "Lukewarm"],
    "right": "At home",
    "right_items": ["Thirty seconds", "Hot"],
    "name": "Ada Okafor",
    "title": "Head of roasting, Acme Coffee",
}


def sample_scene(template: SceneTemplate) -> Scene:
    """A scene that fills every slot of a template and shows what the template is made for."""
    show = {name: _BY_NAME.get(name, _BY_ROLE.get(slot.role, "Sample words")) for name, slot in template.slots.items()}
    if template.name != "map" and "unit" in show:
        del show["unit"]
    if template.name in ("intro", "outro"):
        show = {"headline": "ACME", "body": "Coffee worth waking up for"}
    if template.name == "map":
        show.update(number="6.4", label="magnitude", headline="Strong quake off the coast of Chile", kicker="South America")
    return Scene(
        id=f"sample-{template.name}"[:60].lower().replace("_", "-"),
        layout=template.name,
        say="Sample.",
        show=show,
        visual=_visual(template),
    )


def _visual(template: SceneTemplate) -> Visual:
    if not any(isinstance(layer, Shown) for layer in template.layers):
        return ColourVisual()
    if template.name == "chart":
        days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        return ChartVisual(form="area", labels=days, values=(3100, 3350, 3200, 3700, 3900, 4280, 4150), mark=5, mark_label="Saturday")
    if template.name == "map":
        news = Place(longitude=-71.6, latitude=-33.0, label="Valparaíso", is_news=True)
        return MapVisual(places=(news, Place(longitude=-77.0, latitude=-12.0, label="Lima", weight=0.5)), span_degrees=50)
    return ImageVisual(prompt="coffee")


def specimen(name: str, templates: Templates, brand: str = "plain") -> bytes:
    """A PNG of a scene template in portrait, square and landscape, settled, the safe area marked by fine corners.

    Raises WorkflowError with file, line and column when the template or the brand has a mistake, RenderError when the sample
    words do not fit.
    """
    import cv2
    import numpy as np

    template = scenes.load(name, templates)
    look = brands.load(brand, templates) if brand != "auto" else brands.load("plain", templates)
    pictures = []
    with tempfile.TemporaryDirectory(prefix="aigc-") as room:
        store = Store(Path(room))
        for size in SHAPES:
            rgb = _drawn(template, look, size, store)
            pictures.append(cv2.resize(rgb, (round(size[0] * _HIGH / size[1]), _HIGH), interpolation=cv2.INTER_AREA))
    width = sum(picture.shape[1] for picture in pictures) + _GAP * (len(pictures) + 1)
    sheet = np.full((_HIGH + 2 * _GAP, width, 3), _GROUND, np.uint8)
    x = _GAP
    for picture in pictures:
        sheet[_GAP : _GAP + _HIGH, x : x + picture.shape[1]] = picture
        x += picture.shape[1] + _GAP
    done, data = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    assert done
    return bytes(data)


def _drawn(template: SceneTemplate, brand: brands.Brand, size: tuple[int, int], store: Store) -> Bytes:
    from aigc_cli.media.frames.planes import to_rgb

    scene = sample_scene(template)
    laid = scenes.lay_out(
        scene,
        template=template,
        width=size[0],
        height=size[1],
        frames=_FRAMES,
        fps=_FPS,
        brand=brand,
        picture=_picture(template, brand, store) if isinstance(scene.visual, ImageVisual) else None,
        index=1,
        count=3,
        language="en",
    )
    shot = Shot(id=scene.id, start=0, frames=_FRAMES, layers=laid.layers)
    area = safe.safe_area(*size)
    timeline = Timeline(title=template.name, language="en", width=size[0], height=size[1], fps=_FPS, safe=area, shots=(shot,))
    rgb = to_rgb(Composer(timeline, store.open).frame(int(_FRAMES * moments.SETTLED)))
    _mark(rgb, area)
    return rgb


def _mark(rgb: Bytes, area: Box) -> None:
    """Fine corners where the platforms' own buttons begin."""
    long = 40
    for x, to_right in ((round(area.x), 1), (round(area.right) - 1, -1)):
        for y, down in ((round(area.y), 1), (round(area.bottom) - 1, -1)):
            rgb[y, min(x, x + to_right * long) : max(x, x + to_right * long)] = (255, 64, 160)
            rgb[min(y, y + down * long) : max(y, y + down * long), x] = (255, 64, 160)


def _picture(template: SceneTemplate, brand: brands.Brand, store: Store) -> Picture:
    """A drawing for a disc, a painted scene for a card or the whole frame."""
    import cv2

    from aigc_cli.media.drawing import drawings, paint, scenery

    shown = next(layer for layer in template.layers if isinstance(layer, Shown))
    found = drawings.find("coffee", "en")
    if shown.look == "disc":
        if not found:
            raise WorkflowError("the sample drawing is missing", "reinstall the package")
        box = Box(x=0, y=0, w=_SIDE, h=_SIDE)
        rgba = paint.paint((DrawingOp(name=found[0], box=box),), _SIDE, _SIDE, store.open)
        return _kept(rgba, store, is_cutout=True)
    drawing, _ = scenery.abstract(width=1920, height=1920, seed=3)
    rgba = paint.paint(drawing, 1920, 1920, store.open)
    return _kept(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), store, is_cutout=False)


def _kept(pixels: Bytes, store: Store, *, is_cutout: bool) -> Picture:
    import cv2
    import numpy as np

    if is_cutout:
        alpha = np.maximum(pixels[..., 3:].astype(np.float32), 1)
        straight = np.minimum(pixels[..., :3] * (255 / alpha), 255).astype(np.uint8)
        bgra = np.dstack([straight[..., ::-1], pixels[..., 3]])
    else:
        bgra = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    image: Artifact = store.put_bytes(bytes(cv2.imencode(".png", bgra)[1]), "image/png")
    return Picture(image=image, width=pixels.shape[1], height=pixels.shape[0], is_cutout=is_cutout, is_photo=not is_cutout)
