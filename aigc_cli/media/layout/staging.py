"""Where a scene plays: the frame's geometry and colours, what there is to show, and which box of it is whose."""

from __future__ import annotations

from dataclasses import replace

from aigc_cli.media.layout import motifs, safe
from aigc_cli.media.layout.scene_template import Anchor, AnchorField, SceneTemplate, Shown, SourceLine
from aigc_cli.media.layout.stack import Words, text_of
from aigc_cli.media.style import fonts
from aigc_cli.media.style.brand import Brand
from aigc_cli.media.timeline import Box
from aigc_cli.shapes import Picture
from aigc_cli.storyboard import ChartVisual, MapVisual, Scene

_PHONE_HEAD = 160.0
_LIGHTEST_SCRIM = "#5C5C5C"  # white under the strongest scrim, where the palest words may stand
_TYPE_SCALE = {"portrait": 1.0, "square": 0.8, "landscape": 1.04}
_ALONE_SCALE = {"portrait": 1.0, "square": 0.92, "landscape": 1.16}
_GAP = 56.0  # between groups (design: art direction, "Space")


class Stage:
    """Where a scene plays: the frame's geometry and colours, and what there is to show."""

    def __init__(  # noqa: PLR0917
        self,
        scene: Scene,
        template: SceneTemplate,
        size: tuple[int, int],
        brand: Brand,
        picture: Picture | None,
        language: str,
        has_captions: bool,
    ) -> None:
        self.scene, self.template, self.brand, self.picture = scene, template, brand, picture
        self.width, self.height = size
        self.language = language
        # What is read from the right is laid out from the right: columns change places.
        self.is_mirrored = fonts.is_right_to_left("", language)
        self.k = safe.scale_of(*size)
        self.frame = Box(x=0, y=0, w=size[0], h=size[1])
        self.safe = safe.safe_area(*size)
        self.has_captions = has_captions
        self.shape = safe.shape_of(*size)
        self.boxes = template.boxes[self.shape]
        self.shown = next((layer for layer in template.layers if isinstance(layer, Shown)), None)
        self.visual = scene.visual if isinstance(scene.visual, ChartVisual | MapVisual) else None
        self.has_visual = self.shown is not None and (self.visual is not None or picture is not None)
        self.is_full = bool(
            self.has_visual
            and self.visual is None
            and self.shown
            and picture
            and not picture.is_cutout
            and (self.shown.look == "whole" or (self.shown.look == "full" and picture.width >= size[0] and picture.height >= size[1]))
        )
        self.is_round = bool(self.has_visual and self.shown and self.shown.look == "round" and self.visual is None)
        tone = brand.tone("dark" if self.is_full else template.tone)
        # A phone's frame has a foot that is kept free of words: beside a picture, too, the motif gives it something to see.
        under = safe.is_phone(*size) and not self.is_full and not isinstance(self.visual, MapVisual)
        self.has_motif = not self.has_visual or under
        # Words may stand in the corners, where the ground's lights are.
        self.tone = motifs.readable(tone.dimmed(), brand.motif) if self.has_motif else tone.dimmed()
        if self.is_full:
            self.tone = replace(self.tone, quiet=self.tone.over((_LIGHTEST_SCRIM,)).quiet)
        self.box = self._room()

    def _room(self) -> Box:
        """The stage, less the source's line where that stands over the captions."""
        room = safe.stage(self.width, self.height, has_captions=self.has_captions)
        source = next((layer for layer in self.template.layers if isinstance(layer, SourceLine)), None)
        if source and text_of(self.scene.show.get(source.slot)):
            line = self.source_line()
            if line.y < room.bottom:
                return Box(x=room.x, y=room.y, w=room.w, h=line.y - _GAP * 0.6 * self.k - room.y)
        return room

    def anchor(self, value: AnchorField) -> Anchor:
        """The anchor of a stack in this shape of frame."""
        return value if isinstance(value, str) else value.get(self.shape, "middle")

    def source_line(self) -> Box:
        """Where the source stands."""
        if self.has_captions:
            return safe.source_line(self.width, self.height)
        return Box(x=self.safe.x, y=self.safe.bottom - safe.LINE * self.k, w=self.safe.w, h=safe.LINE * self.k)

    def place(self, name: str, top: float) -> Box:
        """A box of the template in pixels, kept under the header's lower edge `top`."""
        form, room = self.boxes[name], self.box
        y, bottom = room.y + form.y * room.h, room.y + (form.y + form.h) * room.h
        # A picture may reach under an app's own row at the top of a phone, not out of any other frame.
        y = max(y, _PHONE_HEAD * self.k if safe.is_phone(self.width, self.height) else self.safe.y)
        if top:
            y = max(y, top)
        x = 1 - form.x - form.w if self.is_mirrored else form.x
        return Box(x=room.x + x * room.w, y=y, w=form.w * room.w, h=max(bottom - y, 1.0))

    def shares_column(self, place: Box, top: float) -> bool:
        """Whether a box stands over or under the picture's, rather than beside it."""
        if not self.shown:
            return False
        other = self.place(self.shown.box, top)
        return place.x < other.right - 1 and other.x < place.right - 1

    def words(self, align: str = "start") -> Words:
        """What stacks of this scene are made from."""
        return Words(
            scene=self.scene.id,
            show=self.scene.show,
            template=self.template,
            brand=self.brand,
            tone=self.tone,
            scale=self.k,
            language=self.language,
            align=align,
            is_alone=not self.has_visual,
            type_scale=(_TYPE_SCALE if self.has_visual else _ALONE_SCALE)[self.shape],
        )
