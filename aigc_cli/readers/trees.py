"""JSON, JSON Lines and GeoJSON to records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from aigc_cli.errors import WorkflowError
from aigc_cli.readers.markup import clean
from aigc_cli.readers.values import epoch_ms, moment
from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import Source

TEXT_CHARS = 10_000
_LIST_ITEMS = 100
_TIME_WORDS = ("time", "date", "updated", "created", "generated", "published", "timestamp")
_ID_WORDS = ("id", "guid", "code", "key", "symbol")
_URL_WORDS = ("url", "link", "href")


def parse(content: bytes, name: str) -> Any:
    """The value of a JSON document in UTF-8 or UTF-16. Raises WorkflowError with line and column."""
    try:
        return json.loads(content.decode(json.detect_encoding(content)).lstrip("\ufeff"), parse_constant=lambda _: None, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise WorkflowError(f"`{name}` is not UTF-8 text", "save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise WorkflowError(
            f"`{name}` line {error.lineno} column {error.colno}: not JSON: {error.msg.lower()}", "check the file"
        ) from error
    except RecursionError as error:
        raise WorkflowError(f"`{name}` is nested too deeply", "give a list of flat objects") from error


def _integer(digits: str) -> int | float | None:
    return int(digits) if len(digits) <= 18 else float(digits) if len(digits) <= 300 else None


def read_lines(path: Path, *, name: str, source: Source, limit: int, mapping: Mapping[str, str], notes: list[str]) -> Records:
    """Reads JSON Lines, one object a line; broken lines are left out with a note, unless all are broken."""
    rows: list[tuple[str, dict[str, Any]]] = []
    broken: list[int] = []
    more = 0
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line, text in enumerate(_lines(file), start=1):
            if not text.strip():
                continue
            if len(rows) >= limit:
                more += 1
                continue
            try:
                value = json.loads(text, parse_constant=lambda _: None, parse_int=_integer)
            except (ValueError, RecursionError):
                broken.append(line)
                continue
            if isinstance(value, dict):
                rows.append((f"row {line}", value))
            else:
                broken.append(line)
    if broken:
        notes.append(f"{len(broken)} line{'s' * (len(broken) > 1)} could not be read as a JSON object, the first is line {broken[0]}")
    if more:
        notes.append(f"only the first {limit} lines were read; {more} more were left out")
    return _records(rows, form="jsonl", name=name, source=source, mapping=mapping, notes=notes)


def _lines(file: Iterable[str]) -> Iterable[str]:
    for line in file:
        yield line if len(line) <= (4 << 20) else ""


def read_json(document: Any, *, name: str, source: Source, limit: int, mapping: Mapping[str, str], notes: list[str]) -> Records:
    """Reads a list of objects, an object that holds one, columns of equal length, or a single object."""
    title, updated, rows = _find_rows(document)
    source = source.model_copy(update={"title": source.title or title})
    if len(rows) > limit:
        notes.append(f"only the first {limit} records were read; {len(rows) - limit} more were left out")
    numbered = [(f"row {index}", row) for index, row in enumerate(rows[:limit], start=1)]
    found = _records(numbered, form="json", name=name, source=source, mapping=mapping, notes=notes)
    return found.model_copy(update={"updated": updated})


def _find_rows(document: Any) -> tuple[str, str, list[dict[str, Any]]]:
    if isinstance(document, list):
        return "", "", [row for row in document if isinstance(row, dict)]
    if not isinstance(document, dict):
        return "", "", []
    title = next((clean(document[key], 200) for key in ("title", "name") if isinstance(document.get(key), str)), "")
    updated = next((_time(key, document[key]) or "" for key in ("updated", "generated", "date", "timestamp") if key in document), "")
    best: list[dict[str, Any]] = []
    for value in document.values():
        inner = value if isinstance(value, dict) else {}
        for candidate in (value, *inner.values()):
            rows = [row for row in candidate if isinstance(row, dict)] if isinstance(candidate, list) else []
            if len(rows) > len(best):
                best = rows
    if best:
        return title, updated, best
    columns = {key: value for key, value in document.items() if isinstance(value, list) and value}
    if columns and len({len(value) for value in columns.values()}) == 1:
        return title, updated, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return title, updated, [document] if any(not isinstance(value, dict | list) for value in document.values()) else []


def read_geojson(document: Any, *, name: str, source: Source, limit: int, mapping: Mapping[str, str], notes: list[str]) -> Records:
    """Reads a FeatureCollection: properties, plus `longitude`, `latitude` and `depth` of the place (a shape's middle)."""
    features, metadata = (document.get("features"), document.get("metadata")) if isinstance(document, dict) else (None, None)
    metadata = metadata if isinstance(metadata, dict) else {}
    source = source.model_copy(
        update={"title": source.title or clean(str(metadata.get("title", "")), 200), "url": source.url or _web(metadata.get("url"))}
    )
    rows: list[tuple[str, dict[str, Any]]] = []
    for index, feature in enumerate(features if isinstance(features, list) else [], start=1):
        if not isinstance(feature, dict):
            continue
        if len(rows) >= limit:
            notes.append(f"only the first {limit} features were read; {len(features or []) - limit} more were left out")
            break
        properties = feature.get("properties")
        row = dict(properties) if isinstance(properties, dict) else {}
        geometry = feature.get("geometry")
        row.update(_position(geometry) if isinstance(geometry, dict) else {})
        rows.append((str(feature.get("id") or row.get("id") or f"row {index}")[:100], row))
    found = _records(rows, form="geojson", name=name, source=source, mapping=mapping, notes=notes)
    return found.model_copy(update={"updated": _time("generated", metadata.get("generated")) or ""})


def _position(geometry: Mapping[str, Any]) -> dict[str, float]:
    points: list[list[float]] = []
    stack: list[Any] = [geometry.get("coordinates")]
    while stack and len(points) < 10_000:
        item = stack.pop()
        if isinstance(item, list) and len(item) >= 2 and all(isinstance(x, int | float) for x in item[:2]):
            points.append(item)
        elif isinstance(item, list):
            stack.extend(item)
    if not points:
        return {}
    longitude = sum(point[0] for point in points) / len(points)
    latitude = sum(point[1] for point in points) / len(points)
    if not (-180 <= longitude <= 360 and -90 <= latitude <= 90):
        return {}
    position = {"longitude": float(longitude), "latitude": float(latitude)}
    if len(points) == 1 and len(points[0]) > 2 and isinstance(points[0][2], int | float):
        position["depth"] = float(points[0][2])
    return position


def _records(
    rows: list[tuple[str, dict[str, Any]]], *, form: str, name: str, source: Source, mapping: Mapping[str, str], notes: list[str]
) -> Records:
    if not rows:
        raise WorkflowError(f"`{name}` holds no records", "give a list of objects, one for each record")
    flat = [(label, _flat(row)) for label, row in rows]
    names = list(dict.fromkeys(key for _, row in flat for key in row))
    for old in mapping.values():
        if old not in names:
            raise WorkflowError(f"`{name}` has no field `{old}`", f"its fields are {', '.join(f'`{each}`' for each in names[:20])}")
    renames = {old: new for new, old in mapping.items()}
    records = []
    for label, row in flat:
        own = next((row[key] for key in _ID_WORDS if isinstance(row.get(key), str | int) and row.get(key) != ""), None)
        link = next((url for url in (_web(row.get(key)) for key in _URL_WORDS) if url), source.url)
        record = label if not label.startswith("row ") or own is None else clean(str(own), 100)
        fields = {renames.get(key, key): row.get(key) for key in names}
        records.append(Record(fields=fields, source=source.model_copy(update={"record": record, "url": link})))
    columns = {renames.get(key, key): _kind([row.get(key) for _, row in flat]) for key in names}
    return Records(form=form, title=source.title, url=source.url, columns=columns, records=tuple(records), notes=tuple(notes))


def _flat(row: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, JsonValue]:
    """Nested objects become `outer.inner`, texts are cleaned, times become ISO 8601, lists are kept when they are short and plain."""
    found: dict[str, JsonValue] = {}
    for key, value in row.items():
        title = clean(prefix + str(key), 100)
        if isinstance(value, dict):
            if depth < 3:
                found.update(_flat(value, f"{title}.", depth + 1))
        elif isinstance(value, list):
            plain = [item for item in value if isinstance(item, str | int | float | bool)]
            found[title] = [clean(item, 500) if isinstance(item, str) else item for item in plain[:_LIST_ITEMS]]
        elif isinstance(value, str):
            found[title] = _time(key, value) or clean(value, TEXT_CHARS)
        else:
            found[title] = _time(key, value) or value
    return found


def _time(key: str, value: Any) -> str | None:
    if not any(word in str(key).lower() for word in _TIME_WORDS) or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return epoch_ms(value) if value > 1e11 else epoch_ms(value * 1000) if value > 1e8 else None
    return moment(value) if isinstance(value, str) else None


def _kind(values: list[JsonValue]) -> str:
    present = [value for value in values if value is not None and value != ""]
    if not present:
        return "text"
    if all(isinstance(value, bool) for value in present):
        return "boolean"
    if all(isinstance(value, int) and not isinstance(value, bool) for value in present):
        return "integer"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
        return "number"
    if all(isinstance(value, str) and moment(value) is not None for value in present):
        return "date"
    return "text"


def _web(value: Any) -> str:
    return (
        value if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) < 2000 and value.isprintable() else ""
    )
