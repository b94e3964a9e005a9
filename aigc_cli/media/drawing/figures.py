"""Numbers as they are shown: formatted, abbreviated, on round ticks, counted up."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from aigc_cli.letters import SQUARES

_PREFIXES = ("$", "€", "£", "¥", "₹", "₩", "US$", "HK$", "A$")
_TIGHT = ("%", "°", "°C", "°F", "℃", "K", "M", "B", "万", "亿", "元", "x", "×")
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_EASTERN = ((1e8, "亿"), (1e4, "万"))
_WESTERN = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
_NUMBER = re.compile(r"(?<![\w.,])[+\-−]?\d[\d,]*(?:\.\d+)?|(?<=[$€£¥₹₩])\d[\d,]*(?:\.\d+)?|(?<=[A-Za-z$])\d[\d,]*\.\d+")
_CJK = re.compile(f"[{SQUARES}]")


def with_unit(text: str, unit: str) -> str:
    """A number's text with its unit where readers expect it: `$3`, `3%`, `3 mm`."""
    if not unit:
        return text
    if unit in _PREFIXES:
        return f"-{unit}{text[1:]}" if text.startswith("-") else unit + text
    return text + unit if unit in _TIGHT or _CJK.match(unit) else f"{text} {unit}"


def formatted(value: float, decimals: int = 0, unit: str = "") -> str:
    """`1,707`, `-$3.50`, `12.5%`. Zero never carries a sign."""
    text = f"{value:,.{decimals}f}"
    return with_unit(text.lstrip("-") if float(text.replace(",", "")) == 0 else text, unit)


def tick_names(values: Sequence[float], unit: str = "", language: str = "") -> list[str]:
    """The names of an axis' ticks: abbreviated from ten thousand (`1.5M`, `150万`), and exact, with equal decimals for all."""
    most = max(abs(value) for value in values)
    factor, sign = 1.0, ""
    if most >= 10_000:
        factor, sign = next(pair for pair in (_EASTERN if language.startswith(("zh", "ja")) else _WESTERN) if most >= pair[0])
    decimals = next((d for d in range(8) if all(abs(round(v / factor, d) - v / factor) < 1e-9 * max(most / factor, 1) for v in values)), 8)
    return [with_unit(f"{value / factor:,.{decimals}f}" + (sign if value else ""), unit) for value in values]


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Round numbers at equal steps (1, 2, 2.5 or 5 times a power of ten) from at or below `low` to at or above `high`."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1.0):
        spread = abs(high) * 0.1 or 1.0
        low, high = low - spread, high + spread
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (*_STEPS, 20.0, 25.0, 50.0):
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first + 1 <= most:
            break
    return tuple(float(f"{index * step:.12g}") + 0.0 for index in range(first, last + 1))


def domain(values: Sequence[float], *, from_zero: bool) -> tuple[float, float]:
    """The range an axis has to cover: from zero when asked, or when zero is near enough to be expected."""
    low, high = min(values), max(values)
    if from_zero or 0 <= low < 0.35 * high:
        low = min(low, 0.0)
    if from_zero or 0 >= high > 0.35 * low:
        high = max(high, 0.0)
    return low, high


def counted(text: str, progress: float) -> str:
    """A shown number on its way up: the first number of `text` from 0 to itself, formatted as it ends.

    Signs, separators, decimals and the words around it stay. A lone year, and a text without a number, do not count.
    """
    match = _NUMBER.search(text)
    if match is None or progress >= 1:
        return text
    figure = match.group()
    digits = figure.lstrip("+-−").replace(",", "")
    if re.fullmatch(r"(19|20)\d\d", digits) and digits == text.strip():
        return text
    decimals = len(digits.partition(".")[2])
    value = float(digits) * max(progress, 0.0)
    shown = f"{value:,.{decimals}f}" if "," in figure else f"{value:.{decimals}f}"
    sign = figure[0] if figure[0] in "+-−" else ""
    return text[: match.start()] + sign + shown + text[match.end() :]
