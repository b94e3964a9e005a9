"""Burned captions: timed words become layers, in the style of a template. `subtitles` writes them as files.

The word being said is a layer of its own above its page: it begins in the frame in which the word is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.media.captioning.phrasing import Page, paginate
from aigc_cli.media.captioning.subtitles import SpokenWord, srt, vtt, words_json
from aigc_cli.media.layout import template_file
from aigc_cli.media.style import fonts, typography
from aigc_cli.media.style.palettes import contrast, distance, ink_for, luminance, reach, with_alpha
from aigc_cli.media.timeline import Box, Drawing, DrawingOp, Key, Layer, Motion, Op, RectOp, Sprite, TextOp
from aigc_cli.shapes import Palette, Word
from aigc_cli.storyboard import Shape

_CAP = 0.72  # height of a capital over the size: what centres a line on its patch
_SMALLEST = 0.6  # of the style's size: a word that is wider than the zone even so is left out of the picture, not cut
_LIGHT_GROUND = 0.22  # relative luminance above which ink is dark and needs no edge


_CJK_ENDS = "，。、！？；："
_BETWEEN = "\u00a0"  # a word and its emoji stay together
_CJK_PAD = 0.045  # of a patch in Chinese, in sizes: ideographs carry room of their own
_CLEAR = 11.0  # from a patch to the next letters
_AIM, _AIM_LIGHT = 4.85, 6.0  # a light ground has no edge around the letters, and a motif under them
_MARKERS, _MARKERS_LIGHT = ("#FFD84D", "#7DEBFF"), ("#A3231B", "#0B4FC0")
_DISTINCT = 0.15  # OKLab distance at which a patch stands out from the ground
_REST = Motion()


class Patch(Shape):
    """The rounded patch under the word being said."""

    pad_x: float = Field(14, ge=0, le=60, description="Room left and right of the word.")
    pad_y: float = Field(8, ge=0, le=40, description="Room above and below.")
    radius: float = Field(18, ge=0, le=80, description="Of its corners.")


class CaptionStyle(Shape):
    """A caption style, as `templates/captions/NAME.yaml` writes it. Lengths for a frame whose shorter side is 1080."""

    description: str = Field("", description="One line for people.")
    size: float = Field(66, ge=24, le=160, description="Size of the letters.")
    weight: int = Field(800, ge=100, le=900, description="Weight of the letters.")
    family: Literal["display", "body"] = Field("display", description="Which of the brand's families.")
    edge: float = Field(9, ge=0, le=30, description="Width of the soft edge around light letters.")
    edge_opacity: float = Field(0.55, ge=0, le=1, description="How dark that edge is.")
    word: Literal["none", "patch", "fill", "pop"] = Field("patch", description="What happens to the word being said.")
    patch: Patch = Field(default_factory=Patch, description="The patch of `word: patch`.")
    most_words: int = Field(7, ge=1, le=14, description="Words on a page.")
    most_characters: int = Field(24, ge=4, le=60, description="Characters on a page of Chinese.")
    line_height: float = Field(1.36, ge=1, le=2, description="From line to line, in sizes.")


def load_style(templates: Templates, name: str) -> CaptionStyle:
    """Reads a caption style. Raises WorkflowError with file, line and column of the first mistake."""
    return template_file.read(templates.find("captions", f"{name}.yaml"), CaptionStyle)


class _Placed(Shape):
    """A word at its place: left end, baseline and width in frame pixels."""

    index: int
    x: float
    y: float
    w: float
    size: float


class _Pen:
    """How letters are set in one clip: measures and draws."""

    def __init__(self, style: CaptionStyle, family: str, language: str, scale: float) -> None:
        self.style, self.family, self.language = style, family, language
        self.size = style.size * scale
        self.scale = scale

    def width(self, text: str, size: float | None = None) -> float:
        return typography.measure(text, self._set(size or self.size), self.language)

    def _set(self, size: float) -> typography.Style:
        return typography.Style(self.family, self.style.weight, size, size)

    def gap(self, size: float) -> float:
        """Between words: wide enough for the patch of one not to touch the letters of the other."""
        room = (self.style.patch.pad_x + _CLEAR) * self.scale if self.style.word == "patch" else 0.0
        return max(self.width("a a", size) - self.width("aa", size), room)

    def glue(self, size: float) -> float:
        """Between words of Chinese, which have no space."""
        return size * 0.05

    def line(self, words: Sequence[Word], size: float | None = None) -> float:
        size = size or self.size
        gaps = sum(self.glue(size) if word.is_glued else self.gap(size) for word in words[1:])
        return sum(self.width(word.text, size) for word in words) + gaps

    def text(self, text: str, each: _Placed, colour: str, edge: str | None) -> Drawing:
        """A word at its place, its emoji as drawings."""
        ops = typography.line_ops(text, each.x, each.y, self._set(each.size), colour, language=self.language)
        if edge is None:
            return ops
        outline = {"edge": edge, "edge_width": self.style.edge * self.scale}
        return tuple(op.model_copy(update=outline) if isinstance(op, TextOp) else op for op in ops)


def caption_layers(
    words: Sequence[Word],
    zone: Box,
    style: CaptionStyle,
    *,
    colours: Palette,
    ground: str,
    frames: int,
    fps: int,
    language: str,
    family: str = "Manrope",
    scale: float = 1.0,
) -> tuple[Layer, ...]:
    """Captions of one scene.

    Args:
        words: in seconds of the shot.
        zone: where captions may stand, in frame pixels; lines are centred in it.
        style: as `load_style` reads it.
        colours: the brand's; the accent marks the word being said.
        ground: the colour behind the captions, #RRGGBB: it decides between light letters with an edge and dark ones without.
        frames: length of the shot.
        fps: frames per second.
        language: BCP 47 tag of the words.
        family: font family of the letters.
        scale: shorter side of the frame over 1080.

    Returns:
        One layer per page and one per highlighted word, from the back to the front, all with role `caption`.
    """
    pen = _Pen(style, family, language, scale)
    shown = [word for word in _printed(words, family) if pen.width(word.text) > 0]
    room = zone.w - 2 * (style.patch.pad_x if style.word == "patch" else 2) * scale
    measure = _measure(pen)
    pages = paginate(shown, room, measure, most_words=style.most_words, most_chars=style.most_characters)
    inks = _Inks(colours, ground, style)
    layers: list[Layer] = []
    for number, page in enumerate(pages):
        start = min(round(page.start_s * fps), frames - 1)
        end = min(round(page.end_s * fps), frames)
        if end > start:
            placed = _place(page, shown, zone, room, pen)
            layers += _page_layers(f"caption-{number}", placed, words=shown, span=(start, end), pen=pen, inks=inks, fps=fps)
    return tuple(layers)


def _printed(words: Sequence[Word], family: str) -> list[Word]:
    """The words as they are seen: an emoji that stands alone is not read aloud, and goes with the word before it, or after it."""
    kept: list[Word] = []
    waiting = ""
    for word in words:
        text = typography.clean(word.text)
        letters = "".join(part for is_emoji, part in typography.pieces(text, family) if not is_emoji)
        has_emoji = any(is_emoji for is_emoji, _ in typography.pieces(text, family))
        is_rest = letters != text and not any(char.isalnum() for char in letters)
        if is_rest and not has_emoji:  # an emoji that nothing can draw
            text = letters.strip()
        if is_rest and kept:
            joint = _BETWEEN if has_emoji else ""
            kept[-1] = kept[-1].model_copy(update={"text": kept[-1].text + (joint + text if text else ""), "end_s": word.end_s})
        elif is_rest:
            waiting += text
        elif text:
            kept.append(word.model_copy(update={"text": f"{waiting}{_BETWEEN}{text}" if waiting else text}))
            waiting = ""
    return kept


def _measure(pen: _Pen) -> Callable[[str], float]:
    widths: dict[str, float] = {}

    def measure(text: str) -> float:
        # Word by word with the gaps really drawn; pages are tried often, words repeat.
        total = 0.0
        for at, part in enumerate(text.split(" ")):
            if part not in widths:
                widths[part] = pen.width(part)
            glued = pen.glue(pen.size) * max(len(part) / 2 - 1, 0) if fonts.is_cjk(part[:1]) else 0.0
            total += widths[part] + glued + (pen.gap(pen.size) if at else 0.0)
        return total

    return measure


def _place(page: Page, words: Sequence[Word], zone: Box, room: float, pen: _Pen) -> list[_Placed]:
    widest = max(pen.line([words[index] for index in line]) for line in page.lines)
    height = pen.style.line_height * len(page.lines)
    size = min(pen.size, pen.size * room / widest, zone.h / height)
    size = max(size, pen.size * _SMALLEST) if widest * _SMALLEST <= room else size
    step = size * pen.style.line_height
    top = zone.y + (zone.h - step * len(page.lines)) / 2
    placed = []
    is_mirrored = fonts.is_right_to_left(" ".join(words[index].text for line in page.lines for index in line), pen.language)
    for row, line in enumerate(page.lines):
        inside = [words[index] for index in line]
        x = zone.x + (zone.w - pen.line(inside, size)) / 2
        baseline = top + step * row + step / 2 + size * _CAP / 2
        for at, (index, word) in enumerate(zip(line, inside, strict=True)):
            if at:
                x += pen.glue(size) if word.is_glued else pen.gap(size)
            width = pen.width(word.text, size)
            left = 2 * zone.x + zone.w - x - width if is_mirrored else x
            placed.append(_Placed(index=index, x=left, y=baseline, w=width, size=size))
            x += width
    return placed


class _Inks:
    """Colours by what lies behind the captions."""

    def __init__(self, colours: Palette, ground: str, style: CaptionStyle) -> None:
        is_light = luminance(ground) > _LIGHT_GROUND
        dark = min(colours.ground, colours.ink, "#1B1714", key=luminance)
        self.plain = ink_for(ground, dark) if is_light else "#FFFFFF"
        self.edge = None if self.plain != "#FFFFFF" or not style.edge else with_alpha("#000000", style.edge_opacity)
        # On a colour like its own the accent would not be seen: the patch takes the ink of the ground instead.
        is_own = distance(ground, colours.accent) < _DISTINCT
        self.patch = (dark if is_light else "#FFFFFF") if is_own else colours.accent
        self.patch_ink = ink_for(self.patch, "#111418" if luminance(dark) > 0.03 else dark)
        self.said_edge = self.edge
        aim = _AIM_LIGHT if is_light else _AIM
        self.said = self.patch if contrast(self.patch, ground) >= (aim if is_light else 3) else reach(self.patch, ground, aim)
        if distance(self.said, self.plain) < _DISTINCT:  # the word being said must not look like the others
            # The brand's own colours first; on a ground of its accent they are the ink itself, and a marker's colours are left.
            others = (colours.accent, colours.quiet, *(_MARKERS_LIGHT if is_light else _MARKERS))
            apart = [reach(colour, ground, aim) for colour in others]
            self.said = max(apart, key=lambda colour: min(distance(colour, self.plain), _DISTINCT))


def _tight(ops: Drawing, box: Box) -> tuple[Box, Drawing]:
    """The drawing moved so that whole-pixel `box` is its frame."""
    left, top = float(int(box.x)), float(int(box.y))
    moved: list[Op] = []
    for op in ops:
        if isinstance(op, TextOp):
            moved.append(op.model_copy(update={"x": op.x - left, "y": op.y - top}))
        elif isinstance(op, RectOp | DrawingOp):
            place = Box(x=op.box.x - left, y=op.box.y - top, w=op.box.w, h=op.box.h)
            moved.append(op.model_copy(update={"box": place}))
    frame = Box(x=left, y=top, w=float(int(box.right - left) + 1), h=float(int(box.bottom - top) + 1))
    return frame, tuple(moved)


def _around(placed: Sequence[_Placed], pen: _Pen) -> Box:
    pad = (max(pen.style.patch.pad_x, pen.style.edge) + 2) * pen.scale
    left, right = min(each.x for each in placed), max(each.x + each.w for each in placed)
    top = min(each.y - each.size * 1.02 for each in placed)
    bottom = max(each.y + each.size * 0.34 for each in placed)
    return Box(x=left - pad, y=top - pad, w=right - left + 2 * pad, h=bottom - top + 2 * pad)


def _patch(each: _Placed, pen: _Pen, inks: _Inks) -> RectOp:
    patch, grow = pen.style.patch, each.size / pen.style.size
    height = each.size * (pen.style.line_height - 0.1) if pen.style.line_height > 1.2 else each.size * 1.2
    height = min(each.size * 1.1 + 2 * patch.pad_y * grow, height)
    middle = each.y - each.size * _CAP / 2
    pad = patch.pad_x * grow
    if pen.language[:2] in {"zh", "ja"}:  # words without spaces: the patch ends where the neighbours begin
        pad = min(pad, each.size * _CJK_PAD)
    box = Box(x=each.x - pad, y=middle - height / 2, w=each.w + 2 * pad, h=height)
    return RectOp(box=box, radius=min(patch.radius * grow, height / 2), fill=inks.patch)


def _page_layers(
    name: str, placed: list[_Placed], *, words: Sequence[Word], span: tuple[int, int], pen: _Pen, inks: _Inks, fps: int
) -> list[Layer]:
    start, end = span
    said = _said(placed, words, span, fps)
    layers = []
    if pen.style.word != "pop":
        base = tuple(op for each in placed for op in pen.text(words[each.index].text, each, inks.plain, inks.edge))
        enter = Motion(opacity=(Key(frame=start - 1, value=0.0), Key(frame=start + 2, value=1.0, ease="out")))
        layers.append(_layer(name, _tight(base, _around(placed, pen)), span, enter))
    for at, (each, (begin, stop)) in enumerate(zip(placed, said, strict=True)):
        if stop > begin:
            word = words[each.index]
            spoken = round(word.end_s * fps)
            layers += _word_layers(f"{name}-{at}", each, word.text, when=(begin, stop, end), spoken=spoken, pen=pen, inks=inks)
    return layers


def _said(placed: list[_Placed], words: Sequence[Word], span: tuple[int, int], fps: int) -> list[tuple[int, int]]:
    """From which frame to which each word of a page is the one being said: until the next one begins."""
    begins = [min(max(round(words[each.index].start_s * fps), span[0]), span[1]) for each in placed]
    return [(begin, after) for begin, after in pairwise([*begins, span[1]])]


def _word_layers(name: str, each: _Placed, text: str, *, when: tuple[int, int, int], spoken: int, pen: _Pen, inks: _Inks) -> list[Layer]:
    begin, stop, end = when
    said = min(max(spoken, begin + 3), stop)
    around = _around([each], pen)
    if pen.style.word == "patch":
        core = text.rstrip(_CJK_ENDS) or text
        on_patch = each.model_copy(update={"w": pen.width(core, each.size)}) if core != text else each
        ops: Drawing = (_patch(on_patch, pen, inks), *pen.text(core, on_patch, inks.patch_ink, None))
        grow = Motion(scale=(Key(frame=begin - 1, value=0.9), Key(frame=begin + 3, value=1.0, ease="out")))
        return [_layer(name, _tight(ops, around), (begin, stop), grow)]
    if pen.style.word == "fill":
        box, filled = _tight(pen.text(text, each, inks.said, inks.said_edge), around)
        return [_layer(name, (box, filled), (begin, end), _sweep(box, each, begin, said, text, pen))]
    if pen.style.word == "pop":
        pop = Motion(
            scale=(Key(frame=begin - 1, value=0.72), Key(frame=begin + 5, value=1.0, ease="out-back")),
            opacity=(Key(frame=begin - 1, value=0.0), Key(frame=begin + 1, value=1.0)),
        )
        now = _tight(pen.text(text, each, inks.said, inks.said_edge), around)
        layers = [_layer(name, now, (begin, stop), pop)]
        if end > stop:
            after = _tight(pen.text(text, each, inks.plain, inks.edge), around)
            layers.append(_layer(f"{name}-after", after, (stop, end)))
        return layers
    return []


def _sweep(box: Box, each: _Placed, begin: int, said: int, text: str, pen: _Pen) -> Motion:  # noqa: PLR0917
    """The colour runs through the word while it is said, the way it is read."""
    is_mirrored = fonts.is_right_to_left(text, pen.language)
    near = box.right - each.x - each.w if is_mirrored else each.x - box.x
    sign = -1.0 if is_mirrored else 1.0
    shares = ((begin - 1, near / box.w), (said, (near + each.w) / box.w), (said + 1, 1.0))
    return Motion(reveal=tuple(Key(frame=frame, value=sign * share) for frame, share in shares))


def _layer(name: str, placed: tuple[Box, Drawing], span: tuple[int, int], motion: Motion = _REST) -> Layer:
    (box, drawing), (start, end) = placed, span
    return Layer(id=name, box=box, content=Sprite(drawing=drawing), start=start, frames=end - start, motion=motion, role="caption")


__all__ = ["CaptionStyle", "Patch", "SpokenWord", "caption_layers", "load_style", "srt", "vtt", "words_json"]
