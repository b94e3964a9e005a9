"""CSV, TSV and their cousins, as people export them: byte-order marks, semicolons, decimal commas, missing cells, ragged rows."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from aigc_cli.errors import WorkflowError
from aigc_cli.readers.markup import clean
from aigc_cli.readers.values import is_missing, prefers_comma, read_column
from aigc_cli.shapes import Record, Records
from aigc_cli.storyboard import Source

MAX_COLUMNS = 500
CELL_CHARS = 10_000
_FIELD_CHARS = 2 << 20
_DELIMITERS = ",;\t|"


def encoding(head: bytes) -> str:
    """The encoding of a text file by its first bytes: a byte-order mark, UTF-8, else GB 18030 or Windows-1252."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    for cut in range(4):  # the head may end inside a character
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8"
    try:
        text = head[: len(head) - len(head) % 2].decode("gb18030")
    except UnicodeDecodeError:
        return "cp1252"
    chinese = sum(1 for char in text if "\u4e00" <= char <= "\u9fff")
    strange = sum(1 for char in text if ord(char) > 127) - chinese
    return "gb18030" if chinese > strange else "cp1252"


def delimiter(sample: str) -> str:
    """The character that parts the cells: the one that gives the most rows the same number (two or more) of cells."""
    best, best_score = ",", 0.0
    for mark in _DELIMITERS:
        try:
            widths = [len(row) for row in itertools.islice(csv.reader(io.StringIO(sample), delimiter=mark), 30) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        score = sum(1 for width in widths if width == widths[0]) / len(widths) + 0.01 * min(widths[0], 20)
        if score > best_score:
            best, best_score = mark, score
    return best


@dataclass(frozen=True)
class Cells:
    """A table as texts: its header, its rows (each as wide as the header), and the line of the file each ends on (from 1)."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


def read_cells(path: Path, *, name: str, form: str, limit: int, notes: list[str]) -> Cells:
    """The cells of a table with a header row, row by row, at most `limit` rows; what was odd is told in `notes`.

    Raises WorkflowError when there is no header, no row, or a quote that is never closed.
    """
    head = path.open("rb").read(1 << 16)
    coding = encoding(head)
    if coding not in ("utf-8", "utf-8-sig"):
        notes.append(f"the file is not UTF-8; it was read as {coding}")
    sample = head.decode(coding, errors="replace")
    mark = "\t" if form == "tsv" and "\t" in sample else delimiter(sample)
    csv.field_size_limit(_FIELD_CHARS)
    rows: list[list[str]] = []
    numbers: list[int] = []
    cut = ragged = more = 0
    with path.open(encoding=coding, errors="replace", newline="") as file:
        reader = csv.reader((line.replace("\0", "") for line in file), delimiter=mark)
        try:
            header = _header(reader, name)
            for row in reader:
                if not any(cell.strip() for cell in row):
                    continue
                if len(rows) >= limit:
                    more += 1
                    continue
                if len(row) != len(header):
                    ragged += 1
                    row = (row + [""] * len(header))[: len(header)]  # noqa: PLW2901  # a row is as wide as the header from here on
                for index, cell in enumerate(row):
                    if len(cell) > CELL_CHARS:
                        row[index] = cell[:CELL_CHARS]
                        cut += 1
                rows.append(row)
                numbers.append(reader.line_num)
        except csv.Error as error:
            raise WorkflowError(f"`{name}` line {reader.line_num}: {error}", "is a quote never closed? export the table again") from error
    if not rows:
        raise WorkflowError(f"`{name}` has a header but no rows", "give a table with at least one row of data")
    if ragged:
        notes.append(
            f"{ragged} row{'s' * (ragged > 1)} had more or fewer cells than the header; missing cells are empty, extra ones were left out"
        )
    if cut:
        notes.append(f"{cut} cell{'s' * (cut > 1)} over {CELL_CHARS} characters {'were' if cut > 1 else 'was'} shortened")
    if more:
        notes.append(f"only the first {limit} rows were read; {more} more were left out")
    return Cells(header, rows, numbers)


def read_table(path: Path, *, name: str, form: str, source: Source, limit: int, mapping: Mapping[str, str], notes: list[str]) -> Records:
    """Reads a table with a header row as typed records, at most `limit` rows.

    `mapping` renames columns: new name to the name in the file. Raises WorkflowError as `read_cells` does, and for a
    column that is not there.
    """
    cells = read_cells(path, name=name, form=form, limit=limit, notes=notes)
    header = _renamed(cells.header, mapping, name)
    columns, values = _typed(header, cells.rows, notes)
    records = tuple(
        Record(fields=dict(zip(header, row, strict=True)), source=source.model_copy(update={"record": f"row {line}"}))
        for line, row in zip(cells.lines, zip(*values, strict=True), strict=True)
    )
    return Records(form=form, title=source.title, url=source.url, columns=columns, records=records, notes=tuple(notes))


def _header(reader: Iterator[list[str]], name: str) -> list[str]:
    for row in reader:
        if any(cell.strip() for cell in row):
            break
    else:
        raise WorkflowError(f"`{name}` is empty", "give a table with a header row and at least one row of data")
    if len(row) > MAX_COLUMNS:
        raise WorkflowError(f"`{name}` has {len(row)} columns", f"give at most {MAX_COLUMNS}")
    while len(row) > 1 and not row[-1].strip():
        row = row[:-1]  # a delimiter at the line's end
    header: list[str] = []
    for index, cell in enumerate(row):
        title = clean(cell, 100) or f"column {index + 1}"
        while title in header:
            title += " 2"
        header.append(title)
    return header


def _renamed(header: list[str], mapping: Mapping[str, str], name: str) -> list[str]:
    for new, old in mapping.items():
        if old not in header:
            raise WorkflowError(f"`{name}` has no column `{old}`", f"its columns are {', '.join(f'`{each}`' for each in header[:20])}")
        if new != old and new in header and new not in mapping.values():
            raise WorkflowError(f"`{name}` already has a column `{new}`", "map to a name that is free")
    renames = {old: new for new, old in mapping.items()}
    return [renames.get(each, each) for each in header]


def _typed(header: list[str], rows: list[list[str]], notes: list[str]) -> tuple[dict[str, str], list[tuple[JsonValue, ...]]]:
    cells = list(zip(*rows, strict=True))
    comma = prefers_comma([cell for column in cells for cell in column[:100] if not is_missing(cell)]) or False
    columns: dict[str, str] = {}
    values: list[tuple[JsonValue, ...]] = []
    for title, column in zip(header, cells, strict=True):
        typed = read_column(title, column, comma_decimal=comma)
        columns[title] = typed.kind
        values.append(typed.values)
        missing = sum(1 for cell in column if is_missing(cell))
        if missing:
            notes.append(f"`{title}` has {missing} missing cell{'s' * (missing > 1)}")
        if typed.misfits:
            notes.append(f"`{title}`: {typed.misfits} cell{'s' * (typed.misfits > 1)} could not be read as {typed.kind} and left empty")
        if typed.note:
            notes.append(typed.note)
    return columns, values
