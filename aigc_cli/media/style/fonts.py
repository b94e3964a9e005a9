"""The shipped fonts: which there are, which characters they have, and one line of text shaped with fallback.

A family is asked for by name and weight; the nearest weight that ships is taken. Characters that a family lacks come
from Inter (Greek, Cyrillic, Vietnamese, signs), then from Noto Sans CJK in the weight that was asked for. System fonts
are never looked at, so that the same text gives the same pixels on every machine.
"""

from __future__ import annotations

import functools
import threading
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from aigc_cli import assets
from aigc_cli.errors import ConfigError, TextError, WorkflowError

if TYPE_CHECKING:
    import skia

FAMILIES: dict[str, tuple[str, tuple[int, ...]]] = {
    "Manrope": ("Manrope", (500, 600, 700, 800)),
    "Inter": ("Inter", (400, 500, 600, 700, 800)),
    "Playfair Display": ("PlayfairDisplay", (600, 700, 800)),
    "Space Grotesk": ("SpaceGrotesk", (500, 700)),
}
"""Family name to the stem of its files and the weights that ship."""

SCRIPTS = {"Arabic": "ar", "Hebrew": "he", "Thai": "th", "Devanagari": "hi"}
"""Scripts that have a font of their own, `Noto Sans NAME`, in every weight; and a language that is written in each."""
_RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "yi", "iw"})

CJK = "Noto Sans CJK"
_FALLBACK = "Inter"
# Index in the collection by language: its glyphs differ by region for the same character.
_CJK_INDEX = {"ja": 0, "ko": 1, "zh-hans": 2, "zh-hant": 3, "zh-tw": 3, "zh-hk": 4}
_WGHT = 0x77676874  # the axis tag `wght`
_LOCK = threading.RLock()
# Punctuation that both kinds of fonts have, but that is a full width wide within Chinese text.
_SHARED = frozenset("“”‘’…—·")
_ZERO_WIDTH = frozenset("\u200c\u200d\u200e\u200f\ufe0e\ufe0f")


def is_cjk(char: str) -> bool:
    """True for ideographs, kana, hangul and their full-width punctuation: what is set without spaces or in squares."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0x9FFF
        or 0xA960 <= code <= 0xA97F
        or 0xAC00 <= code <= 0xD7FF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or 0xFF00 <= code <= 0xFFEF
        or 0x1100 <= code <= 0x11FF
        or 0x20000 <= code <= 0x3FFFF
    )


def is_emoji(char: str) -> bool:
    """True for pictographs that text fonts do not carry, and for what joins or colours them."""
    code = ord(char)
    return 0x1F000 <= code <= 0x1FAFF or 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF or code in (0x231A, 0x231B, 0x23E9, 0x20E3)


def segments(text: str, language: str = "") -> list[tuple[bool, str]]:
    """Splits a line into runs of (is_cjk, text); shared punctuation goes with its neighbours in Chinese and Japanese."""
    is_eastern = language[:2].lower() in {"zh", "ja"}
    flags = [is_cjk(char) for char in text]
    for i, char in enumerate(text):
        if char in _SHARED and is_eastern:
            before = next((flags[j] for j in range(i - 1, -1, -1) if not text[j].isspace()), None)
            after = next((is_cjk(text[j]) for j in range(i + 1, len(text)) if text[j] not in _SHARED and not text[j].isspace()), None)
            flags[i] = bool(before) or (before is None and bool(after))
    runs: list[tuple[bool, str]] = []
    for char, flag in zip(text, flags, strict=True):
        if runs and runs[-1][0] == flag:
            runs[-1] = (flag, runs[-1][1] + char)
        else:
            runs.append((flag, char))
    return runs


def nearest_weight(family: str, weight: int) -> int:
    """The shipped weight of a family nearest to the one asked for, the heavier of two. Raises WorkflowError for an unknown family."""
    if family == CJK or family.startswith("Noto Sans "):
        return min(max(weight, 100), 900)
    if family not in FAMILIES:
        raise WorkflowError(f"there is no font family `{family}`", f"use one of {', '.join(sorted(FAMILIES))}")
    return min(FAMILIES[family][1], key=lambda have: (abs(have - weight), -have))


@functools.lru_cache(maxsize=64)
def typeface(family: str, weight: int, language: str = "") -> skia.Typeface:
    """A typeface; `language` chooses the regional glyphs of Noto Sans CJK. Raises ConfigError when its file is missing."""
    import skia

    if family == CJK:
        return _cjk_typeface(nearest_weight(CJK, weight), _cjk_index(language))
    if family.startswith("Noto Sans "):
        return _script_typeface(family, weight)
    stem, _ = FAMILIES.get(family, ("", ()))
    path = assets.data("fonts", f"{stem}-{nearest_weight(family, weight)}.ttf")
    found = skia.FontMgr.New_Custom_Empty().makeFromFile(str(path), 0) if path.is_file() else None
    if found is None:
        raise ConfigError(f"the font file `{path.name}` is missing or damaged", "reinstall aigc")
    return found


def _cjk_index(language: str) -> int:
    tag = language.lower().replace("_", "-")
    return _CJK_INDEX.get(tag, _CJK_INDEX.get(tag[:2], 2))


def _cjk_typeface(weight: int, index: int) -> skia.Typeface:
    import importlib.util

    import skia

    spec = importlib.util.find_spec("manimgx_fonts_cjk")
    folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
    base = skia.FontMgr.New_Custom_Empty().makeFromFile(f"{folder}/NotoSansCJK-VF.otf.ttc", index) if folder else None
    if base is None:
        raise ConfigError("the font Noto Sans CJK is missing", "install it with `pip install manimgx-fonts-cjk`")
    return _weighted(base, weight)


def _script_typeface(family: str, weight: int) -> skia.Typeface:
    import skia

    path = assets.data("fonts", f"{family.replace(' ', '')}-VF.ttf")
    base = skia.FontMgr.New_Custom_Empty().makeFromFile(str(path), 0) if path.is_file() else None
    if base is None:
        raise ConfigError(f"the font file `{path.name}` is missing or damaged", "reinstall aigc")
    return _weighted(base, weight)


def _weighted(base: skia.Typeface, weight: int) -> skia.Typeface:
    """A variable font at a weight."""
    import skia

    position = skia.FontArguments.VariationPosition
    # The coordinates must stay alive until makeClone returns: otherwise the weight is silently ignored.
    coordinates = position.Coordinates([position.Coordinate(_WGHT, float(weight))])
    place = position(coordinates)
    arguments = skia.FontArguments()
    arguments.setVariationDesignPosition(place)
    return base.makeClone(arguments)


@functools.lru_cache(maxsize=65536)
def _home(char: str, family: str) -> str | None:
    """The first family of the chain that has a character."""
    for name in _chain(family):
        if typeface(name, 500).unicharToGlyph(ord(char)):
            return name
    return None


def _chain(family: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((family, _FALLBACK, *(f"Noto Sans {script}" for script in SCRIPTS), CJK)))


def is_right_to_left(text: str, language: str = "") -> bool:
    """Whether a text is read from right to left: by its first strong character, else by its language."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("R", "AL"):
            return True
        if kind == "L":
            return False
    return language[:2].lower() in _RIGHT_TO_LEFT


def _needs_glyph(char: str) -> bool:
    return not char.isspace() and char not in _ZERO_WIDTH and unicodedata.category(char) not in {"Cc", "Cf"}


def missing_glyphs(text: str, family: str = "Manrope") -> tuple[str, ...]:
    """The characters of a text that neither the family nor its fallbacks have, each once, in order."""
    return tuple(dict.fromkeys(char for char in text if _needs_glyph(char) and _home(char, family) is None))


def name_of(char: str) -> str:
    """A character as people can look it up: `ꙮ (U+A66E CYRILLIC LETTER MULTIOCULAR O)`."""
    return f"{char} (U+{ord(char):04X} {unicodedata.name(char, 'unnamed')})"


def check(text: str, family: str = "Manrope") -> None:
    """Raises TextError naming the first character that no font has."""
    lost = missing_glyphs(text, family)
    if lost:
        raise TextError(f"no font has the character {name_of(lost[0])}", "write it with other characters, or leave it out")


class Ink(NamedTuple):
    """A rectangle of ink, y downwards."""

    x: float
    y: float
    w: float
    h: float


class _Shaper:
    """Skia's paragraph engine over the shipped fonts alone."""

    def __init__(self) -> None:
        import skia

        self.provider = skia.textlayout.TypefaceFontProvider()
        self.collection = skia.textlayout.FontCollection()
        self.collection.setDefaultFontManager(self.provider)
        self.unicode = skia.Unicodes.ICU.Make()
        self.registered: set[str] = set()

    def alias(self, family: str, weight: int, language: str) -> str:
        weight = nearest_weight(family, weight)
        name = f"{family}-{weight}-{_cjk_index(language)}" if family == CJK else f"{family}-{weight}"
        if name not in self.registered:
            # Skia caches a family that it did not find, so a face is registered before its name is first asked for.
            self.provider.registerTypeface(typeface(family, weight, language), name)
            self.registered.add(name)
        return name


@functools.lru_cache(maxsize=1)
def _shaper() -> _Shaper:
    return _Shaper()


@functools.lru_cache(maxsize=256)
def _figures(family: str, weight: int) -> tuple[float, dict[str, float]]:
    """The advance that all figures of a face get, and each one's own, in fractions of the size.

    The middle of all advances: the widest would tear numbers apart, and a wide nought loses no more than its own margins.
    """
    import skia

    font = skia.Font(typeface(family, weight), 1000)
    font.setHinting(skia.FontHinting.kNone)
    font.setSubpixel(True)
    widths = dict(zip("0123456789", (value / 1000 for value in font.getWidths(font.textToGlyphs("0123456789"))), strict=True))
    return sorted(widths.values())[len(widths) // 2], widths


class Line:
    """One shaped line: its advance in pixels, and a way to paint it."""

    def __init__(self, paragraph: Any, indent: float, width: float) -> None:
        self._paragraph = paragraph
        self._indent = indent
        self.width = width

    def paint(self, canvas: skia.Canvas, x: float, baseline: float) -> None:
        """Draws the line with its left end at `x`."""
        self._paragraph.paint(canvas, x - self._indent, baseline - self._paragraph.AlphabeticBaseline)


def shape(
    text: str,
    *,
    family: str,
    weight: int,
    size: float,
    tracking: float = 0.0,
    language: str = "",
    is_tabular: bool = False,
    paint: skia.Paint | None = None,
) -> Line:
    """Shapes one line with kerning, ligatures, bidirectional order and fallback.

    `tracking` is in fractions of the size; ideographs are never tightened. Emoji are left out: typography places them as
    drawings. Raises TextError when no font has a character.
    """
    import skia

    text = "".join(char for char in text if not (is_emoji(char) and _home(char, family) is None))
    check(text, family)
    layout = skia.textlayout
    paint = paint or skia.Paint(Color=0xFFFFFFFF, AntiAlias=True)
    if is_right_to_left(text, language):
        text = f"\u2067{text}\u2069"  # an isolate: this binding of Skia cannot set a paragraph's direction
    runs = _runs(text, family=family, weight=weight, size=size, tracking=tracking, language=language, is_tabular=is_tabular)
    with _LOCK:
        shaper = _shaper()
        latin = shaper.alias(family, weight, language)
        chain = [latin, shaper.alias(_FALLBACK, weight, language), shaper.alias(CJK, weight, language)]
        own = {home for char in text if ord(char) > 0x24F and (home := _home(char, family)) and home not in (family, _FALLBACK, CJK)}
        chain += [shaper.alias(home, weight, "") for home in sorted(own)]
        builder = layout.ParagraphBuilder.make(layout.ParagraphStyle(), shaper.collection, shaper.unicode)
        for is_east, words, spacing in runs:
            style = layout.TextStyle()
            style.setFontFamilies([chain[2], *chain[:2], *chain[3:]] if is_east else chain)
            style.setFontSize(size)
            style.setLetterSpacing(spacing)
            style.setForegroundColor(paint)
            if language:
                style.setLocale(language)
            builder.pushStyle(style)
            builder.addText(words)
            builder.pop()
        paragraph = builder.Build()
        paragraph.layout(1e7)
    # Skia puts half of the spacing on either side of a character: the outer halves are not part of the line.
    first, last = (runs[0][2], runs[-1][2]) if runs else (0.0, 0.0)
    if is_tabular:
        first = last = tracking * size
    return Line(paragraph, first / 2, max(paragraph.MaxIntrinsicWidth - (first + last) / 2, 0.0))


def _runs(
    text: str, *, family: str, weight: int, size: float, tracking: float, language: str, is_tabular: bool
) -> list[tuple[bool, str, float]]:
    """Runs of (is_cjk, text, letter spacing in pixels)."""
    runs: list[tuple[bool, str, float]] = []
    for is_east, words in segments(text, language):
        spacing = (max(tracking, 0.0) if is_east else tracking) * size
        if is_tabular and not is_east:
            even, widths = _figures(family, weight)
            runs += [(False, char, spacing + (even - widths[char]) * size if char in widths else spacing) for char in words]
        else:
            runs.append((is_east, words, spacing))
    return runs


def width(
    text: str, *, family: str, weight: int, size: float, tracking: float = 0.0, language: str = "", is_tabular: bool = False
) -> float:
    """The advance of one line in pixels, as `shape` sets it."""
    return shape(text, family=family, weight=weight, size=size, tracking=tracking, language=language, is_tabular=is_tabular).width


@functools.lru_cache(maxsize=256)
def ink_of(char: str, family: str, weight: int) -> Ink:
    """What a sign covers, from its origin on the baseline, in fractions of the size."""
    import skia

    font = skia.Font(typeface(family, weight), 1000)
    bounds = skia.Rect.MakeEmpty()
    for glyph, box in zip(font.textToGlyphs(char), font.getBounds(font.textToGlyphs(char)), strict=True):
        if glyph:
            bounds.join(box)
    return Ink(*(value / 1000 for value in (bounds.x(), bounds.y(), bounds.width(), bounds.height())))


@functools.lru_cache(maxsize=256)
def cap_height(family: str, weight: int) -> float:
    """Height of a capital over the baseline, in fractions of the size."""
    import skia

    return float(skia.Font(typeface(family, weight), 1000).getMetrics().fCapHeight) / 1000
