"""A brief of any table: the largest, the next ones, the smallest, and where it means something the total; and of weather."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aigc_cli.errors import WorkflowError
from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import ChartVisual, Source, Storyboard
from aigc_cli.writing import series
from aigc_cli.writing.briefing import Line, Order, Piece, build, closing, counted, credit
from aigc_cli.writing.facts import inside
from aigc_cli.writing.figures import date_said, date_shown, news_places, number, percent_text, places_of, rounded, short

_NO_MEASURE = re.compile(
    r"(?i)^(id|.*_id|year|month|day|zip|code|lat|latitude|lon|lng|longitude|rank|index|row|no|number|phone|年份?|序号|编号|排名)$"
)
_ADDS_UP = re.compile(
    r"(?i)(count|total|sales|revenue|population|amount|orders|units|visitors|votes|cases|cost|income|sold|销量|销售|人口|数量|总|收入)"
)
_WEATHER = ("temp_max", "temp_min", "precipitation", "wind")


@dataclass(frozen=True)
class _Row:
    name: str
    value: float
    record: Record


def is_weather(data: Records) -> bool:
    """True for daily weather: a date and a highest temperature."""
    return "date" in data.columns.values() and data.columns.get("temp_max") in ("number", "integer")


def write(data: Records, order: Order) -> Storyboard:
    """Writes the brief. Raises WorkflowError when no column holds numbers to report."""
    column = _measure(data, order)
    label = _label(data)
    rows = []
    for record in data.records:
        value = record.fields.get(column)
        if isinstance(value, int | float) and not isinstance(value, bool):
            rows.append(_Row(_name(record, label, data, order.language), float(value), record))
    rows.sort(key=lambda row: -row.value)
    name = order.title or data.title or order.subject or series.subject_of(data.records[0].source.file)
    feed = Source(title=data.title or name, url=data.url, file=data.records[0].source.file)
    most = places_of([row.value for row in rows])
    measure = order.subject or column.replace("_", " ")
    pieces = [_top(rows, measure, most, order, name)]
    for rank, row in enumerate(rows[1 : order.max_items], start=2):
        pieces.append(_next(row, rank, rows, measure, most, order, name))
    pieces += _rest(rows, measure, most, order, name, feed, adds_up=bool(_ADDS_UP.search(column)))
    pieces.append(closing(order, feed, [feed.title, feed.file]))
    return build(pieces, order, title=name)


def _measure(data: Records, order: Order) -> str:
    numbers = [column for column, kind in data.columns.items() if kind in ("number", "integer")]
    if order.value:
        if order.value in numbers:
            return order.value
        raise WorkflowError(
            f"`{order.value}` is not a column of numbers", f"use one of {', '.join(f'`{each}`' for each in numbers) or 'none'}"
        )
    for column in numbers:
        if not _NO_MEASURE.match(column):
            return column
    raise WorkflowError("the data have no column of numbers to report", "give a table with numbers, or records with `title` and `summary`")


def _label(data: Records) -> str:
    """The text column that names the rows: the one with the most different texts, the first among equals."""
    best, best_count = "", 0
    for column, kind in data.columns.items():
        if kind not in ("text", "date"):
            continue
        texts = [record.fields.get(column) for record in data.records]
        count = len({str(text) for text in texts if isinstance(text, str) and len(text) <= 60}) * (2 if kind == "text" else 1)
        if count > best_count:
            best, best_count = column, count
    return best


def _name(record: Record, label: str, data: Records, language: str) -> str:
    value = record.fields.get(label) if label else None
    if isinstance(value, str) and value:
        return date_shown(value, language) if data.columns[label] == "date" else value[:60]
    return record.source.record


def _value(value: float, most: int, order: Order) -> str:
    return series.with_unit(short(value, most, order.language), order.unit)


def _top(rows: Sequence[_Row], measure: str, most: int, order: Order, name: str) -> Piece:
    top, bars = rows[0], rows[:8]
    value = _value(top.value, most, order)
    ties = sum(1 for row in rows if row.value == top.value)
    inner = inside(measure, "en")
    is_count = _ADDS_UP.search(measure) is not None and measure.endswith("s")
    english = f"{top.name} has the most {inner}: {value}." if is_count else f"The highest {inner}: {top.name}, with {value}."
    if ties > 1:
        english = f"{number(ties)} records share the highest {inner}: {value}."
    chinese = f"{measure}最高的是{top.name}：{value}。" if ties == 1 else f"有{ties}条记录的{measure}并列最高：{value}。"
    sources = tuple(row.record.source for row in rows if row.value == top.value)
    lines = [Line(order.pick(english, chinese), sources)]
    if ties == 1 and len(rows) > 1:
        lines.append(
            Line(
                order.pick(f"It comes first of {number(len(rows))}.", f"在{number(len(rows))}条记录中排第一。"),
                tuple(row.record.source for row in rows[:50]),
                rank=1,
            )
        )
    return Piece(
        id="largest",
        layout="chart",
        lines=tuple(lines),
        show={
            "kicker": name,
            "headline": order.pick(f"{top.name}: {'most' if is_count else 'highest'} {inner}", f"{top.name}：{measure}最高"),
            "number": value,
            "label": measure,
            "source": credit(order, name),
        },
        visual=ChartVisual(
            form="ranked",
            labels=tuple(row.name for row in bars),
            values=tuple(row.value for row in bars),
            unit=order.unit,
            decimals=max(news_places(row.value, most) for row in bars),
            mark=0,
            mark_label=top.name,
        ),
    )


def _next(  # noqa: PLR0917
    row: _Row, rank: int, rows: Sequence[_Row], measure: str, most: int, order: Order, name: str
) -> Piece:
    value = _value(row.value, most, order)
    lead = {2: ("Second", "第二"), 3: ("Third", "第三")}.get(rank, (f"Number {rank}", f"第{rank}"))
    lines = [
        Line(order.pick(f"{lead[0]}: {row.name}, with {value}.", f"{lead[1]}：{row.name}，{value}。"), (row.record.source,), rank=rank)
    ]
    if rank == 2 and rows[0].value > row.value > 0:
        behind = (rows[0].value - row.value) / rows[0].value * 100
        text = order.pick(f"That is {percent_text(behind)} percent less than the first.", f"比第一低{percent_text(behind)}%。")
        lines.append(Line(text, (row.record.source, rows[0].record.source), rank=6))
    return Piece(
        id=f"row-{rank}",
        layout="fact",
        lines=tuple(lines),
        show={
            "kicker": order.pick(lead[0], lead[1]),
            "number": value,
            "headline": row.name,
            "body": measure,
            "source": credit(order, name),
        },
    )


def _rest(  # noqa: PLR0917
    rows: Sequence[_Row], measure: str, most: int, order: Order, name: str, feed: Source, *, adds_up: bool
) -> list[Piece]:
    pieces = []
    least = rows[-1]
    if len(rows) > order.max_items and least.value < rows[0].value:
        value = _value(least.value, most, order)
        pieces.append(
            Piece(
                id="smallest",
                layout="fact",
                lines=(
                    Line(
                        order.pick(f"The lowest is {least.name}, with {value}.", f"最低的是{least.name}，{value}。"),
                        (least.record.source,),
                        rank=5,
                    ),
                ),
                show={
                    "kicker": order.pick("Lowest", "最低"),
                    "number": value,
                    "headline": least.name,
                    "body": measure,
                    "source": credit(order, name),
                },
            )
        )
    if adds_up and len(rows) > 2 and all(row.value >= 0 for row in rows):
        total = rounded(sum(row.value for row in rows), most)
        share = rows[0].value / total * 100 if total else 0.0
        sources = (feed, *(row.record.source for row in rows[:200]))
        lines = [
            Line(
                order.pick(f"All together, it comes to {_value(total, most, order)}.", f"合计{_value(total, most, order)}。"),
                sources,
                rank=4,
            )
        ]
        if share >= 10:
            lines.append(
                Line(
                    order.pick(f"The first alone has {percent_text(share)} percent of it.", f"仅第一名就占{percent_text(share)}%。"),
                    sources,
                    rank=7,
                )
            )
        pieces.append(
            Piece(
                id="total",
                layout="fact",
                lines=tuple(lines),
                show={
                    "kicker": order.pick("Total", "合计"),
                    "number": counted(total, _value(total, most, order)),
                    "headline": measure,
                    "source": credit(order, name),
                },
            )
        )
    return pieces


def write_weather(data: Records, order: Order) -> Storyboard:
    """Writes a brief of daily weather: the warmest, the coldest and the wettest day, and the latest one."""
    when = next(column for column, kind in data.columns.items() if kind == "date")
    days = sorted(
        (record for record in data.records if isinstance(record.fields.get(when), str)), key=lambda record: str(record.fields[when])
    )
    if len(days) < 3:
        raise WorkflowError("the weather data have fewer than three days with a date", "give more days")
    name = order.title or data.title or order.subject or series.subject_of(data.records[0].source.file)
    feed = Source(title=data.title or name, url=data.url, file=data.records[0].source.file)
    unit = order.unit or order.pick("°", "°")
    pieces = []
    for key, column, sign, english, chinese, rank in (
        ("warmest", "temp_max", 1, "warmest", "最热", 0),
        ("coldest", "temp_min", -1, "coldest", "最冷", 2),
    ):
        found = _extreme(days, column, sign)
        if found is not None:
            pieces.append(_temperature(days, found, key, column, (english, chinese), rank, unit, when, order, name))
    wet = [day for day in days if _number(day, "precipitation") > 0]
    if wet:
        most_wet = max(wet, key=lambda day: _number(day, "precipitation"))
        value = number(_number(most_wet, "precipitation"), places_of([_number(most_wet, "precipitation")]))
        said = date_said(str(most_wet.fields[when]), order.language)
        count, total = number(len(wet)), number(len(days))
        pieces.append(
            Piece(
                id="wettest",
                layout="fact",
                lines=(
                    Line(
                        order.pick(
                            f"The wettest day was {said}, with a precipitation of {value}.", f"降水最多的一天是{said}，降水量{value}。"
                        ),
                        (most_wet.source,),
                        rank=3,
                    ),
                    Line(
                        order.pick(f"It was wet on {count} of {total} days.", f"{total}天中有{count}天有降水。"),
                        (feed, *(day.source for day in wet[:200])),
                        rank=4,
                    ),
                ),
                show={
                    "kicker": order.pick("Wettest day", "降水最多"),
                    "number": value,
                    "headline": date_shown(str(most_wet.fields[when]), order.language),
                    "body": order.pick(f"Wet on {count} of {total} days", f"{total}天中{count}天有降水"),
                    "source": credit(order, name),
                },
            )
        )
    first, last = str(days[0].fields[when]), str(days[-1].fields[when])
    more = order.pick(
        f"{number(len(days))} days, {date_said(first, 'en')} to {date_said(last, 'en')}.",
        f"{date_said(first, 'zh')}至{date_said(last, 'zh')}，共{number(len(days))}天。",
    )
    span = f"{date_shown(first, order.language)} – {date_shown(last, order.language)}"
    pieces.append(closing(order, feed, [feed.title, feed.file, span], more=more))
    return build(pieces, order, title=name)


def _number(record: Record, column: str) -> float:
    value = record.fields.get(column)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _extreme(days: Sequence[Record], column: str, sign: int) -> int | None:
    have = [index for index, day in enumerate(days) if isinstance(day.fields.get(column), int | float)]
    return max(have, key=lambda index: sign * _number(days[index], column)) if have else None


def _temperature(  # noqa: PLR0917
    days: Sequence[Record],
    index: int,
    key: str,
    column: str,
    words: tuple[str, str],
    rank: int,
    unit: str,
    when: str,
    order: Order,
    name: str,
) -> Piece:
    day = days[index]
    value = number(_number(day, column), places_of([_number(day, column)]))
    said = date_said(str(day.fields[when]), order.language)
    kind = ("high", "最高气温") if column == "temp_max" else ("low", "最低气温")
    text = order.pick(
        f"The {words[0]} day was {said}, with a {kind[0]} of {value} degrees.", f"{words[1]}的一天是{said}，{kind[1]}{value}度。"
    )
    around = range(max(0, index - 15), min(len(days), index + 16))
    kept = [each for each in around if isinstance(days[each].fields.get(column), int | float)]
    values = [_number(days[each], column) for each in kept]
    return Piece(
        id=key,
        layout="chart",
        lines=(Line(text, (day.source,), rank=rank),),
        show={
            "kicker": name,
            "headline": order.pick(f"{words[0].capitalize()} day: {date_shown(str(day.fields[when]), 'en')}", f"{words[1]}的一天：{said}"),
            "number": value + unit,
            "label": order.pick(kind[0], kind[1]),
            "source": credit(order, name),
        },
        visual=ChartVisual(
            form="line",
            labels=tuple(date_shown(str(days[each].fields[when]), order.language) for each in kept),
            values=tuple(values),
            unit="°",
            decimals=min(1, places_of(values)),
            mark=kept.index(index),
            mark_label=date_shown(str(day.fields[when]), order.language),
        ),
    )
