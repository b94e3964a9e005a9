"""Films storyboards without rendering them: what the gallery, and whoever designs a template, looks at.

Words, pictures and layouts come from the real providers; only the narration is silent, with its words at an even pace.
"""

# ruff: noqa: TID253  # a tool of its own loads what it needs at once

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from aigc_cli.artifacts import Artifact, Store
from aigc_cli.assets import Templates
from aigc_cli.contracts import Usage
from aigc_cli.media import film
from aigc_cli.media.captioning import captions
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.planes import to_rgb
from aigc_cli.media.layout import formats
from aigc_cli.media.schedule import schedule
from aigc_cli.media.style import brand as brands
from aigc_cli.media.timeline import Timeline
from aigc_cli.providers.copywriter import Copywriter
from aigc_cli.providers.designer import Designer
from aigc_cli.providers.fake import FakeSpeech
from aigc_cli.providers.files import Files
from aigc_cli.providers.news import News
from aigc_cli.shapes import ImageRequest, Line, Picture, Speech
from aigc_cli.steps.data import Load
from aigc_cli.steps.text import Brief, Write
from aigc_cli.storyboard import ImageVisual, Storyboard

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PHOTO = EXAMPLES / "pikolo" / "coffee.png"
PORTRAIT = EXAMPLES / "people" / "astronaut.jpg"
Rgb = NDArray[np.uint8]


@dataclass
class Desk:
    """A provider's surroundings, in a temporary folder."""

    root: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="aigc-gallery-")))
    seed: int = 0
    is_offline: bool = True
    templates: Templates = field(default_factory=lambda: Templates.beside(None))
    notes: list[str] = field(default_factory=list)

    @property
    def scratch(self) -> Path:
        (self.root / "scratch").mkdir(exist_ok=True)
        return self.root / "scratch"

    @property
    def store(self) -> Store:
        return Store(self.root / "store")

    def open(self, artifact: Artifact) -> Path:
        return self.store.open(artifact)

    def save(self, content: bytes | Path, media_type: str, name: str = "") -> Artifact:
        if isinstance(content, bytes):
            return self.store.put_bytes(content, media_type, name)
        return self.store.put_file(content, media_type, name)

    def progress(self, fraction: float, text: str = "") -> None:
        pass

    def note(self, text: str, *, is_downgrade: bool = False) -> None:
        self.notes.append(text)

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        return make()

    def key(self, name: str) -> str:
        raise KeyError(name)

    def is_trusted(self, host: str) -> bool:
        return False

    def command(self, name: str) -> tuple[str, ...]:
        raise KeyError(name)

    def allow(self, usage: Usage) -> None:
        pass

    def spent(self, usage: Usage) -> None:
        pass

    def memo(self, kind: str, version: int, material: JsonValue, make: Callable[[], Any]) -> Any:
        return make()


class Studio:
    """Storyboards, pictures and frames of them."""

    def __init__(self, desk: Desk | None = None) -> None:
        self.desk = desk or Desk()
        self._drawn: dict[str, Picture] = {}

    def product(self, facts: dict[str, Any], language: str = "en", length_s: float | None = 20, photos: int = 1) -> Storyboard:
        """The storyboard of a product clip."""
        return Copywriter().write(Write(facts=facts, language=language, length_s=length_s, photos=photos), self.desk)

    def brief(self, path: Path, language: str = "en", length_s: float | None = 30) -> Storyboard:
        """The storyboard of a news brief."""
        source = self.desk.save(path, "application/octet-stream", path.name)
        records = Files().load(Load(source=source), self.desk)
        return News().brief(Brief(data=records, language=language, length_s=length_s), self.desk)

    def picture(self, visual: ImageVisual, language: str, photos: Sequence[Path] = (), brand: str = "auto") -> Picture:
        """What the embedded designer makes of a scene's visual."""
        photo = photos[visual.photo] if visual.photo is not None and visual.photo < len(photos) else None
        key = f"{visual.model_dump_json()}{language}{photo}{brand}"
        if key not in self._drawn:
            saved = self.desk.save(photo, "image/png", photo.name) if photo else None
            request = ImageRequest(prompt=visual.prompt, style=visual.style, language=language, photo=saved)
            self._drawn[key] = Designer(brand=brand).draw(request, self.desk)
        return self._drawn[key]

    def film(
        self,
        board: Storyboard,
        form: str,
        *,
        brand: str = "auto",
        caption_style: str = "",
        photos: Sequence[Path] = (PHOTO, PORTRAIT),
        scale: float = 0.5,
        logo: Path | None = None,
    ) -> Timeline:
        """A storyboard in one format; captions in the brand's own style unless another is named, `none` for none."""
        desk = self.desk
        pictures = [
            self.picture(scene.visual, board.language, photos, brand) if isinstance(scene.visual, ImageVisual) else None
            for scene in board.scenes
        ]
        takes: list[Speech | None] = [
            FakeSpeech().speak(Line(text=scene.say, language=board.language), desk) if scene.say else None for scene in board.scenes
        ]
        palette = next((picture.palette for picture in pictures if picture and picture.is_photo and picture.palette), None)
        look = brands.load(brand, desk.templates, photo=palette)
        style = None if caption_style == "none" else captions.load_style(desk.templates, caption_style or look.captions)
        mark = desk.save(logo, "image/png", logo.name) if logo else None
        return film.film(
            board,
            schedule(board, takes, 30),
            film.Look(brand=look, templates=desk.templates, captions=style, logo=mark),
            size=formats.scaled_size(form, scale),
            fps=30,
            pictures=pictures,
            takes=takes,
        )

    def frames(self, timeline: Timeline, numbers: Sequence[int]) -> list[Rgb]:
        """Frames as RGB (h, w, 3)."""
        composer = Composer(timeline, self.desk.open)
        return [to_rgb(composer.frame(number)) for number in numbers]

    def scenes(self, timeline: Timeline, at: float = 0.62) -> list[Rgb]:
        """One frame of every scene, at a share of its length."""
        return self.frames(timeline, [shot.start + int(shot.frames * at) for shot in timeline.shots])


def shrunk(picture: Rgb, height: int) -> Rgb:
    """A picture at another height."""
    width = round(picture.shape[1] * height / picture.shape[0])
    small: Rgb = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return small


def row(pictures: Sequence[Rgb], height: int, gap: int = 10, ground: int = 236) -> Rgb:
    """Pictures side by side at one height."""
    parts = []
    for index, picture in enumerate(pictures):
        if index:
            parts.append(np.full((height, gap, 3), ground, np.uint8))
        parts.append(shrunk(picture, height))
    return np.concatenate(parts, axis=1)


def filled(picture: Rgb, height: int, ground: int = 236) -> Rgb:
    """A picture with ground added below it."""
    return np.pad(picture, ((0, height - picture.shape[0]), (0, 0), (0, 0)), constant_values=ground)


def column(rows: Sequence[Rgb], gap: int = 10, ground: int = 236) -> Rgb:
    """Rows one under the other, from the left."""
    width = max(each.shape[1] for each in rows)
    parts = []
    for index, each in enumerate(rows):
        if index:
            parts.append(np.full((gap, width, 3), ground, np.uint8))
        parts.append(np.pad(each, ((0, 0), (0, width - each.shape[1]), (0, 0)), constant_values=ground))
    return np.concatenate(parts, axis=0)
