"""The filters of the expression language: pure functions over plain data, each with a limit on what it may make.

A filter gets values of any type and answers with a WorkflowError for those it cannot work on, never with another error.
"""

from __future__ import annotations

import inspect
import json as json_format
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as day
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.problems import kind_of, nearest, shorten

MAX_TEXT = 1 << 20
MAX_ITEMS = 10_000
MAX_DIGITS = 9

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "KRW": "₩"}
_WHOLE = ("JPY", "KRW")


@dataclass(frozen=True)
class Filter:
    """A filter by name. `usage` is how it is written, for hints and the documentation."""

    apply: Callable[..., Any]
    usage: str

    @cached_property
    def arity(self) -> tuple[int, int, tuple[str, ...]]:
        """Least and most arguments beside the value, and their names."""
        parameters = list(inspect.signature(self.apply).parameters.values())[1:]
        least = sum(each.default is each.empty for each in parameters)
        return least, len(parameters), tuple(each.name for each in parameters)


def is_number(value: Any) -> bool:
    """True for an integer or a float; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def identity(value: Any) -> Any:
    """Something hashable that is equal for equal values, and differs for `true` and `1`, `1` and `"1"`."""
    if isinstance(value, bool):
        return ("bool", value)
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return ("list", tuple(map(identity, value)))
    if isinstance(value, Mapping):
        return ("mapping", frozenset((str(key), identity(item)) for key, item in value.items()))
    return getattr(value, "digest", None) or ("file", repr(value))


def to_text(value: Any) -> str:
    """The text of a scalar: null is empty, whole numbers have no point. Raises WorkflowError for lists, mappings and files."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        if abs(value) >= 10**300:
            raise WorkflowError("the number is too large")
        return str(value)
    hints = {"a list": "use `| join(', ')`, or let the expression be the whole value", "a mapping": "name one of its keys, or use `| json`"}
    raise WorkflowError(f"{kind_of(value)} cannot stand inside a text", hints.get(kind_of(value), "let the expression be the whole value"))


def _limited(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise WorkflowError(f"the text is longer than {MAX_TEXT:,} characters", "keep long text in a file")
    return text


def _items(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise WorkflowError(
            f"the filter `{name}` needs a list, not {kind_of(value)}",
            "use the filter `default` on what may be null" if value is None else "",
        )
    if len(value) > MAX_ITEMS:
        raise WorkflowError(f"the list has more than {MAX_ITEMS:,} items")
    return list(value)


def _finite(value: Any, name: str) -> int | float:
    if isinstance(value, str):
        value = number(value)
    if not is_number(value) or not abs(value) < 1e300:
        raise WorkflowError(
            f"the filter `{name}` needs a number, not {kind_of(value)}",
            "use the filter `default` on what may be null" if value is None else "",
        )
    return value  # type: ignore[no-any-return]  # is_number narrows by hand


def _count(value: Any, what: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise WorkflowError(f"{what} must be a whole number from 0 to {most}")
    return value


def _pick(item: Any, key: Any, name: str) -> Any:
    if key is None:
        return item
    if isinstance(item, Mapping) and isinstance(key, str):
        if key in item:
            return item[key]
        raise WorkflowError(f"there is no `{shorten(key)}` in an item", nearest(key, map(str, item), otherwise="there is {}"))
    if item is None:  # the item's step was skipped
        return None
    raise WorkflowError(f"the filter `{name}` looks for `{shorten(str(key))}` in {kind_of(item)}")


def default(value: Any, fallback: Any = "", empty: Any = False) -> Any:
    """The fallback for null and for what is not there; with `empty` true, for everything empty."""
    return fallback if value is None or (empty is True and not value) else value


def join(value: Any, separator: Any = "") -> str:
    """The items as one text, null items left out."""
    between = to_text(separator)
    parts = [to_text(item) for item in _items(value, "join") if item is not None]
    if sum(map(len, parts)) + len(between) * len(parts) > MAX_TEXT:
        raise WorkflowError(f"the text is longer than {MAX_TEXT:,} characters")
    return between.join(parts)


def upper(value: Any) -> str:
    """In capitals."""
    return _limited(_limited(to_text(value)).upper())


def lower(value: Any) -> str:
    """In small letters."""
    return _limited(_limited(to_text(value)).lower())


def title(value: Any) -> str:
    """Each word with a capital, the rest as it is."""
    return _limited(re.sub(r"(?<![\w'’])\w", lambda letter: letter.group().upper(), _limited(to_text(value))))


def truncate(value: Any, length: Any = 80, ending: Any = "…") -> str:
    """At most `length` characters, cut between words where there are spaces, with the ending when something was cut."""
    text, most, end = to_text(value), _count(length, "the length", MAX_TEXT), to_text(ending)
    if len(text) <= most:
        return text
    kept = text[: max(0, most - len(end))]
    if not text[len(kept) : len(kept) + 1].isspace() and " " in kept.strip():
        kept = kept[: kept.rindex(" ")]
    return (kept.rstrip() + end)[:most]


def length(value: Any) -> int:
    """How many items, keys or characters; 0 for null."""
    if value is None:
        return 0
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise WorkflowError(f"{kind_of(value)} has no length")


def first(value: Any) -> Any:
    """The first item; null of an empty list."""
    items = _items(value, "first")
    return items[0] if items else None


def last(value: Any) -> Any:
    """The last item; null of an empty list."""
    items = _items(value, "last")
    return items[-1] if items else None


def sort(value: Any, by: Any = None, reverse: Any = False) -> list[Any]:
    """In rising order, by a key of the items when it is named; null goes last. Equal items keep their order."""
    items = _items(value, "sort")
    keys = [_pick(item, by, "sort") for item in items]
    known = [key for key in keys if key is not None]
    if not (all(map(is_number, known)) or all(isinstance(key, str) for key in known)):
        raise WorkflowError("the filter `sort` needs numbers only or texts only", "name the key to sort by: `| sort('date')`")
    order = sorted((index for index, key in enumerate(keys) if key is not None), key=lambda index: keys[index], reverse=reverse is True)
    return [items[index] for index in order] + [item for item, key in zip(items, keys, strict=True) if key is None]


def unique(value: Any) -> list[Any]:
    """Each item once, in order of appearance."""
    return list({identity(item): item for item in reversed(_items(value, "unique"))}.values())[::-1]


def slug(value: Any) -> str:
    """Letters and digits joined by `-`, in small letters, accents removed: fit for a file's name."""
    text = unicodedata.normalize("NFKD", _limited(to_text(value))[:1000]).lower()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"[^\w]+|_+", "-", text).strip("-")[:100]


def json(value: Any) -> str:
    """The value as compact JSON."""
    try:
        return _limited(json_format.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError):
        raise WorkflowError("a file cannot be written as JSON text", "let the expression be the whole value") from None


def number(value: Any, decimals: Any = None) -> Any:
    """A text as a number; with `decimals`, a number as text with that many decimals and thousands set apart."""
    if isinstance(value, str):
        text = value.strip().replace(",", "").replace("_", "")
        if not re.fullmatch(r"[-+]?(\d{1,300}\.?\d{0,300}|\.\d{1,300})([eE][-+]?\d{1,3})?", text, re.ASCII):
            raise WorkflowError(f'"{shorten(value)}" is not a number')
        value = int(text) if re.fullmatch(r"[-+]?\d+", text, re.ASCII) else float(text)
    value = _finite(value, "number")
    return value if decimals is None else _grouped(_exact(value), _count(decimals, "`decimals`", MAX_DIGITS))


def _exact(value: int | float) -> Decimal:
    return Decimal(value) if isinstance(value, int) else Decimal(repr(value))


def _grouped(exact: Decimal, decimals: int) -> str:
    """Thousands set apart by commas, halves rounded away from zero as people do by hand."""
    if abs(exact) >= Decimal(10) ** 18:  # with MAX_DIGITS decimals still within the 28 digits of Decimal
        raise WorkflowError("the number is too large to be shown")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:,f}"
    return text if rounded else text.removeprefix("-")


def currency(value: Any, code: Any = "USD", decimals: Any = None) -> str:
    """An amount with its currency: `$1,234.50`. `code` is ISO 4217 or a sign; yen and won have no decimals."""
    amount, name = _finite(value, "currency"), to_text(code)
    if len(name) > 10:
        raise WorkflowError("a currency is a code such as `USD`, or a sign")
    places = (0 if name.upper() in _WHOLE else 2) if decimals is None else _count(decimals, "`decimals`", MAX_DIGITS)
    text = _grouped(_exact(abs(amount)), places)
    sign = "-" if amount < 0 and any(char in "123456789" for char in text) else ""
    symbol = _SYMBOLS.get(name.upper(), name)
    return f"{sign}{symbol} {text}" if symbol.isalpha() else f"{sign}{symbol}{text}"


def percent(value: Any, decimals: Any = 0) -> str:
    """A fraction as per cent: 0.256 is `26%`."""
    return _grouped(_exact(_finite(value, "percent")) * 100, _count(decimals, "`decimals`", MAX_DIGITS)) + "%"


def date(value: Any, form: Any = "%-d %B %Y") -> str:
    """An ISO 8601 date or time in another form: %Y %m %d %-d %B %b %A %a %H %M %%. English names, whatever the locale."""
    text, pattern = to_text(value), to_text(form)
    try:
        when = datetime.combine(day.fromisoformat(text), datetime.min.time()) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        raise WorkflowError(f'"{shorten(text)}" is not a date', "dates are written as YYYY-MM-DD") from None
    parts = {
        "%Y": f"{when.year:04d}",
        "%m": f"{when.month:02d}",
        "%-m": str(when.month),
        "%d": f"{when.day:02d}",
        "%-d": str(when.day),
        "%B": _MONTHS[when.month - 1],
        "%b": _MONTHS[when.month - 1][:3],
        "%A": _WEEKDAYS[when.weekday()],
        "%a": _WEEKDAYS[when.weekday()][:3],
        "%H": f"{when.hour:02d}",
        "%M": f"{when.minute:02d}",
        "%%": "%",
    }

    def put(match: re.Match[str]) -> str:
        if match.group() not in parts:
            raise WorkflowError(f"`{match.group()}` is not a part of a date", f"use {', '.join(parts)}")
        return parts[match.group()]

    return re.sub(r"%-?.?", put, pattern[:200], flags=re.DOTALL)


def total(value: Any, key: Any = None) -> int | float:
    """The sum of a list of numbers, or of one key of its items; null items count nothing."""
    numbers = [_pick(item, key, "total") for item in _items(value, "total")]
    known = [_finite(each, "total") for each in numbers if each is not None]
    if all(isinstance(each, int) for each in known):
        return sum(known)
    try:
        return math.fsum(known)
    except OverflowError:
        raise WorkflowError("the number is too large") from None


def pluck(value: Any, key: Any) -> list[Any]:
    """One key of each item."""
    return [_pick(item, key, "pluck") for item in _items(value, "pluck")]


def fill(value: Any, other: Any) -> list[Any]:
    """The list, with items of the other one where it has null; a step that was skipped counts as nothing but null."""
    if value is None:
        return [] if other is None else _items(other, "fill")
    own, others = _items(value, "fill"), [] if other is None else _items(other, "fill")
    if others and len(others) != len(own):
        raise WorkflowError(f"the filter `fill` has {len(own)} items to fill from {len(others)}", "both lists must be equally long")
    return [more if item is None else item for item, more in zip(own, others, strict=True)] if others else own


def lines(value: Any) -> list[str]:
    """The lines of a text without the empty ones."""
    found = [line.strip() for line in _limited(to_text(value)).splitlines() if line.strip()]
    if len(found) > MAX_ITEMS:
        raise WorkflowError(f"the text has more than {MAX_ITEMS:,} lines")
    return found


FILTERS: Mapping[str, Filter] = {
    "default": Filter(default, "value | default('plain')"),
    "join": Filter(join, "list | join(', ')"),
    "upper": Filter(upper, "text | upper"),
    "lower": Filter(lower, "text | lower"),
    "title": Filter(title, "text | title"),
    "truncate": Filter(truncate, "text | truncate(40)"),
    "length": Filter(length, "list | length"),
    "first": Filter(first, "list | first"),
    "last": Filter(last, "list | last"),
    "sort": Filter(sort, "list | sort('key', reverse=true)"),
    "unique": Filter(unique, "list | unique"),
    "slug": Filter(slug, "text | slug"),
    "json": Filter(json, "value | json"),
    "number": Filter(number, "value | number(2)"),
    "currency": Filter(currency, "amount | currency('EUR')"),
    "percent": Filter(percent, "fraction | percent(1)"),
    "date": Filter(date, "date | date('%-d %B %Y')"),
    "total": Filter(total, "list | total('duration_s')"),
    "fill": Filter(fill, "steps.films | fill(steps.moving)"),
    "pluck": Filter(pluck, "list | pluck('image')"),
    "lines": Filter(lines, "text | lines"),
}
