"""A brief of earthquakes: the strongest, the next ones, where most of them were; every place on a map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import MapVisual, Place, Source, Storyboard
from aigc_cli.writing.briefing import Line, Order, Piece, build, closing, counted, credit
from aigc_cli.writing.figures import date_shown, day_said, number, rounded
from aigc_cli.writing.places import Where, parse

STRONG = 4.5
"""Quakes from this magnitude on are counted by region: weaker ones are recorded only where instruments are dense."""
_DOTS = 60


def is_quakes(data: Records) -> bool:
    """True for records with a magnitude and a place on Earth."""
    return data.columns.get("mag") in ("number", "integer") and {"place", "longitude", "latitude"} <= set(data.columns)


def write(data: Records, order: Order) -> Storyboard:
    """Writes the brief. Raises WorkflowError when no record is an earthquake with a magnitude."""
    quakes = [record for record in data.records if record.fields.get("type", "earthquake") in ("earthquake", None) and _has_place(record)]
    if not quakes:
        raise WorkflowError("the data hold no earthquake with a magnitude and a place", "give a feed that has at least one")
    quakes.sort(key=lambda record: (-_mag(record), str(record.fields.get("time") or ""), record.source.record))
    name = order.title or data.title or data.records[0].source.file
    feed = Source(title=data.title, url=data.url, file=data.records[0].source.file)
    period = _period(data, quakes, order)
    pieces = _first(quakes, feed, order, period, name)
    details = _details(quakes[0], order, name)
    pieces += details
    for rank, quake in enumerate(quakes[1 : order.max_items], start=2):
        pieces.append(_next(quake, quakes, rank, order, name))
    pieces += _regions(quakes, feed, order, name)
    link = data.url or ""
    host = link.partition("://")[2].partition("/")[0]
    said = order.pick("the U.S. Geological Survey", "美国地质调查局") if host.endswith("usgs.gov") else ""
    more = ""
    if data.updated:
        day = day_said(data.updated, order.language)
        more = order.pick(f"The data are as of {day}.", f"数据截至{day}。")
    pieces.append(closing(order, feed, [data.title or feed.file, host], said=said, more=more))
    notes = [f"{len(data.records) - len(quakes)} records that are no earthquakes were left out"] if len(data.records) > len(quakes) else []
    return build(pieces, order, title=name, notes=notes)


def _has_place(record: Record) -> bool:
    fields = record.fields
    return all(isinstance(fields.get(key), int | float) for key in ("mag", "longitude", "latitude")) and bool(fields.get("place"))


def _mag(record: Record) -> float:
    return _float(record, "mag")


def _float(record: Record, key: str) -> float:
    value = record.fields.get(key)
    return float(value) if isinstance(value, int | float) else 0.0


def _where(record: Record) -> Where:
    return parse(str(record.fields.get("place") or ""))


def _magnitude(record: Record) -> str:
    return number(_mag(record), 1)


def _period(data: Records, quakes: Sequence[Record], order: Order) -> str:
    lowered = data.title.lower()
    for word, chinese in (("past week", "过去一周"), ("past day", "过去一天"), ("past hour", "过去一小时"), ("past 30 days", "过去30天")):
        if word in lowered:
            return order.pick(word, chinese)
    times = sorted(str(record.fields["time"]) for record in quakes if record.fields.get("time"))
    if not times:
        return ""
    first, last = date_shown(times[0], order.language), date_shown(times[-1], order.language)
    return first if first == last else f"{first} – {last}"


def _first(quakes: Sequence[Record], feed: Source, order: Order, period: str, name: str) -> list[Piece]:
    top = quakes[0]
    where = _where(top)
    time = str(top.fields.get("time") or "")
    day = day_said(time, order.language) if time else ""
    english = f"A magnitude {_magnitude(top)} earthquake struck {where.said(is_chinese=False)}" + (f", on {day}." if day else ".")
    chinese = (f"{day}，" if day else "") + f"{where.said(is_chinese=True)}发生{_magnitude(top)}级地震。"
    count = number(len(quakes))
    in_period = order.pick(f" in the {period}" if period.startswith("past") else "", period if period.startswith("过去") else "")
    kept = _threshold(feed, order)
    tie = sum(1 for quake in quakes if _mag(quake) == _mag(top))
    strongest = order.pick(
        f"It was the strongest of {count} earthquakes{kept}{in_period}."
        if tie == 1
        else f"No other of {count} earthquakes{kept}{in_period} was stronger.",
        f"这是{in_period}{count}次{kept}地震中最强的一次。" if tie == 1 else f"在{in_period}{count}次{kept}地震中，没有更强的。",
    )
    is_alert = bool(top.fields.get("tsunami")) or top.fields.get("alert") in ("yellow", "orange", "red")
    first = Piece(
        id="strongest",
        layout="map",
        lines=(Line(order.pick(english, chinese), (top.source,)),),
        show={
            "tag": order.pick("ALERT", "警报") if is_alert else order.pick("EARTHQUAKE", "地震"),
            "kicker": period[:1].upper() + period[1:],
            "number": _magnitude(top),
            "unit": "M",
            "headline": where.shown(is_chinese=order.is_chinese),
            "source": credit(order, name),
        },
        visual=_map(top, quakes, order),
    )
    if len(quakes) == 1:
        return [first]
    among = Piece(
        id="among",
        layout="fact",
        lines=(Line(strongest, (top.source, feed), rank=1),),
        show={
            "kicker": period[:1].upper() + period[1:],
            "number": counted(len(quakes), count),
            "headline": order.pick(f"earthquakes{kept}", f"次{kept}地震"),
            "body": order.pick(f"The strongest: magnitude {_magnitude(top)}", f"最强：{_magnitude(top)}级"),
            "source": credit(order, name),
        },
    )
    return [first, among]


def _threshold(feed: Source, order: Order) -> str:
    """What the feed's own title says it leaves out: `USGS Magnitude 2.5+ Earthquakes` has only those from 2.5 on."""
    found = re.search(r"(?i)magnitude (\d(?:\.\d)?)\+", feed.title)
    return order.pick(f" of magnitude {found[1]} or more", f"{found[1]}级以上") if found else ""


def _details(top: Record, order: Order, name: str) -> list[Piece]:
    pieces = []
    depth, felt, tsunami = top.fields.get("depth"), top.fields.get("felt"), top.fields.get("tsunami")
    lines: list[Line] = []
    if isinstance(depth, int | float) and depth > 0:
        kilometres = number(depth, 0)
        word = "kilometer" if kilometres == "1" else "kilometers"
        lines.append(Line(order.pick(f"It was {kilometres} {word} deep.", f"震源深度{kilometres}公里。"), (top.source,), rank=3))
    if isinstance(tsunami, int | float) and not isinstance(tsunami, bool):
        text = (
            order.pick("The record carries a tsunami flag.", "记录中带有海啸标记。")
            if tsunami
            else order.pick("The record carries no tsunami flag.", "记录中没有海啸标记。")
        )
        lines.append(Line(text, (top.source,), rank=1 if tsunami else 5))
    if lines:
        depth_shown = f"{number(float(depth), 0)} km" if isinstance(depth, int | float) and depth > 0 else ""
        show: dict[str, Any] = {
            "kicker": order.pick(f"Magnitude {_magnitude(top)}", f"{_magnitude(top)}级"),
            "number": order.pick(depth_shown, depth_shown.replace(" km", "公里")),
            "headline": order.pick("below the surface", "震源深度") if depth_shown else order.pick("Tsunami flag", "海啸标记"),
            "body": (order.pick("Tsunami flag: yes", "海啸标记：有") if tsunami else order.pick("Tsunami flag: no", "海啸标记：无"))
            if tsunami is not None
            else "",
            "source": credit(order, name),
        }
        pieces.append(Piece(id="depth", layout="fact", lines=tuple(lines), show={key: value for key, value in show.items() if value}))
    if isinstance(felt, int) and felt > 1:
        text = order.pick(f"{number(felt)} people reported that they felt it.", f"有{number(felt)}人报告有震感。")
        pieces.append(
            Piece(
                id="felt",
                layout="fact",
                lines=(Line(text, (top.source,), rank=4),),
                show={
                    "kicker": order.pick("Felt", "震感"),
                    "number": counted(felt, number(felt)),
                    "headline": order.pick("reports of people who felt it", "份有感报告"),
                    "source": credit(order, name),
                },
            )
        )
    return pieces


def _next(quake: Record, quakes: Sequence[Record], rank: int, order: Order, name: str) -> Piece:
    where = _where(quake)
    time = str(quake.fields.get("time") or "")
    day = day_said(time, order.language) if time else ""
    lead = {2: ("Next", "其次"), 3: ("Then", "接着")}.get(rank, ("Also", "还有"))
    english = f"{lead[0]}: magnitude {_magnitude(quake)}, {where.said(is_chinese=False)}."
    chinese = f"{lead[1]}，{where.said(is_chinese=True)}，{_magnitude(quake)}级。"
    lines = [Line(order.pick(english, chinese), (quake.source,), rank=2)]
    if day:
        lines.append(Line(order.pick(f"That was on {day}.", f"时间是{day}。"), (quake.source,), rank=7))
    gap = rounded(_mag(quakes[0]) - _mag(quake), 1)
    if rank == 2 and gap > 0:
        text = order.pick(
            f"That is {number(gap, 1)} below the strongest.",
            f"比最强的一次低{number(gap, 1)}级。",
        )
        lines.append(Line(text, (quake.source, quakes[0].source), rank=6))
    return Piece(
        id=f"quake-{rank}",
        layout="map",
        lines=tuple(lines),
        show={
            "kicker": date_shown(time, order.language) if time else "",
            "number": _magnitude(quake),
            "unit": "M",
            "headline": where.shown(is_chinese=order.is_chinese),
            "source": credit(order, name),
        },
        visual=_map(quake, quakes, order),
    )


def _regions(quakes: Sequence[Record], feed: Source, order: Order, name: str) -> list[Piece]:
    strong = [quake for quake in quakes if _mag(quake) >= STRONG]
    if len(strong) < 3:
        return []
    count, line = number(len(strong)), number(STRONG, 1)
    by_region = Counter(_where(quake).region for quake in strong)
    region, most = by_region.most_common(1)[0]
    lines = [
        Line(
            order.pick(f"{count} quakes reached magnitude {line} or more.", f"{line}级以上的地震共有{count}次。"),
            (feed, *(quake.source for quake in strong)),
            rank=3,
        )
    ]
    if most > 1 and most > by_region.most_common(2)[-1][1]:
        area = next(_where(quake) for quake in strong if _where(quake).region == region)
        text = order.pick(
            f"{most} of them were in or near {area.area(is_chinese=False)}, more than anywhere else.",
            f"其中{most}次在{area.area(is_chinese=True)}一带，比别处都多。",
        )
        lines.append(Line(text, tuple(quake.source for quake in strong if _where(quake).region == region), rank=4))
    return [
        Piece(
            id="count",
            layout="fact",
            lines=tuple(lines),
            show={
                "kicker": order.pick("In numbers", "数字"),
                "number": counted(len(strong), count),
                "headline": order.pick(f"quakes of magnitude {line} or more", f"次{line}级以上地震"),
                "body": order.pick(f"of {number(len(quakes))} earthquakes", f"共{number(len(quakes))}次地震"),
                "source": credit(order, name),
            },
        )
    ]


def _map(subject: Record, quakes: Sequence[Record], order: Order) -> MapVisual:
    strongest = _mag(quakes[0]) or 1.0
    others = [quake for quake in quakes[:_DOTS] if quake is not subject]
    shown = [_place(quake, strongest, order, is_news=False) for quake in others]
    return MapVisual(places=(*shown, _place(subject, strongest, order, is_news=True)), span_degrees=60.0)


def _place(quake: Record, strongest: float, order: Order, *, is_news: bool) -> Place:
    weight = max(0.05, min(1.0, 10 ** ((_mag(quake) - strongest) / 2)))  # area grows with the amplitude of the ground's motion
    label = _where(quake).name(is_chinese=order.is_chinese) if is_news else ""
    return Place(
        longitude=_float(quake, "longitude"), latitude=_float(quake, "latitude"), label=label, weight=round(weight, 3), is_news=is_news
    )
