"""The gallery's pictures: photos retouched, faces kept clear, collages, planes of depth, and what is made without a photo."""

# ruff: noqa: TID253  # a tool of its own loads what it needs at once

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from aigc_cli.artifacts import Artifact
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.timeline import Box, DrawingOp, Shadow
from aigc_cli.providers.darkroom import Darkroom
from aigc_cli.providers.designer import Designer
from aigc_cli.shapes import CollageRequest, EditRequest, ImageRequest, Picture
from aigc_cli.storyboard import ImageVisual, Scene, Storyboard
from docs.gallery.studio import PHOTO, PORTRAIT, Rgb, Studio, column, row

GRADES = ("brand", "duotone", "mono", "vivid", "soft", "warm", "cool")
_TALL = 230
_SAID = "She was the first woman to command the Space Shuttle."


def sheets(studio: Studio) -> Iterator[tuple[str, str, Rgb]]:
    """Every sheet: its file's name, what it shows, its pixels."""
    yield (
        "pictures-retouched",
        "`background` kept, blurred, removed, studio; `grade` in its seven kinds; a thing on a plain ground",
        _retouched(studio),
    )
    yield "pictures-faces", "Words and captions stand beside faces, wherever these are: `title` and `photo` in three shapes", _faces(studio)
    yield "pictures-collage", "`image.collage` of two to six photos, in three shapes", _collages(studio)
    yield "pictures-parallax", "One plane, and `parallax: true`: first frame, middle and last", _parallax(studio)
    yield "pictures-made", "Without a photo: scenes, signs for words that no drawing knows, patterns, in six brands", _made(studio)


def product(folder: Path) -> Path:
    """A thing photographed on a lit backdrop, with its shadow and the camera's grain."""
    width, height = 900, 750
    share = np.linspace(0, 1, height)[:, None, None]
    ground = np.repeat(np.array((233, 234, 240)) * (1 - share) + np.array((198, 199, 210)) * share, width, axis=1)
    op = DrawingOp(name="potted-plant", box=Box(x=240, y=110, w=470, h=470), shadow=Shadow(dy=16, blur=22, colour="#00000055"))
    pixels = paint((op,), width, height, _nothing).astype(float)
    shown = ground * (1 - pixels[..., 3:] / 255) + pixels[..., :3] + np.random.default_rng(1).normal(0, 3, (height, width, 3))
    path = folder / "product.png"
    Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8)).save(path)
    return path


def _nothing(artifact: Artifact) -> Path:
    raise AssertionError("a drawing opens no file")


def _save(studio: Studio, path: Path) -> Artifact:
    return studio.desk.save(path, "image/png" if path.suffix == ".png" else "image/jpeg", path.name)


def _shown(studio: Studio, picture: Picture, on: tuple[int, int, int] = (88, 132, 196)) -> Rgb:
    image = Image.open(studio.desk.open(picture.image)).convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", image.size, (*on, 255)), image).convert("RGB"))


def _retouched(studio: Studio) -> Rgb:
    rows = []
    darkroom = Darkroom(brand="newsroom")
    for path in (PORTRAIT, product(studio.desk.scratch)):
        photo = _save(studio, path)
        backgrounds = [
            darkroom.edit(EditRequest(picture=photo, background=each), studio.desk) for each in ("keep", "blur", "remove", "studio")
        ]
        rows.append(row([_shown(studio, each) for each in backgrounds], _TALL + 60))
    photo = _save(studio, PHOTO)
    rows.append(row([_shown(studio, darkroom.edit(EditRequest(picture=photo, grade=each), studio.desk)) for each in GRADES], 150))
    return column(rows)


def _faces(studio: Studio) -> Rgb:
    portrait = Image.open(PORTRAIT).convert("RGB")
    photos = []
    for name, size, side, at in (
        ("high", (1400, 2000), 1400, (0, 60)),
        ("low", (1200, 2100), 900, (150, 1200)),
        ("right", (2400, 1400), 900, (1450, 420)),
    ):
        ground = Image.open(PHOTO).convert("RGB").resize(size)
        ground.paste(portrait.resize((side, side), Image.Resampling.LANCZOS), at)
        photos.append(studio.desk.scratch / f"{name}.png")
        ground.save(photos[-1])
    rows = []
    for form in ("9:16", "1:1", "16:9"):
        pictures = []
        for path in photos:
            for layout, show in (
                ("title", {"headline": "Words beside faces", "kicker": "New"}),
                ("photo", {"headline": "Eileen Collins", "body": "1998"}),
            ):
                if form == "16:9" and layout == "photo":
                    continue
                scene = Scene(id="one", layout=layout, say=_SAID, show=show, visual=ImageVisual(photo=0, prompt=path.name))
                film = studio.film(Storyboard(title="", language="en", scenes=(scene, scene)), form, brand="newsroom", photos=[path])
                pictures += studio.frames(film, [film.shots[1].start + int(film.shots[1].frames * 0.55)])
        rows.append(row(pictures, {"9:16": 380, "1:1": 230, "16:9": 240}[form]))
    return column(rows)


def _collages(studio: Studio) -> Rgb:
    studio_photos = [PHOTO, PORTRAIT, product(studio.desk.scratch)]
    saved = [_save(studio, path) for path in studio_photos]
    made = [
        Designer(brand="warm").draw(ImageRequest(prompt=words, width=900, height=700), studio.desk).image
        for words in ("coffee beans", "alarm clock", "cake")
    ]
    photos = (*saved, *made)
    rows = []
    for width, height, tall in ((900, 1600, 380), (1600, 1600, 240), (1600, 900, 160)):
        requests = [CollageRequest(photos=photos[:count], width=width, height=height) for count in range(2, 7)]
        rows.append(row([_shown(studio, Darkroom(brand="warm").collage(each, studio.desk)) for each in requests], tall))
    return column(rows)


def _parallax(studio: Studio) -> Rgb:
    from aigc_cli.media import film
    from aigc_cli.media.layout import formats
    from aigc_cli.media.schedule import schedule
    from aigc_cli.media.style import brand as brands

    rows = []
    desk = studio.desk
    board = Storyboard(
        title="",
        language="en",
        scenes=(Scene(id="one", layout="product", show={"headline": "Lift off"}, visual=ImageVisual(photo=0), motion="in", min_s=4),),
    )
    for parallax in (False, True):
        picture = Designer(brand="newsroom").draw(ImageRequest(photo=_save(studio, PORTRAIT), parallax=parallax), desk)
        look = film.Look(brand=brands.load("newsroom", desk.templates), templates=desk.templates)
        size = formats.scaled_size("9:16", 0.5)
        line = film.film(board, schedule(board, [None], 30), look, size=size, fps=30, pictures=[picture], takes=[None])
        rows.append(row(studio.frames(line, [12, line.frames // 2, line.frames - 1]), 420))
    return row(rows, rows[0].shape[0])


def _made(studio: Studio) -> Rgb:
    rows = []
    for brand in ("plain", "warm", "newsroom", "fresh", "mono", "elegant"):
        designer = Designer(brand=brand)
        scenes = ("Headphones with a battery for days", "Zentra")
        pictures = [_shown(studio, designer.draw(ImageRequest(prompt=prompt, width=700, height=700), studio.desk)) for prompt in scenes]
        for prompt in ("compliant everywhere", "Made to last", "Up to 40% lighter"):
            drawing = designer.draw(ImageRequest(prompt=prompt, style="drawing", width=400, height=400), studio.desk)
            ground = drawing.palette.ground if drawing.palette else "#203040"
            pictures.append(_shown(studio, drawing, (int(ground[1:3], 16), int(ground[3:5], 16), int(ground[5:7], 16))))
        pictures += [
            _shown(studio, designer.draw(ImageRequest(prompt=prompt, style="pattern", width=700, height=700), studio.desk))
            for prompt in ("one", "two")
        ]
        rows.append(row(pictures, 190))
    return column(rows)
