"""Decides where words stand: measures, breaks into balanced lines, and shrinks to fit a box, down to a floor.

A block never leaves a single short word on its last line, never parts a number from its unit, breaks inside a word only
when the word is longer than a line, and follows the rules of Chinese and Japanese line ends (JIS X 4051, GB/T 15834).
Text that does not fit at its floor is an error that names the scene: it is never cut off.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aigc_cli.errors import TextError
from aigc_cli.media.drawing import drawings
from aigc_cli.media.style import fonts
from aigc_cli.media.style.breaking import Unit, break_lines, units
from aigc_cli.media.timeline import Box, DrawingOp, Op, TextOp

_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3|"
    "[\u231a\u231b\u23e9-\u23f3\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
_EMOJI_ADVANCE = 1.16
_MOST_LINES = 12
_STEP = 0.965  # sizes tried on the way from the largest to the floor
_KEPT = frozenset("\n\u200c\u200d\ufe0f")
_UNPRINTED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_SHRINK_COST, _LINE_COST = 0.6, 0.05  # what smaller type and one more line weigh against a bad line end
_HANGING = "“‘「『《〈（【"


@dataclass(frozen=True)
class Style:
    """How a role is set. Sizes are for a short side of 1080; `floor` is the smallest size before it is an error."""

    family: str
    weight: int
    size: float
    floor: float
    line_height: float = 1.06
    cjk_line_height: float = 1.16
    tracking: float = 0.0
    lines: int = 3
    is_upper: bool = False
    is_tabular: bool = False

    def scaled(self, scale: float) -> Style:
        """The same for a frame whose short side is `scale` x 1080."""
        return replace(self, size=self.size * scale, floor=self.floor * scale)


@dataclass(frozen=True)
class Placed:
    """One line of a block: left end and baseline from the block's top left, and its advance."""

    text: str
    x: float
    baseline: float
    width: float


@dataclass(frozen=True)
class Block:
    """Text set in lines: what it covers, and how to draw it. `top` and `height` are of the ink: capitals to descenders."""

    lines: tuple[Placed, ...]
    style: Style
    size: float
    width: float
    height: float
    language: str

    def ops(self, colour: str, x: float = 0.0, y: float = 0.0) -> tuple[Op, ...]:
        """The block's display list with its top left at (x, y)."""
        return tuple(op for index in range(len(self.lines)) for op in self.line_ops(index, colour, x, y))

    def line_ops(self, index: int, colour: str, x: float = 0.0, y: float = 0.0) -> tuple[Op, ...]:
        """The display list of one line, with the block's top left at (x, y)."""
        line = self.lines[index]
        return line_ops(line.text, x + line.x, y + line.baseline, replace(self.style, size=self.size), colour, language=self.language)


def clean(text: str) -> str:
    """Text ready to be set: composed characters, no control characters, single spaces, hard line breaks kept."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(char for char in text if char in _KEPT or unicodedata.category(char) not in _UNPRINTED)
    lines = (re.sub(r"[ \u2000-\u200a\u3000]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


@functools.lru_cache(maxsize=2048)
def pieces(text: str, family: str = "Manrope") -> tuple[tuple[bool, str], ...]:
    """Splits text into (is_emoji, words or a drawing's name). An emoji that no drawing and no font has is left out."""
    found: list[tuple[bool, str]] = []
    at = 0
    for match in _EMOJI.finditer(text):
        sequence = match.group()
        if len(sequence) == 1 and not fonts.missing_glyphs(sequence, family):
            continue  # a sign that the text font has, such as an arrow or a star
        if match.start() > at:
            found.append((False, text[at : match.start()]))
        name = drawings.emoji_name(sequence) or drawings.emoji_name(sequence[0])
        if name:
            found.append((True, name))
        at = match.end()
    rest = text[at:]
    return (*found, (False, rest)) if rest else tuple(found)


def lost_emoji(value: Any) -> tuple[str, ...]:
    """The emoji in the texts of a value that are left out, because no drawing and no font has them: to be told to the user."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(each for item in value for each in lost_emoji(item)))
    every = (match.group() for match in _EMOJI.finditer(value)) if isinstance(value, str) and not value.isascii() else ()
    return tuple(
        dict.fromkeys(
            each
            for each in every
            if not (drawings.emoji_name(each) or drawings.emoji_name(each[0])) and (len(each) > 1 or fonts.missing_glyphs(each))
        )
    )


def measure(text: str, style: Style, language: str = "") -> float:
    """The advance of one line in pixels at `style.size`, emoji included."""
    total = 0.0
    for is_emoji, part in pieces(text, style.family):
        total += style.size * _EMOJI_ADVANCE if is_emoji else _words_width(part, style, language)
    return total


@functools.lru_cache(maxsize=16384)
def _unit_width(text: str, family: str, weight: int, tracking: float, language: str, is_tabular: bool) -> float:  # noqa: PLR0917
    return fonts.width(text, family=family, weight=weight, size=100.0, tracking=tracking, language=language, is_tabular=is_tabular) / 100


def _words_width(text: str, style: Style, language: str) -> float:
    return _unit_width(text, style.family, style.weight, style.tracking, language, style.is_tabular) * style.size


def line_ops(text: str, x: float, baseline: float, style: Style, colour: str, *, language: str = "") -> tuple[Op, ...]:
    """The display list of one line, emoji as drawings. `x` is the left end; size, weight and tracking come from the style."""
    ops: list[Op] = []
    for is_emoji, part in pieces(text, style.family):
        if is_emoji:
            side = style.size * 1.0
            gap = style.size * (_EMOJI_ADVANCE - 1) / 2
            ops.append(DrawingOp(name=part, box=Box(x=x + gap, y=baseline - side * 0.86, w=side, h=side)))
            x += style.size * _EMOJI_ADVANCE
            continue
        if part.strip():
            ops.append(
                TextOp(
                    text=part,
                    x=x,
                    y=baseline,
                    family=style.family,
                    weight=style.weight,
                    size=style.size,
                    tracking=style.tracking,
                    language=language,
                    colour=colour,
                    is_tabular=style.is_tabular,
                )
            )
        x += _words_width(part, style, language)
    return tuple(ops)


def set_text(
    text: str,
    style: Style,
    width: float,
    height: float,
    *,
    language: str = "",
    align: str = "start",
    scene: str = "",
    slot: str = "",
) -> Block:
    """Sets text into a box at the largest size that fits, sizes in the frame's own pixels.

    Raises TextError naming the scene and the slot when it does not fit at the floor, or when no font has a character.
    """
    text = clean(text)
    if style.is_upper:
        text = text.upper()
    _check(text, style.family, scene, slot)
    language = language or ("zh" if any(fonts.is_cjk(char) for char in text) else "en")
    paragraphs = [units(line, language) for line in text.split("\n")]
    size = style.size
    best: tuple[float, Block] | None = None
    while True:
        shrunk = _SHRINK_COST * (1 - size / style.size)
        if best is not None and shrunk >= best[0]:
            return best[1]
        sized = replace(style, size=size)
        found = _lines_at(paragraphs, sized, width, language, may_split=size <= style.floor)
        if found is not None:
            block = _block(found[1], sized, language, width, align)
            score = found[0] + shrunk + _LINE_COST * (len(block.lines) - len(paragraphs))
            if block.height <= height and (best is None or score < best[0]):
                best = (score, block)
        if size <= style.floor:
            break
        size = max(size * _STEP, style.floor)
    if best is None:
        raise _too_long(text, style, width, height, language, scene, slot)
    return best[1]


def missing(text: str, family: str = "Manrope") -> tuple[str, ...]:
    """The characters of a text that neither a font nor a drawing of an emoji has, each once, in order."""
    if text.isascii():
        return ()
    return fonts.missing_glyphs("".join(part for is_emoji, part in pieces(clean(text), family) if not is_emoji), family)


def undrawable(value: Any, name: str = "") -> tuple[str, str] | None:
    """The first text within a value that holds a character that cannot be set: (where, the character's name); None when all can."""
    if isinstance(value, str):
        lost = missing(value)
        return (name, fonts.name_of(lost[0])) if lost else None
    if isinstance(value, Mapping):
        items = [(f"{name}.{key}" if name else str(key), item) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        items = [(f"{name}[{at}]", item) for at, item in enumerate(value)]
    else:
        return None
    return next((found for where, item in items if (found := undrawable(item, where))), None)


def check(text: str, what: str) -> None:
    """Raises TextError, naming `what`, when a text holds a character that cannot be set."""
    lost = missing(text)
    if lost:
        raise TextError(f"{what} holds {fonts.name_of(lost[0])}, which no font has", "write it with other characters, or leave it out")


def _check(text: str, family: str, scene: str, slot: str) -> None:
    lost = missing(text, family)
    if lost:
        where = f"scene `{scene}`: " if scene else ""
        what = f" in its {slot}" if slot else ""
        raise TextError(
            f"{where}no font has the character {fonts.name_of(lost[0])}{what}", "write it with other characters, or leave it out"
        )


def _too_long(text: str, style: Style, width: float, height: float, language: str, scene: str, slot: str) -> TextError:  # noqa: PLR0917
    lines = max(1, min(style.lines, int(min(height / (style.floor * _line_height(style, text)), _MOST_LINES))))
    each = measure(text, replace(style, size=style.floor), language) / max(len(text), 1)
    room = max(1, int(lines * width * 0.9 / max(each, 1e-6)))
    where = f"scene `{scene}`: " if scene else ""
    what = f"its {slot}" if slot else "a text"
    return TextError(
        f"{where}{what} of {len(text)} characters does not fit in its place, even in small type",
        f"shorten it to about {min(room, int(len(text) * 0.85))} characters",
    )


def _lines_at(
    paragraphs: list[list[Unit]], style: Style, width: float, language: str, *, may_split: bool
) -> tuple[float, list[str]] | None:
    """The lines of all paragraphs and how badly they break (0 is well), or None when they do not fit the width and line count."""
    lines: list[str] = []
    total = 0.0
    most = min(style.lines, _MOST_LINES)

    def advance(words: str) -> float:
        return measure(words, style, language)

    for index, paragraph in enumerate(paragraphs):
        left = most - len(lines) - (len(paragraphs) - index - 1)
        found = break_lines(paragraph, width, left, advance, may_split=may_split) if left > 0 else None
        if found is None:
            return None
        total += found[0]
        lines += found[1]
    return total, lines


def _line_height(style: Style, text: str) -> float:
    return style.cjk_line_height if any(fonts.is_cjk(char) for char in text) else style.line_height


def _block(lines: list[str], style: Style, language: str, width: float, align: str) -> Block:
    has_cjk = any(fonts.is_cjk(char) for line in lines for char in line)
    leading = style.size * (style.cjk_line_height if has_cjk else style.line_height)
    # The ink of a line: capitals (or ideographs, which reach higher and lower) over the baseline, descenders under it.
    rise = style.size * (0.88 if has_cjk else max(fonts.cap_height(style.family, style.weight), 0.74))
    # The same under every line, descenders or not: what follows keeps its distance from the baseline.
    fall = style.size * (0.14 if has_cjk else 0.2)
    placed = []
    for index, text in enumerate(lines):
        advance = measure(text, style, language)
        is_at_left = align == "start" and not fonts.is_right_to_left(text, language)
        x = 0.0 if is_at_left else (width - advance) / (2 if align == "centre" else 1)
        if align == "start" and text[0] in _HANGING and has_cjk:
            x -= style.size * 0.5  # the mark's empty half: the ideographs stand under each other
        placed.append(Placed(text, x, rise + index * leading, advance))
    height = rise + (len(lines) - 1) * leading + fall
    return Block(tuple(placed), style, style.size, max(line.width for line in placed), height, language)
