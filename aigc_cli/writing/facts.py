"""The facts that copy is written from: checked, cleaned, and in the forms that a sentence needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue

from aigc_cli.errors import WorkflowError

MAX_POINTS = 12
_MAX_CHARS = 300
_TERMINAL = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")  # ECMA-48: colours, titles
_JOINERS = "\u200c\u200d\ufe0f"  # between the parts of emoji, and letters that join
_STOP = ".。!！?？,，;；:：、 "


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_AMOUNT = re.compile(
    r"^(?:US\$|NT\$|HK\$|[$€£¥￥]|USD|EUR|GBP|CNY|RMB)?\s?\d[\d,. ]*\s?"
    r"(?:元|块|美元|欧元|英镑|日元|€|£|\$|USD|EUR|GBP|CNY|RMB|dollars|euros|pounds|yuan)?(?:\s?(?:/|per|a|each|每|起)\s?\w*)?$",
    re.IGNORECASE,
)
_KEPT_CAPITAL = _words("""
    i italian french german swiss swedish danish norwegian finnish dutch spanish portuguese greek turkish english
    british irish scottish american canadian mexican brazilian colombian ethiopian kenyan indian chinese japanese
    korean thai vietnamese indonesian australian european african asian arabic arabica monday tuesday wednesday
    thursday friday saturday sunday january february april june july august september october november december
    christmas easter bluetooth wi-fi android windows linux
""")
_ADJECTIVES = _words("""
    ready available easy simple quick light small compact soft warm cool safe quiet strong sturdy portable waterproof
    wireless rechargeable washable recyclable reusable organic vegan handmade free open good great ideal perfect fit
    suitable gentle fresh local natural clean dry thin flat foldable adjustable durable lightweight energy-efficient
    dishwasher-safe gluten-free sugar-free big large fast bright loud long short tall new
""")
_PARTICIPLES = _words("""
    made built cut sewn woven spun grown brewed baked sold sent kept held drawn known proven shown worn driven given
    written found put set
""")
_VERBS = _words("""
    keeps fits lasts works runs charges cleans makes brings holds saves gives takes comes goes weighs measures stays
    helps lets turns opens closes folds connects plays records tracks needs uses contains includes supports cuts cooks
    brews heats cools dries washes grows pairs syncs ships protects absorbs reduces removes stands sits looks feels
    sounds tastes smells starts stops moves rolls slides serves pays earns covers has does
""")
_PRONOUNS = _words("""
    we you your our they it its it's there this that these those i my no every all one
""")
_AFTER_ADJECTIVE = _words("""
    in for to at on with by from of as every within after before all and or
""")


class Facts:
    """The facts of one clip. `slots` are what templates may name in braces; a slot without a value is not there."""

    def __init__(self, given: Mapping[str, JsonValue], language: str) -> None:
        self.language = language
        known = {key: value for key, value in given.items() if key != "points"}
        self.points = tuple(_text("points", item) for item in _list(given.get("points")))
        if self.points and not any(self.points):
            raise WorkflowError("`points` holds only empty texts", "say at least one thing about it")
        self.points = tuple(dict.fromkeys(point for point in self.points if point))
        if len(self.points) > MAX_POINTS:
            raise WorkflowError(f"`points` has {len(self.points)} items", f"give at most {MAX_POINTS}")
        slots = {
            key: _text(key, value) for key, value in known.items() if isinstance(value, str | int | float) and not isinstance(value, bool)
        }
        self.slots = {key: value for key, value in slots.items() if value}
        if not self.slots.get("product"):
            raise WorkflowError("the facts name no `product`", 'say what the clip is about: `--set product="Aero Kettle"`')
        self._check_words()
        if "url" in self.slots:
            self.slots["url"], self.slots["site"] = address(self.slots["url"])
            if len(self.slots["site"]) > 28:  # nobody listens to a long address; it stands in the QR code
                del self.slots["site"]
        if "price" in self.slots:
            self.is_amount = _AMOUNT.match(self.slots["price"]) is not None
        else:
            self.is_amount = False

    def texts(self) -> list[tuple[str, str]]:
        """Every fact that may be shown, with its name as people know it."""
        return [*self.slots.items(), *((f"points[{index}]", point) for index, point in enumerate(self.points))]

    def _check_words(self) -> None:
        for name, text in (("product", self.slots["product"]), *self.texts()):
            if (name == "product" or name.startswith("points")) and not any(char.isalnum() for char in text):
                raise WorkflowError(f"`{name}` has nothing that can be said: `{text[:40]}`", "write it in words")

    def of_clip(self) -> dict[str, str]:
        """The slots that hold for every scene."""
        count = len(self.points)
        found = {
            **self.slots,
            "count": str(count),
            "count_word": "两" if count == 2 and self.language.startswith("zh") else count_word(count, self.language),
        }
        if "price" in found:
            found["price_tag"] = found["price"]
        for key in ("tagline", "cta", "price"):
            if key in found:
                found[key] = inside(found[key].rstrip(_STOP) or found[key], self.language)
        if count:
            found["list"] = listed([inside(point.rstrip(_STOP), self.language) for point in self.points], self.language)
        if self.is_amount:
            found["amount"] = found["price"]
        return _with_capitals(found)

    def of_point(self, index: int) -> dict[str, str]:
        """The slots of the scene for point `index`, from 0."""
        point = self.points[index].rstrip(_STOP) or self.points[index]
        own = {
            "point": inside(point, self.language),
            "index": str(index + 1),
            "index_word": count_word(index + 1, self.language),
            kind(point, self.language): inside(point, self.language),
        }
        return {**self.of_clip(), **_with_capitals(own)}


def _with_capitals(slots: Mapping[str, str]) -> dict[str, str]:
    return {**slots, **{key.capitalize(): value[:1].upper() + value[1:] for key, value in slots.items()}}


def _list(value: JsonValue) -> list[JsonValue]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _text(key: str, value: JsonValue) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise WorkflowError(f"the fact `{key}` is not a text", "give plain text")
    text = unicodedata.normalize("NFC", str(value))
    text = "".join(
        " " if char.isspace() else char
        for char in _TERMINAL.sub("", text)
        if char.isspace() or char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    text = " ".join(text.split())
    if len(text) > (2000 if key == "url" else _MAX_CHARS):
        raise WorkflowError(f"the fact `{key}` has {len(text)} characters", f"say it in at most {_MAX_CHARS}")
    return text


def address(url: str) -> tuple[str, str]:
    """A web address with its scheme, and the short form that people read and say. Raises WorkflowError for anything else."""
    full = url if "://" in url or url.startswith(("mailto:", "tel:", "javascript:", "data:", "file:")) else f"https://{url}"
    try:
        parts = urlsplit(full)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not full.startswith(("https://", "http://")) or "." not in host or any(char.isspace() for char in url):
        raise WorkflowError(f"`{url[:80]}` is not a web address", "give one like `https://example.org` or `example.org/shop`")
    return full, host.removeprefix("www.") + (parts.path.rstrip("/") if len(parts.path) < 12 else "")


def inside(text: str, language: str) -> str:
    """A phrase as it stands inside a sentence: a capital that only marks its beginning becomes small."""
    first, _, rest = text.partition(" ")
    bare = first.strip("\"'(,:;").lower()
    second = rest.partition(" ")[0]
    is_plain = first[:1].isupper() and first[1:].islower() and first.isascii()
    if language.partition("-")[0] != "en" or not is_plain or bare in _KEPT_CAPITAL or second[:1].isupper() or len(first) < 2:
        return text
    return text[:1].lower() + text[1:]


def kind(point: str, language: str) -> str:
    """How an English point goes on after `It`: `adjective` (is), `verb`, else `noun` or `clause`; `noun` in other languages."""
    words = [word.strip(",.;:!?").lower() for word in point.split()]
    if language.partition("-")[0] != "en" or not words:
        return "noun"
    if words[0] in _PRONOUNS or any(word in ("is", "are", "was", "can", "will", "we", "you", "it's", "you'll") for word in words):
        return "clause"
    if words[0] in _VERBS and len(words) > 1:
        return "verb"
    follows = words[1] if len(words) > 1 else ""
    is_participle = words[0] in _PARTICIPLES or (words[0].endswith("ed") and len(words[0]) > 4)
    if is_participle and (follows in _AFTER_ADJECTIVE or follows in ("this", "today", "daily", "fresh", "locally", "entirely")):
        return "adjective"
    if words[0] in _ADJECTIVES and (not follows or follows in _AFTER_ADJECTIVE):
        return "adjective"
    return "noun"


def is_plural(product: str) -> bool:
    """True when an English product's name looks like a plural, so that `it` would sound wrong."""
    last = product.rsplit(maxsplit=1)[-1].lower()
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "'s", "x"))


_COUNTS = {  # before a feminine or a masculine noun alike; copy counts from two to six
    "es": ("cero", "una", "dos", "tres", "cuatro", "cinco", "seis"),
    "fr": ("zéro", "une", "deux", "trois", "quatre", "cinq", "six"),
    "it": ("zero", "uno", "due", "tre", "quattro", "cinque", "sei"),
    "pt": ("zero", "um", "dois", "três", "quatro", "cinco", "seis"),
}


def count_word(number: int, language: str) -> str:
    """Small counts in words: one to twelve."""
    if language.partition("-")[0] == "zh":
        return ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"][number] if number <= 12 else str(number)
    romance = _COUNTS.get(language.partition("-")[0])
    if romance is not None:
        return romance[number] if number < len(romance) else str(number)
    words = "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
    return words[number] if number <= 12 else str(number)


def listed(items: list[str], language: str) -> str:
    """Items as a sentence lists them."""
    if language.partition("-")[0] == "zh":
        return "，".join(items)
    joint = {"es": "y", "fr": "et", "it": "e", "pt": "e"}.get(language.partition("-")[0], "and")
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}"
