"""Cells to values: what type a column of text has, and the value of each of its cells."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from pydantic import JsonValue

from aigc_cli.readers.markup import clean

MISSING = frozenset(
    {"", "-", "--", "—", "–", ".", "..", "?", "na", "n/a", "n.a.", "nan", "null", "none", "nil", "#n/a", "missing", "无", "暂无"}
)
_TRUE = frozenset({"true", "yes", "y", "是"})
_FALSE = frozenset({"false", "no", "n", "否"})
_MONEY = r"(?:US\$|NT\$|HK\$|C\$|A\$|R\$|[$€£¥￥₹₩₽]|USD|EUR|GBP|CNY|RMB|JPY|CHF)"
_SIGN = r"(?P<sign>[-+−(]?)"
_BEFORE, _AFTER = rf"^{_SIGN}\s*(?:{_MONEY})?\s*(?P<minus>[-−]?)", rf"\s*(?:%|％|{_MONEY}|元)?\s*\)?$"
_POINT = re.compile(_BEFORE + r"(?P<digits>(?:\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?P<exp>[eE][-+]?\d{1,3})?" + _AFTER)
_COMMA = re.compile(_BEFORE + r"(?P<digits>(?:\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+|\d+)(?:,\d+)?)(?P<exp>)" + _AFTER)
_CODE = re.compile(r"^[-+]?0\d+$")  # 02134 is a postal code, never the number 2134
_ISO = re.compile(
    r"^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[-+]\d{2}:?\d{2})?)?$", re.IGNORECASE
)
_YMD = re.compile(r"^(\d{4})(?:[/.]|年)(\d{1,2})(?:(?:[/.]|月)(\d{1,2})?日?)?$")
_DMY = re.compile(r"^(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$")
_MONTH = re.compile(r"(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b")
_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "CET": 1,
    "CEST": 2,
    "BST": 1,
    "JST": 9,
    "UT": 0,
}


@dataclass(frozen=True)
class Column:
    """What was found out about a column: its type, its values in order, and how many cells did not fit the type."""

    kind: str
    values: tuple[JsonValue, ...]
    misfits: int = 0
    note: str = ""


def is_missing(cell: str) -> bool:
    """True for an empty cell and the usual words for nothing."""
    return cell.strip().lower() in MISSING


def number(cell: str, *, comma_decimal: bool = False) -> float | int | None:
    """The number in a cell, with thousands separators, currency signs and percent signs; None when it is none.

    Accounting style `(12)` is -12. Not finite, or over 30 digits: None.
    """
    found = (_COMMA if comma_decimal else _POINT).match(cell.strip())
    if found is None or len(cell) > 40 or ("(" in cell) != (")" in cell) or (found["sign"] and found["minus"]):
        return None
    digits = re.sub(r"[.'’ \u00a0\u202f]" if comma_decimal else r"[,'’ \u00a0\u202f]", "", found["digits"])
    digits = digits.replace(",", ".") if comma_decimal else digits
    is_negative = found["sign"] in ("-", "−", "(") or bool(found["minus"])
    try:
        value = float(digits + (found["exp"] or "")) if "." in digits or found["exp"] else int(digits)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(value):
        return None
    return -value if is_negative else value


def moment(text: str, *, day_first: bool = False) -> str | None:
    """A date or time in one of many forms, as ISO 8601 text of the precision it has; None when it is none.

    Times with a zone come back in UTC with `Z`; without one, as they stand. Deterministic: nothing is taken from today.
    """
    text = " ".join(text.split())
    if not 4 <= len(text) <= 60:
        return None
    for form in (_iso, _year_first, lambda value: _day_or_month_first(value, day_first), _named_month):
        found = form(text)
        if found is not None:
            return found
    return None


def _iso(text: str) -> str | None:
    found = _ISO.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    if day is None and hour is not None:
        return None
    return _checked(year, month, day, hour, minute, second, zone)


def _year_first(text: str) -> str | None:
    found = _YMD.match(text)
    return None if found is None else _checked(*found.groups())


def _day_or_month_first(text: str, day_first: bool) -> str | None:
    found = _DMY.match(text)
    if found is None:
        return None
    first, _, second, year = found.groups()
    day, month = (first, second) if day_first else (second, first)
    if len(year) == 2:
        year = ("19" if int(year) >= 70 else "20") + year
    return _checked(year, month, day)


def _named_month(text: str) -> str | None:
    """Dates with the month as a word, and RFC 822 in its many broken forms (`Fri, 09 Jul 2021 17:08 EDT`)."""
    if _MONTH.search(text) is None or re.search(r"\d", text) is None:
        return None
    year = re.search(r"\b(1[5-9]\d\d|20\d\d|21\d\d)\b", text)
    has_time = re.search(r"\d{1,2}:\d{2}", text) is not None
    if year is None:
        return None
    from dateutil import parser

    try:
        first = parser.parse(text, default=datetime(2000, 1, 1), tzinfos=_zone)
        other = parser.parse(text, default=datetime(2000, 1, 2), tzinfos=_zone)
    except (ValueError, OverflowError, TypeError):
        return None
    if str(first.year) != year[0]:
        return None
    if first.day != other.day:
        return f"{first.year:04d}-{first.month:02d}"
    return _with_time(first) if has_time else first.date().isoformat()


def _zone(name: str | None, offset_s: int | None) -> timezone | None:
    if offset_s is not None:
        return timezone(timedelta(seconds=offset_s))
    return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else None


def _checked(  # noqa: PLR0917  # the groups of a pattern, in its order
    year: str,
    month: str,
    day: str | None = None,
    hour: str | None = None,
    minute: str | None = None,
    second: str | None = None,
    zone: str | None = None,
) -> str | None:
    try:
        if day is None:
            date(int(year), int(month), 1)
            return f"{int(year):04d}-{int(month):02d}"
        if hour is None:
            return date(int(year), int(month), int(day)).isoformat()
        value = datetime(int(year), int(month), int(day), int(hour), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    if zone is None:
        return value.isoformat()
    offset = timedelta()
    if zone.upper() not in ("Z", "UTC", "GMT"):
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    try:
        return _with_time(value.replace(tzinfo=UTC) - offset)
    except OverflowError:
        return None


def _with_time(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat(timespec="seconds")
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def epoch_ms(value: float) -> str | None:
    """Milliseconds since 1970 as ISO 8601 in UTC, to the second; None outside the years 1900 to 2200."""
    if not -2.2e12 < value < 7.3e12:
        return None
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=math.floor(value / 1000))).isoformat().replace("+00:00", "Z")


def prefers_comma(cells: Sequence[str]) -> bool | None:
    """True when the cells show decimal commas, False when they show decimal points, None when they show neither."""
    commas = sum(1 for cell in cells if number(cell) is None and number(cell, comma_decimal=True) is not None)
    points = sum(1 for cell in cells if number(cell) is not None and number(cell, comma_decimal=True) is None)
    return None if commas == points else commas > points


def read_column(name: str, cells: Sequence[str], *, comma_decimal: bool) -> Column:
    """Finds the type that (nearly) all cells have and converts them. Missing and unfitting cells become null.

    A type stands when every cell that is not missing fits, or at least nine of ten of twenty or more.
    """
    present = [cell.strip() for cell in cells if not is_missing(cell)]
    if not present:
        return Column("text", tuple(None for _ in cells))
    own = prefers_comma(present)
    comma = comma_decimal if own is None else own
    day_first, is_doubtful = _day_order(present, comma_decimal)
    kinds: list[tuple[str, Callable[[str], JsonValue]]] = []
    if not any(_CODE.match(cell) for cell in present):
        kinds.append(("number", lambda cell: number(cell, comma_decimal=comma)))
    kinds.append(("date", lambda cell: moment(cell, day_first=day_first)))
    kinds.append(("boolean", _boolean))
    for kind, convert in kinds:
        sample = present[:200]
        if sum(1 for cell in sample if convert(cell) is not None) < len(sample) * 0.9:
            continue
        values = tuple(None if is_missing(cell) else convert(cell) for cell in cells)
        misfits = len(present) - sum(1 for value in values if value is not None)
        if misfits and (len(present) < 20 or misfits > len(present) * 0.1):
            continue
        if kind == "number" and all(isinstance(value, int) or value is None for value in values):
            return Column("integer", values, misfits)
        if kind == "number":
            values = tuple(None if value is None else float(value) for value in values)  # type: ignore[arg-type]
        order = "day first" if day_first else "month first"
        return Column(kind, values, misfits, f"dates in `{name}` were read {order}" if kind == "date" and is_doubtful else "")
    return Column("text", tuple(None if is_missing(cell) else clean(cell) for cell in cells))


def _boolean(cell: str) -> bool | None:
    lowered = cell.lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None


def _day_order(cells: Sequence[str], comma_decimal: bool) -> tuple[bool, bool]:
    """Whether dates like 3/4/2021 have the day first, and whether that is a guess."""
    found = [match for match in (_DMY.match(cell) for cell in cells) if match is not None]
    if not found:
        return False, False
    if any(int(match[1]) > 12 for match in found):
        return True, False
    if any(int(match[3]) > 12 for match in found):
        return False, False
    return any(match[2] == "." for match in found) or comma_decimal, True
