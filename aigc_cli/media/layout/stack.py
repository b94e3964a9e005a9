"""Stacks of words: each slot of a scene set in its role, one under the other, as large as their place allows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aigc_cli.errors import RenderError, TextError
from aigc_cli.media.layout import markers
from aigc_cli.media.layout.scene_template import ActionItem, Glyph, Item, Row, SceneTemplate
from aigc_cli.media.style import fonts
from aigc_cli.media.style.brand import Brand, Tone
from aigc_cli.media.style.typography import Block, Style, measure, set_text
from aigc_cli.media.timeline import Box, Drawing, Op, QrOp, RectOp, Shadow, TextOp

_GAPS = {"headline": 36, "display": 40, "statement": 36, "quote": 38, "body": 30, "label": 26, "url": 34}
_GAPS |= {"hero": 26, "number": 30, "figure": 30}
_ITEM_FIRST_GAP = 48
_GROUP = 52  # before a button, and between groups
_LARGE = 70.0
_QR = 236.0
_COUNTS_FROM = 20
_SHRINKS = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.5, 0.42)
_COUNTED = ("hero", "number", "figure")
_COUNTABLE = re.compile(r"[^\d:/]{0,5}\d[\d.,\u202f ]*[^\d:/]{0,12}\Z")
_MORE_LINES = (0.82, 0.7, 0.58, 0.42)  # at each of these steps one line more is allowed
_QUOTES = '“”„"「」『』«» '  # the large sign before the words says it
_PRESSED, _LAST_FLOOR = 0.6, 0.7


@dataclass(frozen=True)
class Part:
    """Something that comes in as one: its display list from the stack's top left, and what it covers."""

    id: str
    box: Box
    drawing: Drawing
    kind: str = "line"
    """`line`, or `pop` for what comes last: buttons, codes."""
    counts: bool = False
    """A number that counts up."""
    margin: float = 0.0
    """How far a shadow reaches around the box."""


@dataclass(frozen=True)
class Stack:
    """A stack of words, laid out."""

    width: float
    height: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Words:
    """What a stack is made from."""

    scene: str
    show: Mapping[str, Any]
    template: SceneTemplate
    brand: Brand
    tone: Tone
    scale: float
    language: str
    align: str = "start"
    is_alone: bool = False
    type_scale: float = 1.0
    """Headlines are this much smaller in a shape with less room; what is small already stays."""

    def text(self, slot: str) -> str:
        """What a slot shows, empty when it shows nothing."""
        return text_of(self.show.get(slot))

    def style(self, slot: str, shrink: float = 1.0) -> Style:
        """How a slot is set, in the frame's own pixels."""
        spec = self.template.slots[slot]
        role = spec.alone if self.is_alone and spec.alone else spec.role
        style = self.brand.style(role).scaled(self.scale)
        smaller = shrink * (self.type_scale if style.size > _LARGE * self.scale else 1.0)
        # Under pressure a text may take more lines, and at last be smaller than it should.
        floor = style.floor * (1.0 if shrink > _PRESSED else _LAST_FLOOR)
        lines = (spec.lines or style.lines) + sum(shrink <= limit for limit in _MORE_LINES)
        return replace(
            style, size=max(style.size * smaller, floor), floor=floor, lines=lines if style.lines > 1 or self.role(slot) == "button" else 1
        )

    def role(self, slot: str) -> str:
        """The role in which a slot is set."""
        spec = self.template.slots[slot]
        return spec.alone if self.is_alone and spec.alone else spec.role


def text_of(value: Any) -> str:
    """A slot's value as text: a number without needless zeros, an object by its `text`."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, Mapping):
        return text_of(value.get("text", value.get("value")))
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return " · ".join(filter(None, (text_of(item) for item in value)))
    return str(value).strip()


def lay(items: Sequence[Item], words: Words, width: float, height: float) -> Stack:
    """Sets the items into a width, shrinking type until they fit the height. Raises RenderError naming the scene."""
    trouble: RenderError | None = None
    for shrink in _SHRINKS:
        try:
            stack = _lay_at(items, words, width, shrink)
        except RenderError as error:
            if "does not fit" not in error.message:
                raise
            trouble = error
            continue
        if stack.height <= height:
            return stack
    if trouble:
        raise trouble
    longest = max((slot for slot in words.template.slots), key=lambda slot: len(words.text(slot)))
    raise RenderError(
        f"scene `{words.scene}`: its words do not fit in their place, even in small type",
        f"shorten its {longest} ({len(words.text(longest))} characters), or leave something out",
    )


def _lay_at(items: Sequence[Item], words: Words, width: float, shrink: float) -> Stack:
    parts: list[Part] = []
    y = 0.0
    for before, item in zip((None, *items), items, strict=False):
        if isinstance(before, Glyph) and isinstance(item, str):
            words = replace(words, show={**words.show, item: words.text(item).strip(_QUOTES)})
        if isinstance(item, Row):
            found, height, gap = _row(item, words, width, shrink)
        elif isinstance(item, Glyph):
            found, height, gap = _glyph(item.glyph, words, width, shrink)
        elif isinstance(item, ActionItem):
            found, height = _action(item, words, width, shrink)
            gap = _GROUP
        elif isinstance(words.show.get(item), list | tuple):
            found, height = _list(item, words, width, shrink)
            gap = _ITEM_FIRST_GAP
        else:
            found, height = _slot(item, words, width, shrink)
            gap = _GAPS.get(words.role(item), 24)
        if found:
            y += gap * words.scale * max(shrink, 0.7) if parts else 0.0
            parts += [moved(part, 0, y) for part in found]
            y += height
    return Stack(width, y, tuple(parts))


def _slot(slot: str, words: Words, width: float, shrink: float) -> tuple[list[Part], float]:
    text = words.text(slot)
    if not text:
        return [], 0.0
    role = words.role(slot)
    if role == "kicker":
        return _kicker(slot, text, words, width, shrink)
    if role in ("index", "numeral"):
        return _index(slot, text, words, width, shrink)
    colour = words.tone.quiet if role in ("body", "label", "item", "source") else words.tone.ink
    if role == "url":
        colour = words.tone.accent
        text = _plain_address(text)
    block = _set(slot, text, words, width, shrink)
    return _lines(slot, block, colour), block.height


def _glyph(sign: str, words: Words, width: float, shrink: float) -> tuple[list[Part], float, float]:
    """A large sign, as high as its ink: a quotation mark fills a third of its line."""
    style = words.brand.style("glyph").scaled(words.scale * max(shrink, 0.6))
    ink = fonts.ink_of(sign, family=style.family, weight=style.weight)
    x = (width - ink.w * style.size) / 2 if words.align == "centre" else 0.0
    op = TextOp(
        text=sign,
        x=x - ink.x * style.size,
        y=-ink.y * style.size,
        family=style.family,
        weight=style.weight,
        size=style.size,
        colour=words.tone.accent,
    )
    box = Box(x=x - 2, y=-2, w=ink.w * style.size + 4, h=ink.h * style.size + 4)
    return [Part("glyph", box, (op,))], ink.h * style.size, 0.0


def _plain_address(text: str) -> str:
    """An address as people write it: without its scheme, `www.` and a last slash."""
    return re.sub(r"\Ahttps?://(www\.)?|/\Z", "", text)


def _set(slot: str, text: str, words: Words, width: float, shrink: float) -> Block:
    return set_text(
        text,
        words.style(slot, shrink),
        width,
        float("inf"),
        language=words.language,
        align=words.align,
        scene=words.scene,
        slot=slot,
    )


def _lines(slot: str, block: Block, colour: str, x: float = 0.0, y: float = 0.0) -> list[Part]:
    parts = []
    for index, line in enumerate(block.lines):
        box = Box(
            x=x + line.x - block.size * 0.08,
            y=y + line.baseline - block.size * 1.0,
            w=max(line.width, 1.0) + block.size * 0.16,
            h=block.size * 1.34,
        )
        parts.append(Part(f"{slot}.{index}", box, block.line_ops(index, colour, x, y)))
    return parts


def _kicker(slot: str, text: str, words: Words, width: float, shrink: float) -> tuple[list[Part], float]:
    k = words.scale
    bar, gap = 44 * k, 20 * k
    block = set_text(
        text, words.style(slot, shrink), width - bar - gap, float("inf"), language=words.language, scene=words.scene, slot=slot
    )
    x = (width - bar - gap - block.width) / 2 if words.align == "centre" else 0.0
    line = block.lines[0]
    if fonts.is_right_to_left(text, words.language) and words.align != "centre":
        return _mirrored_kicker(slot, block, words, width), block.height
    middle = line.baseline - block.size * (0.38 if any(fonts.is_cjk(char) for char in line.text) else 0.36)
    ops: tuple[Op, ...] = (
        RectOp(box=Box(x=x, y=middle - 4 * k, w=bar, h=8 * k), radius=4 * k, fill=words.tone.accent),
        *block.ops(words.tone.accent, x + bar + gap, 0),
    )
    box = Box(x=x, y=line.baseline - block.size, w=bar + gap + block.width + block.size * 0.1, h=block.size * 1.34)
    return [Part(slot, box, ops)], block.height


def _mirrored_kicker(slot: str, block: Block, words: Words, width: float) -> list[Part]:
    """A kicker that is read from right to left: its bar at the right."""
    k = words.scale
    middle = block.lines[0].baseline - block.size * 0.3
    bar = RectOp(box=Box(x=width - 44 * k, y=middle - 4 * k, w=44 * k, h=8 * k), radius=4 * k, fill=words.tone.accent)
    left = width - 64 * k - block.width
    box = Box(x=left - block.size * 0.1, y=block.lines[0].baseline - block.size, w=width - left + block.size * 0.1, h=block.size * 1.34)
    return [Part(slot, box, (bar, *block.ops(words.tone.accent, 0, 0)))]


def _index(slot: str, text: str, words: Words, width: float, shrink: float) -> tuple[list[Part], float]:
    """`02 / 03`: the number strong, the rest quiet and no larger than a kicker."""
    count = text_of(words.show.get("count"))
    style = words.style(slot, shrink)
    number = text.zfill(2) if text.isdigit() else text
    block = set_text(number, style, width, float("inf"), language="en", scene=words.scene, slot=slot)
    small = block.size if words.role(slot) == "index" else words.brand.style("index").size * words.scale
    light = replace(style, weight=500, size=small)
    rest = f"/ {count.zfill(2)}" if count.isdigit() else ""
    whole = block.width + (small * 0.34 + measure(rest, light) if rest else 0)
    x = (width - whole) / 2 if words.align == "centre" else 0.0
    baseline = block.lines[0].baseline
    ops: list[Op] = list(block.ops(words.tone.accent, x, 0))
    if rest:
        ops.append(
            TextOp(
                text=rest,
                x=x + block.width + small * 0.34,
                y=baseline,
                family=style.family,
                weight=500,
                size=small,
                colour=words.tone.quiet,
            )
        )
    box = Box(x=x, y=baseline - block.size, w=whole + block.size * 0.1, h=block.size * 1.34)
    return [Part(slot, box, tuple(ops))], block.height


def _row(item: Row, words: Words, width: float, shrink: float) -> tuple[list[Part], float, float]:
    """Slots on the baseline of the largest; a last one that finds no room beside goes under."""
    slots = [slot for slot in item.row if words.text(slot)]
    if not slots:
        return [], 0.0, 0.0
    gap_before = float(_GAPS.get(words.role(max(slots, key=lambda slot: words.style(slot).size)), 24))
    hero = max(slots, key=lambda slot: words.style(slot).size)
    styles = {slot: words.style(slot, shrink) for slot in slots}
    gap = 26 * words.scale
    beside, under = list(slots), None
    fixed = sum(measure(words.text(slot), styles[slot], words.language) + gap for slot in slots if slot != hero)
    wanted = measure(words.text(hero), styles[hero], words.language)
    if len(slots) > 1 and slots[-1] != hero and fixed + wanted * 0.8 > width:
        under = beside.pop()
        fixed -= measure(words.text(under), styles[under], words.language) + gap
    block = set_text(
        words.text(hero), styles[hero], max(width - fixed, 1.0), float("inf"), language=words.language, scene=words.scene, slot=hero
    )
    baseline = block.lines[0].baseline
    total = fixed + block.width
    x = (width - total) / 2 if words.align == "centre" else 0.0
    parts: list[Part] = []
    for slot in beside:
        if slot == hero:
            part = _lines(slot, block, words.tone.ink, x, 0)[0]
            parts.append(replace(part, counts=words.role(slot) in _COUNTED and _counts(words.text(slot))))
            x += block.width + gap
            continue
        style = styles[slot]
        is_unit = words.role(slot) == "unit" or beside.index(slot) < beside.index(hero)
        advance = measure(words.text(slot), style, words.language)
        colour = words.tone.accent if is_unit else words.tone.quiet
        small = set_text(words.text(slot), replace(style, lines=1), advance + 1, float("inf"), language=words.language)
        parts += _lines(slot, small, colour, x, baseline - small.lines[0].baseline)
        x += advance + gap
    height = block.height
    if under:
        below = _set(under, words.text(under), words, width, shrink)
        top = height + 18 * words.scale
        parts += _lines(under, below, words.tone.quiet, 0, top)
        height = top + below.height
    return parts, height, gap_before


def _counts(text: str) -> bool:
    """Whether a number counts up: a small one would only show others that are as likely and not true."""
    return bool(_COUNTABLE.match(text)) and float(re.sub(r"[^\d.]|\.(?!\d)", "", text.replace(",", "")) or 0) >= _COUNTS_FROM


def _list(slot: str, words: Words, width: float, shrink: float) -> tuple[list[Part], float]:
    """A list: one item under the other, each after its marker."""
    spec = words.template.slots[slot]
    parts: list[Part] = []
    y = 0.0
    items = [text for text in map(text_of, words.show[slot]) if text]
    style = words.style(slot, shrink)
    indent = markers.indent(spec.marker, style.size, words.scale)
    where: dict[str, Any] = {"language": words.language, "scene": words.scene, "slot": slot}
    # All items in the size of the one that has to be smallest.
    smallest = min((set_text(text, style, width - indent, float("inf"), **where).size for text in items), default=style.size)
    style = replace(style, size=smallest)
    indent = markers.indent(spec.marker, style.size, words.scale)
    for index, text in enumerate(items):
        y += max(style.size * 0.7, 28 * words.scale * max(shrink, 0.7)) if parts else 0.0
        block = set_text(text, style, width - indent, float("inf"), **where)
        is_mirrored = fonts.is_right_to_left(text, words.language)
        line = block.lines[0]
        middle = line.baseline - block.size * (0.38 if any(fonts.is_cjk(char) for char in line.text) else 0.36)
        ops = markers.marker(spec.marker, index + 1, middle, block.size, words.scale, words.tone, fonts_of=words.brand)
        top = min(line.baseline - block.size, middle - markers.height(spec.marker, block.size, words.scale) / 2)
        bottom = block.lines[-1].baseline + block.size * 0.34
        box = Box(x=0, y=y + top, w=width if is_mirrored else indent + block.width + block.size * 0.1, h=bottom - top)
        if is_mirrored:
            ops = shift(ops, width - markers.width(spec.marker, block.size, words.scale), 0)
        ink = words.tone.ink
        parts.append(Part(f"{slot}.{index}", box, shift((*ops, *block.ops(ink, 0 if is_mirrored else indent, 0)), 0, y)))
        y += block.height
    return parts, y


def _action(item: ActionItem, words: Words, width: float, shrink: float) -> tuple[list[Part], float]:
    """A button with a QR code at its right, or under it in a narrow column."""
    k = words.scale
    slot = item.action.button
    address = words.text(item.action.qr) if item.action.qr else ""
    if not (slot and words.text(slot)):
        return _code(address, words, width, shrink) if address else ([], 0.0)
    side = _QR * k * max(shrink, 0.75)
    is_narrow = width < 700 * k
    beside = side + 40 * k if address and not is_narrow else 0.0
    button = _button(slot, words, width - beside, shrink)
    if not address:
        return [_centred(button, words, width)], button.box.h
    if is_narrow:
        codes, height = _code(address, words, width, shrink)
        gap = 32 * k
        return [_centred(button, words, width), *(moved(each, 0, button.box.h + gap) for each in codes)], button.box.h + gap + height
    height = max(side, button.box.h)
    left = (width - button.box.w - beside) / 2 if words.align == "centre" else 0.0
    right = left + button.box.w + (40 if words.align == "centre" else 56) * k
    right = min(right, width - side)
    codes, _ = _code(address, words, side, shrink)
    return [moved(button, left, (height - button.box.h) / 2), *(moved(each, right, (height - side) / 2) for each in codes)], height


def _centred(part: Part, words: Words, width: float) -> Part:
    return moved(part, (width - part.box.w) / 2, 0) if words.align == "centre" else part


def _button(slot: str, words: Words, room: float, shrink: float) -> Part:
    k, tone = words.scale, words.tone
    text = words.text(slot)
    pad = 56 * k
    block = set_text(text, words.style(slot, shrink), room - 2 * pad, float("inf"), language=words.language, scene=words.scene, slot=slot)
    cap = block.size * (0.74 if any(fonts.is_cjk(char) for char in text) else 0.71)
    ink = block.lines[-1].baseline - block.lines[0].baseline + cap
    w, h = block.width + 2 * pad, max(124 * k * max(shrink, 0.8), ink + 2 * 42 * k)
    middle = block.lines[-1].baseline - ink / 2
    pill_box = Box(x=0, y=0, w=w, h=h)
    ops = (RectOp(box=pill_box, radius=h / 2, fill=tone.fill), *block.ops(tone.on_fill, pad, h / 2 - middle))
    return Part("button", pill_box, ops, "pop")


def _code(address: str, words: Words, width: float, shrink: float) -> tuple[list[Part], float]:
    k = words.scale
    side = _QR * k * max(shrink, 0.75)
    x = (width - side) / 2 if words.align == "centre" else 0.0
    box = Box(x=x, y=0, w=side, h=side)
    ink = words.brand.tone("light").ink
    return [Part("qr", box, (QrOp(text=address, box=box, radius=32 * k, colour=ink),), "pop")], side


def pill(slot: str, words: Words, most: float) -> Part:
    """A few large words on a white patch, from (0, 0): a price."""
    k = words.scale
    block = _pill_text(slot, words, most - 104 * k)
    single = block.size * 1.76
    w, h = block.width + 104 * k, single + block.lines[-1].baseline - block.lines[0].baseline
    has_cjk = any(fonts.is_cjk(char) for char in block.lines[0].text)
    middle = block.lines[0].baseline - block.size * (0.37 if has_cjk else fonts.cap_height(block.style.family, block.style.weight) / 2)
    box = Box(x=0, y=0, w=w, h=h)
    ground, ink = ("#FFFFFF", words.brand.tone("light").ink) if words.tone.is_dark else (words.tone.fill, words.tone.on_fill)
    shadow = Shadow(dy=14 * k, blur=24 * k, colour="#00000059")
    return Part(
        slot,
        box,
        (RectOp(box=box, radius=single / 2, fill=ground, shadow=shadow), *block.ops(ink, 52 * k, single / 2 - middle)),
        "pop",
        margin=84 * k,
    )


def _pill_text(slot: str, words: Words, width: float) -> Block:
    """On one line where it fits, else on up to three smaller ones: `from $1,299 per person`."""
    style = words.style(slot)
    where = {"language": words.language, "scene": words.scene, "slot": slot}
    try:
        return set_text(words.text(slot), style, width, float("inf"), **where)
    except TextError:
        return set_text(words.text(slot), replace(style, floor=style.floor * 0.7, lines=3), width, float("inf"), **where)


# ---- moving display lists ------------------------------------------------------------------------------------------


def shift(drawing: Drawing, dx: float, dy: float) -> Drawing:
    """A display list moved as a whole."""
    return tuple(_shifted(op, dx, dy) for op in drawing)


def _shifted(op: Op, dx: float, dy: float) -> Op:
    if isinstance(op, TextOp):
        return op.model_copy(update={"x": op.x + dx, "y": op.y + dy})
    update: dict[str, Any] = {}
    if op.box is not None:
        update["box"] = op.box.model_copy(update={"x": op.box.x + dx, "y": op.box.y + dy})
    if op.op == "path":
        update["rings"] = tuple(tuple(value + (dy if i % 2 else dx) for i, value in enumerate(ring)) for ring in op.rings)
    return op.model_copy(update=update)


def moved(part: Part, dx: float, dy: float) -> Part:
    """A part moved as a whole."""
    box = part.box.model_copy(update={"x": part.box.x + dx, "y": part.box.y + dy})
    return replace(part, box=box, drawing=shift(part.drawing, dx, dy))
