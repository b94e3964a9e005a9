"""Numbers and dates as a newsroom writes them, in English and Chinese."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


def is_chinese(language: str) -> bool:
    """True for `zh` in any form."""
    return language.partition("-")[0].lower() == "zh"


def rounded(value: float, places: int) -> float:
    """Rounds half away from zero, as people do, on the decimal digits that the value is written with."""
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def spaced(name: str, language: str) -> str:
    """A name before Chinese characters: Latin letters and figures are set off by a space."""
    return f"{name} " if is_chinese(language) and name[-1:].isascii() else name


def places_of(values: Sequence[float]) -> int:
    """How many decimals the values are given with, at most 4."""
    most = 0
    for value in values[:500]:
        exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
        most = max(most, -exponent if isinstance(exponent, int) else 0)
    return min(most, 4)


def news_places(value: float, most: int) -> int:
    """Decimals that a newsroom gives a value: none from 100 on, one from 10 on, two below; never more than the data have."""
    size = abs(value)
    return min(most, 0 if size >= 100 else 1 if size >= 10 else 2)


def number(value: float, places: int = 0) -> str:
    """A number with thousands separators and exactly `places` decimals; a true minus sign is never used, voices read `-`."""
    shown = rounded(value, places)
    return f"{shown + 0.0:,.{places}f}"


def short(value: float, most: int, language: str) -> str:
    """A value as a newsroom gives it: `1,140`, `35.6`, `4.2 million`, `4.2亿`."""
    size = abs(value)
    steps = ((1e8, "亿"), (1e4, "万")) if is_chinese(language) else ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
    for step, word in steps:
        if size >= step * (10 if word == "万" else 1):
            scaled = value / step
            return number(scaled, 0 if abs(scaled) >= 100 or rounded(scaled, 1) == round(scaled) else 1) + word
    return number(value, news_places(value, most))


def percent(before: float, after: float) -> float:
    """Change from `before` to `after` in percent of `before`; NaN when there is nothing to compare with."""
    return (after - before) / abs(before) * 100 if before else math.nan


def percent_text(value: float) -> str:
    """The size of a percentage without its sign: whole from 10 on, one decimal below."""
    size = abs(value)
    return number(size, 0) if rounded(size, 1) >= 10 else number(size, 1)


def date_parts(iso: str) -> tuple[int, int | None, int | None]:
    """Year, month and day of ISO 8601 text; what it does not have is None."""
    pieces = iso[:10].split("-")
    return int(pieces[0]), int(pieces[1]) if len(pieces) > 1 else None, int(pieces[2]) if len(pieces) > 2 else None


def date_said(iso: str, language: str, step: str = "day") -> str:
    """A date for speech: `February 6, 2018`, `February 2018`, `2018年2月6日`. `step` is the finest part that means something."""
    year, month, day = date_parts(iso)
    if month is None or step == "year":
        return f"{year}年" if is_chinese(language) else str(year)
    if day is None or step == "month":
        return f"{year}年{month}月" if is_chinese(language) else f"{MONTHS[month - 1]} {year}"
    return f"{year}年{month}月{day}日" if is_chinese(language) else f"{MONTHS[month - 1]} {day}, {year}"


def date_shown(iso: str, language: str, step: str = "day") -> str:
    """A date for the screen: `Feb 6, 2018`, `Feb 2018`; Chinese as spoken."""
    if is_chinese(language):
        return date_said(iso, language, step)
    _, month, _ = date_parts(iso)
    text = date_said(iso, language, step)
    return text if month is None else text.replace(MONTHS[month - 1], MONTHS[month - 1][:3])


def day_said(iso: str, language: str) -> str:
    """Month and day without the year, for events of a feed that covers days: `February 6`, `2月6日`."""
    _, month, day = date_parts(iso)
    if month is None or day is None:
        return date_said(iso, language)
    return f"{month}月{day}日" if is_chinese(language) else f"{MONTHS[month - 1]} {day}"
