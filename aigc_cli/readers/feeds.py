"""RSS and Atom feeds to records: title, summary, date, link, image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from pydantic import JsonValue

from aigc_cli.errors import WorkflowError
from aigc_cli.readers.markup import clean, to_text
from aigc_cli.readers.values import moment
from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import Source

_COLUMNS = {"title": "text", "summary": "text", "published": "date", "url": "text", "author": "text", "image": "text"}


def read_feed(content: bytes, *, name: str, source: Source, limit: int, notes: list[str]) -> Records:
    """Reads a feed from its bytes (never from a name: the parser would open files and addresses).

    Raises WorkflowError when it is no feed, has no items, or declares entities of its own (a bomb, or a reader of files).
    """
    if b"<!ENTITY" in content.replace(b"\0", b""):  # in UTF-16 and UTF-32 too
        raise WorkflowError(f"`{name}` declares XML entities", "feeds need none; take the declaration out")
    import feedparser

    parsed = feedparser.parse(BytesIO(content))
    version = str(parsed.get("version") or "")
    if not version and not parsed.entries:
        problem = parsed.get("bozo_exception")
        reason = f": {_reason(parsed)}" if problem is not None else ""
        raise WorkflowError(f"`{name}` is not a feed{reason}", "give an RSS or Atom feed")
    if not parsed.entries:
        raise WorkflowError(f"the feed `{name}` has no items", "give a feed that has at least one, or try again when it has")
    if parsed.get("bozo"):
        notes.append(f"the feed is not well formed and was repaired: {_reason(parsed)}")
    feed = parsed.feed
    title = source.title or to_text(str(feed.get("title", "")), 200)
    home = _web(feed.get("link"))
    base = source.model_copy(update={"title": title, "url": source.url or home})
    if len(parsed.entries) > limit:
        notes.append(f"only the first {limit} items were read; {len(parsed.entries) - limit} more were left out")
    records = [_record(entry, index, base, notes) for index, entry in enumerate(parsed.entries[:limit], start=1)]
    kept = tuple(record for record in records if record.fields["title"] or record.fields["summary"])
    if not kept:
        raise WorkflowError(f"the items of the feed `{name}` have neither title nor text", "give a feed whose items say something")
    return Records(
        form="atom" if version.startswith("atom") else "rss",
        title=title,
        url=base.url,
        updated=_date(feed, ("updated", "published")) or "",
        language=clean(str(feed.get("language", "")), 20),
        columns=dict(_COLUMNS),
        records=kept,
        notes=tuple(notes),
    )


def _reason(parsed: Any) -> str:
    """What the XML parser said, with its place in words."""
    text = clean(str(parsed.get("bozo_exception")), 100)
    found = re.fullmatch(r"<unknown>:(\d+):(\d+): (.*)", text)
    return f"line {found[1]}, column {found[2]}: {found[3]}" if found else text


def _record(entry: dict[str, Any], index: int, base: Source, notes: list[str]) -> Record:
    title = to_text(str(entry.get("title", "")), 500)
    bodies = entry.get("content") or []
    body = str(entry.get("summary") or (bodies[0].get("value", "") if bodies else ""))
    published = _date(entry, ("published", "updated", "created"))
    if published is None:
        raw = next((str(dict.get(entry, key)) for key in ("published", "updated", "created") if dict.get(entry, key)), "")
        notes.append(f"item {index} has no date" if not raw else f"item {index}: the date `{clean(raw, 60)}` cannot be read")
    link = _web(entry.get("link"))
    fields: dict[str, JsonValue] = {
        "title": title,
        "summary": to_text(body, 4000),
        "published": published,
        "url": link or None,
        "author": to_text(str(entry.get("author", "")), 200) or None,
        "image": _image(entry),
    }
    record = clean(str(entry.get("id") or ""), 200) or f"item {index}"
    return Record(fields=fields, source=base.model_copy(update={"url": link or base.url, "record": record}))


def _date(entry: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    """The entry's date: our own reading first (it knows the zones of broken dates), then the parser's."""
    for key in keys:
        raw = dict.get(entry, key)  # the parser's own `get` takes another date when this one is missing
        found = moment(str(raw)) if raw else None
        if found is not None:
            return found
        parts = dict.get(entry, f"{key}_parsed")
        if raw and parts is not None and 1900 < parts[0] < 2200:
            year, month, day, hour, minute, second = parts[:6]
            return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z"
    return None


def _image(entry: Mapping[str, Any]) -> str | None:
    candidates = [*(entry.get("media_content") or []), *(entry.get("media_thumbnail") or []), *(entry.get("enclosures") or [])]
    for item in candidates:
        url = _web(item.get("url") or item.get("href"))
        kind = str(item.get("type", "image/"))
        if url and kind.startswith("image/"):
            return url
    return None


def _web(value: Any) -> str:
    return (
        value if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) < 2000 and value.isprintable() else ""
    )
