"""What stands around a scene's picture and words: the row at the top, the brand's closing mark, the line of the source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from aigc_cli.artifacts import Artifact
from aigc_cli.media.layout import moves, visuals
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.layout.scene_template import BrandMark, Enter, Header, SourceLine
from aigc_cli.media.layout.staging import Stage
from aigc_cli.media.style import typography
from aigc_cli.media.style.palettes import contrast, ink_for, mix, reach, with_alpha
from aigc_cli.media.style.tones import AIM
from aigc_cli.media.timeline import Box, Drawing, DrawingOp, ImageOp, Layer, RectOp, Shadow

_UNDER = 36.0  # between the row and what stands under it
_ROW = 66.0
_CHIP, _CHIP_PAD = 0.72, 14.0  # how dense the surface is under a source that stands on a picture, and its margin
_LEAST_LOGO = 1.9  # contrast of a logo with its ground below which it would hardly be seen


def header(element: Header, stage: Stage, clock: Clock, logo: Artifact | None, *, is_first: bool) -> tuple[tuple[Layer, ...], float]:
    """The row at the top, and the height under which everything else stands; 0 without a row."""
    k = stage.k
    words = stage.words()
    tag = words.text(element.tag) if element.tag else ""
    text = words.text(element.text) if element.text else ""
    x, y = stage.box.x, stage.box.y
    if not tag and not text:
        drawing, box = _brand_row(stage, logo, x, y)
        if not drawing:
            return (), 0.0
        return (visuals.sprite("brand", box, drawing, role="mark"),), box.bottom + _UNDER * k
    layers: list[Layer] = []
    row = _ROW * k
    if tag and element.tag:
        block = _set(tag, words.style(element.tag), stage, stage.box.w * 0.5, row, element.tag)
        fill = reach(stage.brand.alert, "#FFFFFF", AIM)
        patch = Box(x=x, y=y, w=block.width + 52 * k, h=row)
        rise = y + row / 2 + block.size * 0.36
        ops = (RectOp(box=patch, radius=14 * k, fill=fill), *block.ops(ink_for(fill), x + 26 * k, rise - block.lines[0].baseline))
        motion = moves.entrance(Enter(name="left"), clock, is_seen=is_first)
        layers.append(visuals.sprite("tag", patch, ops, role="words", motion=motion))
        x = patch.right + 26 * k
    bottom = y + row
    if text and element.text:
        style = replace(words.style(element.text), lines=2)
        block = _set(text, style, stage, stage.box.right - x, row * 1.6, element.text)
        top = y + max(0.0, (row - block.height) / 2)
        # Between quiet and ink: a map may lie under it.
        ops_text = block.ops(mix(stage.tone.quiet, stage.tone.ink, 0.3), x, top)
        box = Box(x=x - 4 * k, y=top - 10 * k, w=block.width + 12 * k, h=block.height + 26 * k)
        motion = moves.leaving(moves.entrance(element.enter, clock, order=1, is_seen=is_first), element.exit, clock)
        layers.append(visuals.sprite("kicker", box, ops_text, role="words", motion=motion))
        bottom = max(bottom, top + block.height)
    return tuple(layers), bottom + _UNDER * k


def _brand_row(stage: Stage, logo: Artifact | None, x: float, y: float) -> tuple[Drawing, Box]:
    """The brand's logo, or its mark and name, in a small row."""
    k, brand = stage.k, stage.brand
    if logo is not None:
        box = Box(x=x, y=y, w=360 * k, h=72 * k)
        return (_logo(logo, box, stage),), box
    row = 64 * k
    ops: list[Any] = []
    right = x
    if brand.mark:
        ops.append(DrawingOp(name=brand.mark, box=Box(x=x, y=y, w=row, h=row)))
        right = x + row + 18 * k
    if brand.wordmark:
        style = brand.style("wordmark").scaled(k)
        block = typography.set_text(brand.wordmark, style, 600 * k, row, slot="wordmark")
        ops += block.ops(stage.tone.ink, right, y + (row - block.height) / 2)
        right += block.width + 8 * k
    return tuple(ops), Box(x=x, y=y, w=max(right - x, 1.0), h=row)


def _logo(logo: Artifact, box: Box, stage: Stage) -> ImageOp:
    """The logo; one of nearly the ground's own colour glows in the other, so that black on dark is seen as well."""
    shine = None
    colour = stage.brand.logo_colour
    if colour and min(contrast(colour, stage.tone.top), contrast(colour, stage.tone.bottom)) < _LEAST_LOGO:
        shine = Shadow(dy=0, blur=box.h * 0.07, colour="#FFFFFFF2" if stage.tone.is_dark else "#000000B3")
    return ImageOp(image=logo, box=box, fit="inside", shadow=shine)


def mark(element: BrandMark, stage: Stage, clock: Clock, logo: Artifact | None, top: float) -> tuple[Layer, ...]:
    """The brand's closing mark: its logo, or its drawing."""
    place = stage.place(element.box, top)
    drawing: Drawing
    if logo is not None:
        drawing, box = (_logo(logo, place, stage),), place
    elif stage.brand.mark:
        side = min(place.w, place.h, 320 * stage.k)
        box = Box(x=place.x + (place.w - side) / 2, y=place.y + (place.h - side) / 2, w=side, h=side)
        drawing = (DrawingOp(name=stage.brand.mark, box=box),)
    else:
        return ()
    return (visuals.sprite("mark", box, drawing, role="mark", motion=moves.entrance(element.enter, clock)),)


def source(element: SourceLine, stage: Stage, clock: Clock) -> tuple[Layer, ...]:
    """The line that says where a statement comes from."""
    words = stage.words()
    text = words.text(element.slot)
    if not text:
        return ()
    line, pad = stage.source_line(), _CHIP_PAD * stage.k if stage.is_full else 0.0
    block = _set(text, words.style(element.slot), stage, line.w - 2 * pad, line.h * 1.2, element.slot)
    x, y = line.x + pad, line.bottom - block.height - 2 * stage.k
    motion = moves.leaving(moves.entrance(element.enter, clock), element.exit, clock)
    if stage.is_full:  # a picture of any light lies under it
        y -= 8 * stage.k
        chip = Box(x=line.x, y=y - 6 * stage.k, w=block.width + 2 * pad, h=block.height + 14 * stage.k)
        under = RectOp(box=chip, radius=10 * stage.k, fill=with_alpha(stage.tone.bottom, _CHIP))
        return (visuals.sprite("source", chip, (under, *block.ops(stage.tone.ink, x, y)), role="words", motion=motion),)
    box = Box(x=line.x - 2, y=y - 6 * stage.k, w=block.width + 8 * stage.k, h=block.height + 14 * stage.k)
    return (visuals.sprite("source", box, block.ops(stage.tone.quiet, line.x, y), role="words", motion=motion),)


def _set(  # noqa: PLR0917
    text: str, style: typography.Style, stage: Stage, width: float, height: float, slot: str
) -> typography.Block:
    return typography.set_text(text, style, width, height, language=stage.language, scene=stage.scene.id, slot=slot)
