"""A brief of numbers over time: the latest, the change, the high and the low, each on a chart. One series or several."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import ChartVisual, ColourVisual, Source, Storyboard
from aigc_cli.writing.briefing import Line, Order, Piece, build, closing, counted, credit
from aigc_cli.writing.figures import date_parts, date_said, date_shown, news_places, number, percent, percent_text, places_of, short, spaced

_MARKET = ("price", "close", "adj close", "value", "index", "rate", "收盘", "价格", "指数")
_PERIOD_WORDS = frozenset(["daily", "weekly", "monthly", "quarterly", "yearly", "annual", "data", "history", "prices", "csv", "timeseries"])
_KNOWN = {"sp500": "S&P 500", "nasdaq": "Nasdaq", "gdp": "GDP", "cpi": "CPI", "usd": "USD", "eur": "EUR", "co2": "CO2", "btc": "Bitcoin"}
_STEPS = {
    "day": ("the day before", "前一天", "daily", "每日"),
    "week": ("the week before", "前一周", "weekly", "每周"),
    "month": ("the month before", "上个月", "monthly", "每月"),
    "quarter": ("the quarter before", "上一季度", "quarterly", "每季度"),
    "year": ("the year before", "上一年", "yearly", "每年"),
    "": ("the value before", "前一个数值", "", ""),
}
_POINTS = 160


@dataclass(frozen=True)
class Series:
    """One line: its name, its dates as ISO 8601, its values, the records they stand in, and how far apart they are."""

    name: str
    dates: tuple[str, ...]
    values: tuple[float, ...]
    records: tuple[Record, ...]
    step: str
    most: int
    unit: str

    def value(self, index: int, language: str) -> str:
        """A value as it is said and shown, with its unit."""
        return with_unit(short(self.values[index], self.most, language), self.unit)

    def said(self, index: int, language: str) -> str:
        """A date as it is said."""
        return date_said(self.dates[index], language, "month" if self.step in ("month", "quarter") else self.step or "day")

    def shown(self, index: int, language: str) -> str:
        """A date as it is shown."""
        return date_shown(self.dates[index], language, "month" if self.step in ("month", "quarter") else self.step or "day")


def with_unit(text: str, unit: str) -> str:
    """Currency signs before the number, everything else behind it."""
    if not unit:
        return text
    if unit in "$€£¥￥₹₩":
        return f"-{unit}{text[1:]}" if text.startswith("-") else unit + text
    return text + unit if unit in ("%", "°C", "°F", "元", "‰") else f"{text} {unit}"


def find(data: Records, order: Order) -> list[Series]:
    """The series in the data: one date column, one number column, and if there is one, a text column that names the lines.

    Empty when the data are no series: no dates, fewer than three values, or several values for a date.
    """
    dates = [name for name, kind in data.columns.items() if kind == "date"]
    values = [name for name, kind in data.columns.items() if kind in ("number", "integer")]
    if not dates or not values or len(data.records) < 3:
        return []
    column = order.value or next((name for name in values if name.lower() in _MARKET), values[-1])
    if column not in values:
        return []
    groups = _groups(data, dates[0], column)
    names = _names(data, dates[0]) if _has_repeats(data.records, dates[0]) else ""
    if names:
        parted: dict[str, list[tuple[str, float, Record]]] = {}
        for when, value, record in groups:
            parted.setdefault(str(record.fields.get(names) or ""), []).append((when, value, record))
    else:
        parted = {_subject(data, order, column): groups}
    found = []
    for name, rows in parted.items():
        ordered = sorted(rows, key=lambda row: row[0])
        if len(ordered) < 3 or len({row[0] for row in ordered}) < len(ordered):
            continue
        moments, numbers, records = zip(*ordered, strict=True)
        found.append(
            Series(
                name=name,
                dates=tuple(moments),
                values=tuple(numbers),
                records=tuple(records),
                step=_step(moments),
                most=places_of(numbers),
                unit=order.unit,
            )
        )
    return found


def _groups(data: Records, when: str, column: str) -> list[tuple[str, float, Record]]:
    rows = []
    for record in data.records:
        moment, value = record.fields.get(when), record.fields.get(column)
        if isinstance(moment, str) and isinstance(value, int | float) and not isinstance(value, bool):
            rows.append((moment, float(value), record))
    return rows


def _has_repeats(records: Sequence[Record], when: str) -> bool:
    moments = [record.fields.get(when) for record in records]
    return len(set(map(str, moments))) < len(moments)


def _names(data: Records, when: str) -> str:
    """The text column that tells the lines apart: with it, no date comes twice."""
    for column, kind in data.columns.items():
        if kind != "text":
            continue
        pairs = {(str(record.fields.get(column)), str(record.fields.get(when))) for record in data.records}
        lines = {str(record.fields.get(column)) for record in data.records}
        if len(pairs) == len(data.records) and len(lines) <= 50:
            return column
    return ""


def subject_of(name: str) -> str:
    """A file's name as a subject: `sp500-monthly.csv` is about the S&P 500."""
    stem = name.rpartition("/")[2].rsplit(".", 1)[0]
    words = [word for word in re.split(r"[-_\s]+", stem) if word and word.lower() not in _PERIOD_WORDS]
    shown = [_KNOWN.get(word.lower(), word) for word in words]
    text = " ".join(shown)
    return text[:1].upper() + text[1:]


def _subject(data: Records, order: Order, column: str) -> str:
    if order.subject:
        return order.subject
    if column.lower() not in _MARKET:
        return column.replace("_", " ")
    return data.title or subject_of(data.records[0].source.file) or column


def _step(moments: Sequence[str]) -> str:
    """How far apart the dates are: the median gap in days."""
    days = []
    for moment in moments:
        year, month, day = date_parts(moment)
        days.append(date(year, month or 1, day or 1).toordinal())
    gaps = sorted(b - a for a, b in itertools.pairwise(days))
    gap = gaps[len(gaps) // 2]
    for step, low, high in (("day", 1, 4), ("week", 6, 8), ("month", 28, 31), ("quarter", 89, 92), ("year", 364, 366)):
        if low <= gap <= high:
            return step
    return ""


def write(data: Records, series: Sequence[Series], order: Order) -> Storyboard:
    """Writes the brief of one series, or of the several that are given."""
    if len(series) == 1:
        return _one(data, series[0], order)
    return _several(data, series, order)


def _one(data: Records, line: Series, order: Order) -> Storyboard:
    name = order.title or data.title or line.name
    feed = Source(title=data.title or line.name, url=data.url, file=data.records[0].source.file)
    pieces = [
        *_since_low(line, order, name),
        *_latest(line, order, name),
        *_extremes(line, order, name),
        *_swing(line, order, name),
    ]
    pieces.append(_span(line, order, feed))
    return build(pieces, order, title=name)


def _span(line: Series, order: Order, feed: Source) -> Piece:
    last = len(line.values) - 1
    count, language = number(len(line.values)), order.language
    words = _STEPS[line.step]
    more = order.pick(
        f"{count} {words[2] + ' ' if words[2] else ''}values, {line.said(0, language)} to {line.said(last, language)}.",
        f"{line.said(0, language)}至{line.said(last, language)}，{words[3]}数据共{count}个。",
    )
    return closing(order, feed, [feed.title, feed.file, f"{line.shown(0, language)} – {line.shown(last, language)}"], more=more)


def _article(name: str) -> str:
    return "The " if re.match(r"(S&P|Nasdaq|Dow|Hang Seng|Nikkei|FTSE|DAX|CSI|GDP|CPI)\b", name) else ""


def _up(change: float, order: Order) -> str:
    if percent_text(change) in ("0.0", "0"):
        return order.pick("unchanged", "持平")
    return order.pick("up" if change > 0 else "down", "上涨" if change > 0 else "下跌")


def _since_low(line: Series, order: Order, name: str) -> list[Piece]:
    """The strongest change to a turning point inside the data: since the low, or since the high; else over the whole span."""
    values, last = line.values, len(line.values) - 1
    low, high = min(range(len(values)), key=values.__getitem__), max(range(len(values)), key=values.__getitem__)
    later = max(low, high)
    turn = later if 0 < later < last and abs(percent(values[later], values[last])) >= 5 else 0
    change = percent(values[turn], values[last])
    if math.isnan(change) or min(values) <= 0:
        return []
    language = order.language
    word = order.pick(*(("low", "最低点") if turn == low else ("high", "最高点"))) if turn else ""
    size, up = percent_text(change), _up(change, order)
    since, own = line.said(turn, language), spaced(line.name, language)
    if up in ("unchanged", "持平"):
        english = f"{_article(line.name)}{line.name} is unchanged since {since}."
        chinese = f"{own}与{since}持平。"
        shown = order.pick("unchanged", "持平")
    else:
        from_low = f"its low of {since}" if word == "low" else f"its high of {since}" if word == "high" else since
        english = f"{_article(line.name)}{line.name} is {up} {size} percent since {from_low}."
        chinese = f"{own}自{since}{('的' + word) if word else ''}以来{up}{size}%。"
        shown = ("+" if change > 0 else "-") + f"{size}%"
    now, then = line.value(last, language), line.value(turn, language)
    second = order.pick(
        f"It stood at {now} in {line.said(last, language)}, after {then} in {since}."
        if line.step != "day"
        else f"It stood at {now} on {line.said(last, language)}, after {then} on {since}.",
        f"{line.said(last, language)}为{now}，{since}为{then}。",
    )
    records = (line.records[last].source, line.records[turn].source)
    start = max(0, turn - max(last - turn, 6)) if turn else 0
    short_date = line.shown(turn, language)
    if word:
        headline = order.pick(f"{line.name} {up} {size}% from its {short_date} {word}", f"{own}自{short_date}{word}{up}{size}%")
    else:
        headline = order.pick(f"{line.name} {up} {size}% since {short_date}", f"{own}自{short_date}{up}{size}%")
    piece = Piece(
        id="change",
        layout="chart",
        lines=(Line(order.pick(english, chinese), records),),
        show={
            "kicker": name if name != line.name else order.pick("The trend", "走势"),
            "headline": headline,
            "number": shown,
            "label": order.pick(f"since the {word}" if word else f"since {short_date}", f"自{word or short_date}以来"),
            "source": credit(order, name),
        },
        visual=chart(line, order, start, last, turn if turn else last),
    )
    values_piece = Piece(
        id="values",
        layout="fact",
        lines=(Line(second, records, rank=1),),
        show={
            "kicker": line.shown(last, language),
            "number": counted(line.values[last], now),
            "headline": line.name,
            "body": order.pick(f"{line.shown(turn, language)}: {then}", f"{line.shown(turn, language)}：{then}"),
            "source": credit(order, name),
        },
        visual=_compared(line, order, turn, last),
    )
    return [piece, values_piece]


def _latest(line: Series, order: Order, name: str) -> list[Piece]:
    last, language = len(line.values) - 1, order.language
    before, now = line.values[last - 1], line.values[last]
    change = percent(before, now)
    words = _STEPS[line.step]
    up = _up(change, order) if not math.isnan(change) else ""
    is_percent = not math.isnan(change) and min(before, now) > 0
    if is_percent and up not in ("unchanged", "持平"):
        verb = "more" if change > 0 else "less"
        text = order.pick(
            f"The latest value, {line.value(last, language)}, is {percent_text(change)} percent {verb} than {words[0]}.",
            f"最新数值{line.value(last, language)}，比{words[1]}{up}{percent_text(change)}%。",
        )
        shown = ("+" if change > 0 else "-") + f"{percent_text(change)}%"
    elif now == before:
        text = order.pick(
            f"The latest value is {line.value(last, language)}, the same as {words[0]}.",
            f"最新数值{line.value(last, language)}，与{words[1]}持平。",
        )
        shown = order.pick("unchanged", "持平")
    else:
        gap = abs(now - before)
        amount = with_unit(short(gap, line.most, language), line.unit)
        text = order.pick(
            f"The latest value, {line.value(last, language)}, is {amount} {'above' if now > before else 'below'} {words[0]}.",
            f"最新数值{line.value(last, language)}，比{words[1]}{'高' if now > before else '低'}{amount}。",
        )
        shown = ("+" if now > before else "-") + amount
    records = (line.records[last].source, line.records[last - 1].source)
    return [
        Piece(
            id="latest",
            layout="chart",
            lines=(Line(text, records, rank=2),),
            show={
                "kicker": line.shown(last, language),
                "headline": order.pick(f"{line.name}: {line.value(last, language)}", f"{line.name}：{line.value(last, language)}"),
                "number": shown,
                "label": order.pick(f"vs {words[0]}", f"比{words[1]}"),
                "source": credit(order, name),
            },
            visual=chart(line, order, max(0, last - 11), last, last),
        )
    ]


def _extremes(line: Series, order: Order, name: str) -> list[Piece]:
    values, language, last = line.values, order.language, len(line.values) - 1
    pieces = []
    for key, index, english, chinese, rank in (
        ("high", max(range(len(values)), key=values.__getitem__), "highest", "最高值", 3),
        ("low", min(range(len(values)), key=values.__getitem__), "lowest", "最低值", 4),
    ):
        at = "on" if line.step == "day" else "in"
        text = order.pick(
            f"The {english} value since {line.said(0, language)} is {line.value(index, language)}, {at} {line.said(index, language)}.",
            f"{line.said(0, language)}以来的{chinese}是{line.value(index, language)}，出现在{line.said(index, language)}。",
        )
        lines = [Line(text, (line.records[index].source, line.records[0].source), rank=rank)]
        change = percent(values[index], values[last])
        if key == "high" and index != last and min(values) > 0 and _up(change, order) not in ("unchanged", "持平"):
            more = order.pick(f"The latest one is {percent_text(change)} percent below it.", f"最新数值比它低{percent_text(change)}%。")
            lines.append(Line(more, (line.records[last].source, line.records[index].source), rank=5))
        pieces.append(
            Piece(
                id=key,
                layout="chart",
                lines=tuple(lines),
                show={
                    "kicker": order.pick(f"The {key}", chinese),
                    "headline": order.pick(
                        f"{english.capitalize()}: {line.shown(index, language)}", f"{chinese}：{line.shown(index, language)}"
                    ),
                    "number": line.value(index, language),
                    "label": line.name,
                    "source": credit(order, name),
                },
                visual=chart(line, order, 0, last, index),
            )
        )
    return pieces


def _swing(line: Series, order: Order, name: str) -> list[Piece]:
    """The largest change from one value to the next."""
    values, language = line.values, order.language
    if min(values) <= 0 or len(values) < 6:
        return []
    changes = [percent(a, b) for a, b in itertools.pairwise(values)]
    index = max(range(len(changes)), key=lambda position: abs(changes[position])) + 1
    change = changes[index - 1]
    word = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}.get(line.step, "step")
    chinese_word = {"day": "单日", "week": "单周", "month": "单月", "quarter": "单季", "year": "单年"}.get(line.step, "单次")
    at = "on" if line.step == "day" else "in"
    text = order.pick(
        f"The largest move in one {word}: {_up(change, order)} {percent_text(change)} percent, {at} {line.said(index, language)}.",
        f"{chinese_word}最大变动在{line.said(index, language)}：{'上涨' if change > 0 else '下跌'}{percent_text(change)}%。",
    )
    shown = ("+" if change > 0 else "-") + f"{percent_text(change)}%"
    first, last = max(0, index - 10), min(len(values) - 1, index + 10)
    return [
        Piece(
            id="swing",
            layout="chart",
            lines=(Line(text, (line.records[index].source, line.records[index - 1].source), rank=6),),
            show={
                "kicker": order.pick(f"Largest move in one {word}", f"{chinese_word}最大变动"),
                "headline": line.shown(index, language),
                "number": shown,
                "label": line.name,
                "source": credit(order, name),
            },
            visual=chart(line, order, first, last, index),
        )
    ]


def chart(line: Series, order: Order, first: int, last: int, mark: int) -> ChartVisual:
    """The values from `first` to `last`, thinned to what a screen can show, always with the ends and the marked one."""
    count = last - first + 1
    stride = max(1, math.ceil(count / _POINTS))
    kept = sorted({*range(first, last + 1, stride), first, last, mark})
    places = max((news_places(line.values[index], line.most) for index in kept), default=0)
    return ChartVisual(
        form="area" if count > 20 else "line",
        labels=tuple(line.shown(index, order.language) for index in kept),
        values=tuple(line.values[index] for index in kept),
        unit=line.unit,
        decimals=places,
        mark=kept.index(mark),
        mark_label=line.shown(mark, order.language),
    )


def _compared(line: Series, order: Order, before: int, now: int) -> ChartVisual | ColourVisual:
    """Two values side by side as bars; bars begin at zero, so values below it are left to words."""
    pair = line.values[before], line.values[now]
    if min(pair) < 0 or max(pair) == 0:
        return ColourVisual()
    return ChartVisual(
        form="bar",
        labels=(line.shown(before, order.language), line.shown(now, order.language)),
        values=pair,
        unit=line.unit,
        decimals=max(news_places(value, line.most) for value in pair),
        mark=1,
    )


def _several(data: Records, series: Sequence[Series], order: Order) -> Storyboard:
    """Compares lines by their change over the span that each has."""
    usable = [line for line in series if line.values[0] > 0]
    ranked = sorted(usable, key=lambda line: (-percent(line.values[0], line.values[-1]), line.name))
    name = order.title or data.title or order.subject or subject_of(data.records[0].source.file)
    feed = Source(title=data.title or name, url=data.url, file=data.records[0].source.file)
    language = order.language
    bars = ranked[:8]
    changes = [percent(line.values[0], line.values[-1]) for line in ranked]
    ranking = ChartVisual(
        form="ranked",
        labels=tuple(line.name for line in bars),
        values=tuple(float(number(change, 0).replace(",", "")) for change in changes[:8]),
        unit="%",
        mark=0,
        mark_label=bars[0].name,
    )
    pieces = []
    for rank, line in enumerate(ranked[: order.max_items], start=1):
        last = len(line.values) - 1
        change = percent(line.values[0], line.values[last])
        size, up, own = percent_text(change), _up(change, order), spaced(line.name, language)
        if rank == 1 and change > 0:
            english = f"{line.name} leads: {up} {size} percent since {line.said(0, language)}."
            chinese = f"{own}领先：自{line.said(0, language)}以来{up}{size}%。"
        elif up in ("unchanged", "持平"):
            english, chinese = (
                f"{line.name} is unchanged since {line.said(0, language)}.",
                f"{own}自{line.said(0, language)}以来持平。",
            )
        else:
            english = f"{line.name} is {up} {size} percent since {line.said(0, language)}."
            chinese = f"{own}自{line.said(0, language)}以来{up}{size}%。"
        records = (line.records[last].source, line.records[0].source)
        values = order.pick(
            f"From {line.value(0, language)} to {line.value(last, language)}, in {line.said(last, language)}.",
            f"从{line.value(0, language)}到{line.value(last, language)}，截至{line.said(last, language)}。",
        )
        pieces.append(
            Piece(
                id=f"line-{rank}",
                layout="chart",
                lines=(Line(order.pick(english, chinese), records, rank=0 if rank == 1 else rank), Line(values, records, rank=4 + rank)),
                show={
                    "kicker": name,
                    "headline": order.pick(f"{line.name} {up} {size}%", f"{own}{up}{size}%"),
                    "number": line.value(last, language),
                    "label": line.shown(last, language),
                    "source": credit(order, name),
                },
                visual=ranking if rank == 1 else chart(line, order, 0, last, last),
            )
        )
    worst = ranked[-1]
    if len(ranked) > order.max_items:
        last = len(worst.values) - 1
        change = percent(worst.values[0], worst.values[last])
        text = order.pick(
            f"At the other end: {worst.name}, {_up(change, order)} {percent_text(change)} percent since {worst.said(0, language)}.",
            f"排在最后的是{worst.name}，自{worst.said(0, language)}以来{_up(change, order)}{percent_text(change)}%。",
        )
        pieces.append(
            Piece(
                id="last",
                layout="chart",
                lines=(Line(text, (worst.records[last].source, worst.records[0].source), rank=4),),
                show={"kicker": name, "headline": worst.name, "number": worst.value(last, language), "label": worst.shown(last, language),
                      "source": credit(order, name)},
                visual=chart(worst, order, 0, last, last),
            )
        )  # fmt: skip
    longest = max(usable, key=lambda line: len(line.values))
    pieces.append(_span(longest, order, feed))
    starts = {line.dates[0] for line in usable}
    notes = ["the lines begin at different dates; each is compared with its own first value"] if len(starts) > 1 else []
    return build(pieces, order, title=name, notes=notes)
