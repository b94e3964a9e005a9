"""One door for every form of data: finds out what a file is, and reads it into records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aigc_cli.errors import WorkflowError
from aigc_cli.readers import feeds, tables, trees
from aigc_cli.readers.markup import clean
from aigc_cli.shapes import Records
from aigc_cli.storyboard import Source

FORMS = ("csv", "tsv", "json", "jsonl", "geojson", "rss", "atom")
_TREE_BYTES = 32 << 20
_TABLE_BYTES = 512 << 20
_ENDINGS = {"csv": "csv", "tsv": "tsv", "tab": "tsv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "geojson": "geojson"}
_ENDINGS |= {"rss": "rss", "atom": "atom", "xml": "rss"}


def sniff(head: bytes, name: str) -> str:
    """The form of a file, by its first bytes, then by its name's ending. Raises WorkflowError for what is no data at all."""
    ending = _ENDINGS.get(name.rpartition(".")[2].lower(), "")
    if (
        head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"RIFF", b"\xd0\xcf\x11\xe0"))
        or b"ftyp" in head[4:12]
    ):
        cure = (
            "export the sheet as CSV" if head.startswith((b"PK", b"\xd0\xcf")) else "give CSV, TSV, JSON, JSON Lines, GeoJSON, RSS or Atom"
        )
        raise WorkflowError(f"`{name}` is not a data file", cure)
    text = head.decode(tables.encoding(head), errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        lowered = text[:4000].lower()
        if "<html" in lowered or "<!doctype html" in lowered:
            raise WorkflowError(f"`{name}` is a web page, not a feed", "give the address of its feed (RSS or Atom)")
        return "atom" if "<feed" in lowered else "rss"
    if text.startswith(("{", "[")):
        first = text.partition("\n")[0].rstrip()
        if ending != "json" and text.startswith("{") and first.endswith("}") and text[len(first) :].lstrip().startswith("{"):
            return "jsonl"
        if ending == "jsonl":
            return "jsonl"
        return "geojson" if '"FeatureCollection"' in text[:4000] or ending == "geojson" else "json"
    if "\0" in text[:1000]:
        raise WorkflowError(f"`{name}` is not a data file", "give CSV, TSV, JSON, JSON Lines, GeoJSON, RSS or Atom")
    if ending in ("csv", "tsv"):
        return ending
    if ending in ("json", "jsonl", "geojson", "rss", "atom") and text:
        raise WorkflowError(f"`{name}` is not {ending.upper()}", "check the file, or name its form with `form`")
    return "tsv" if tables.delimiter(text) == "\t" else "csv"


def read(
    path: Path,
    *,
    name: str,
    form: str | None = None,
    title: str = "",
    url: str = "",
    limit: int = 50_000,
    mapping: Mapping[str, str] | None = None,
) -> Records:
    """Reads a file into records. `name` is what the user calls it: it stands in the messages and in each record's source.

    Raises WorkflowError, naming the file and the place, when it is empty, damaged, too large, or of no known form.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise WorkflowError(f"`{name}` is empty", "give a file with at least one record")
    form = form or sniff(head, name)
    most = _TABLE_BYTES if form in ("csv", "tsv", "jsonl") else _TREE_BYTES
    if size > most:
        raise WorkflowError(
            f"`{name}` has {size >> 20} MiB, and {form} is read up to {most >> 20} MiB",
            "shorten it, or use CSV or JSON Lines, which are read row by row",
        )
    source = Source(title=clean(title, 200), url=url, file="" if url else name)
    notes: list[str] = []
    renames = mapping or {}
    if form in ("csv", "tsv"):
        return tables.read_table(path, name=name, form=form, source=source, limit=limit, mapping=renames, notes=notes)
    if form == "jsonl":
        return trees.read_lines(path, name=name, source=source, limit=limit, mapping=renames, notes=notes)
    content = path.read_bytes()
    if form in ("rss", "atom"):
        return feeds.read_feed(content, name=name, source=source, limit=limit, notes=notes)
    document = trees.parse(content, name)
    reader = trees.read_geojson if form == "geojson" else trees.read_json
    return reader(document, name=name, source=source, limit=limit, mapping=renames, notes=notes)
