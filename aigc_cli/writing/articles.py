"""A brief of articles: titles and first sentences as they stand, quoted and never rewritten; duplicates told once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import JsonValue

from aigc_cli.errors import WorkflowError
from aigc_cli.letters import HAN
from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import ImageVisual, Source, Storyboard
from aigc_cli.writing.briefing import Line, Order, Piece, build, closing
from aigc_cli.writing.figures import date_shown

_TITLES = ("title", "headline", "name", "标题")
_BODIES = ("summary", "description", "abstract", "text", "content", "body", "摘要", "内容")
_DATES = ("published", "date", "updated", "time", "created", "日期")
_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof st jan feb mar apr jun jul aug sep sept oct nov dec vs no inc ltd co corp gen col sen rep gov a.m p.m u.s u.k
    e.g i.e est fig al approx""".split()  # noqa: SIM905  # a word list
)
_BREAK = re.compile(r"""[.!?]["'”’)]*(?=\s+["'“‘(]?[A-Z0-9\u00c0-\u00de])|[。！？][”’」』]*""")
_CJK = re.compile(f"[{HAN}]")
_TITLE_CHARS = 150
_SENTENCE_CHARS = 320


@dataclass(frozen=True)
class _Item:
    title: str
    sentences: tuple[str, ...]
    date: str
    sources: tuple[Source, ...]


def has_articles(data: Records) -> bool:
    """True for feeds, and for records with a title and a text."""
    return data.form in ("rss", "atom") or (_column(data, _TITLES) != "" and _column(data, _BODIES) != "")


def write(data: Records, order: Order) -> Storyboard:
    """Writes the brief. Raises WorkflowError when nothing can be quoted, or when the articles' script is not the brief's."""
    items, merged = _merge([item for item in (_item(record, data) for record in data.records) if item is not None])
    if not items:
        raise WorkflowError("the items have neither title nor text", "give a feed whose items say something")
    items = items[: order.max_items]
    notes = [f"{merged} item{'s' * (merged > 1)} told the same and {'were' if merged > 1 else 'was'} merged"] if merged else []
    is_chinese_text = sum(1 for item in items if _CJK.search(item.title)) * 2 > len(items)
    if is_chinese_text and not order.is_chinese:
        raise WorkflowError(
            "the articles are in Chinese and the brief in English: they are quoted, not translated", "use `--set language=zh`"
        )
    if order.is_chinese and not is_chinese_text:
        notes.append("the articles are quoted as they stand, not translated")
    name = order.title or data.title or data.records[0].source.file
    pieces = [_piece(item, number, items, order, name) for number, item in enumerate(items, start=1)]
    feed = Source(title=data.title, url=data.url, file=data.records[0].source.file)
    hosts = [urlsplit(source.url).hostname or "" for item in items for source in item.sources]
    pieces.append(closing(order, feed, [data.title or feed.file, *(host.removeprefix("www.") for host in hosts)]))
    return build(pieces, order, title=name, notes=notes)


def _column(data: Records, names: Sequence[str]) -> str:
    lowered = {column.lower(): column for column in data.columns}
    return next((lowered[name] for name in names if name in lowered), "")


def _item(record: Record, data: Records) -> _Item | None:
    title = str(record.fields.get(_column(data, _TITLES)) or "").strip()
    body = str(record.fields.get(_column(data, _BODIES)) or "").strip()
    sentences = tuple(sentence for sentence in split(body) if _fold(sentence) != _fold(title))
    if not title and sentences:
        title, sentences = sentences[0], sentences[1:]
    if not title or len(title) > _SENTENCE_CHARS:
        return None
    date = str(record.fields.get(_column(data, _DATES)) or "")
    whole = tuple(
        sentence for sentence in sentences if len(sentence) <= _SENTENCE_CHARS and not sentence.endswith(("…", "...", "[…]", "[...]"))
    )
    return _Item(title=title, sentences=whole[:3], date=date if re.match(r"\d{4}-\d{2}", date) else "", sources=(record.source,))


def split(text: str) -> list[str]:
    """The sentences of a text, not broken at abbreviations (`5 p.m. EST Saturday, Jan. 16`) or decimals."""
    cuts = [0, *(found.end() for found in _BREAK.finditer(text)), len(text)]
    parts: list[str] = []
    for start, end in itertools.pairwise(cuts):
        piece = text[start:end].strip()
        if not piece:
            continue
        last = parts[-1].split()[-1].rstrip(".").lower().lstrip("(\"'“") if parts else ""
        if parts and parts[-1].endswith(".") and (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())):
            parts[-1] += " " + piece
        else:
            parts.append(piece)
    return parts


def _merge(items: Sequence[_Item]) -> tuple[list[_Item], int]:
    """Items whose titles say the same, told once with all their sources."""
    kept: list[_Item] = []
    for item in items:
        twin = next((index for index, other in enumerate(kept) if _are_same(item.title, other.title)), None)
        if twin is None:
            kept.append(item)
        else:
            kept[twin] = _Item(kept[twin].title, kept[twin].sentences, kept[twin].date, (*kept[twin].sources, *item.sources))
    return kept, len(items) - len(kept)


def _fold(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _are_same(one: str, other: str) -> bool:
    first, second = _tokens(one), _tokens(other)
    return bool(first) and len(first & second) / len(first | second) >= 0.75


def _tokens(text: str) -> frozenset[str]:
    folded = _fold(text)
    characters = _CJK.findall(folded)
    return frozenset(a + b for a, b in itertools.pairwise(characters)) if len(characters) > 3 else frozenset(folded.split())


def _piece(item: _Item, number: int, items: Sequence[_Item], order: Order, name: str) -> Piece:
    stop = "。" if _CJK.search(item.title) else "."
    title = item.title if item.title.endswith((".", "!", "?", "。", "！", "？", "…", '"', "”")) else item.title + stop
    lines = [Line(title, item.sources, rank=number - 1)]
    for index, sentence in enumerate(item.sentences):
        lines.append(Line(sentence, item.sources, rank=20 + number + 20 * index))
    dated = f"{name} · {date_shown(item.date, order.language)}" if item.date else name
    kicker = order.pick("Top story", "头条") if number == 1 and len(items) > 1 else name if number == 1 else order.pick("Also", "更多")
    show: dict[str, JsonValue] = {"kicker": kicker, "headline": item.title[:_TITLE_CHARS], "source": dated}
    if len(item.title) > _TITLE_CHARS:
        show["headline"] = item.title[:_TITLE_CHARS].rsplit(" ", 1)[0] + " …"
    # A drawing found by a headline's words would be a guess at what happened: news go without one.
    picture = ImageVisual(prompt=item.title[:200], style="abstract")
    return Piece(id=f"item-{number}", layout="headline", lines=tuple(lines), show=show, visual=picture)
