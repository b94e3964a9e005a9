"""A clip for each row: a table's cells, or a list's mappings, as the inputs of a workflow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aigc_cli.engine.publish import safe_name
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.filters import slug
from aigc_cli.workflow.inputs import read_value
from aigc_cli.workflow.model import Workflow
from aigc_cli.workflow.paths import confine
from aigc_cli.workflow.problems import nearest, shorten
from aigc_cli.workflow.values import check, from_text

MAX_ROWS = 1000
NAME_COLUMN = "id"
_NAME_CHARS = 48


@dataclass(frozen=True)
class Row:
    """One row. `texts` are cells, still to be read as what the inputs declare; `values` come typed from YAML or JSON.

    `name` is the folder of the row's files below `--out`, unlike every other row's; `place` is how messages call it.
    """

    name: str
    place: str
    folder: Path
    texts: Mapping[str, str]
    values: Mapping[str, Any]

    def fill(self, workflow: Workflow) -> dict[str, Any]:
        """The inputs that this row gives, in the form that steps get them. An empty cell gives nothing.

        Files are looked for beside the rows' file and below it. Raises WorkflowError for a column that is no input, and
        for a value that does not fit.
        """
        filled: dict[str, Any] = {}
        for name in (*self.texts, *self.values):
            declared = workflow.inputs.get(name)
            if declared is None:
                if name == NAME_COLUMN:
                    continue
                hint = nearest(name, workflow.inputs, otherwise="its inputs are {}") or "it has no inputs"
                raise WorkflowError(f"`{workflow.name}` has no input `{shorten(name)}`", hint)
            try:
                if name in self.values:
                    filled[name] = check(declared, self.values[name], self._find)
                else:
                    cell = self.texts[name]
                    texts = re.split(r"[|\n]", cell) if "list" in declared.types and not cell.lstrip().startswith("[") else [cell]
                    filled[name] = from_text(declared, [text.strip() for text in texts if text.strip()], self._find)
            except WorkflowError as error:
                raise WorkflowError(f"`{name}` {error.message}", error.hint) from None
        return filled

    def _find(self, text: str) -> Path:
        return confine(self.folder, text)


def read_rows(path: Path, workflow: Workflow) -> list[Row]:
    """The rows of a CSV, TSV, JSON, JSON Lines or YAML file. A column (a key) is an input's name; `id` names the row.

    Raises WorkflowError when the file cannot be read, holds no row or more than MAX_ROWS, or two rows have one `id`.
    """
    form = path.suffix.lower()
    try:
        found = list(_table(path, form) if form in (".csv", ".tsv", ".txt") else _listed(path, form))
    except OSError as error:
        raise WorkflowError(f"cannot read the rows `{path}`: {error.strerror or error}", "check `--rows`") from None
    if not found:
        raise WorkflowError(f"`{path}` holds no rows", "give a table with a header, or a list of mappings")
    if len(found) > MAX_ROWS:
        raise WorkflowError(f"`{path}` holds more than {MAX_ROWS} rows", "split it: a run is one evening's work, not a year's")
    return _named(found, path, workflow)


def _table(path: Path, form: str) -> Iterator[Row]:
    from aigc_cli.readers.tables import read_cells

    cells = read_cells(path, name=path.name, form=form.removeprefix("."), limit=MAX_ROWS + 1, notes=[])
    for line, row in zip(cells.lines, cells.rows, strict=True):
        texts = {name: cell for name, cell in zip(cells.header, row, strict=True) if cell.strip()}
        yield Row("", f"`{path.name}` line {line}", path.parent, texts, {})


def _listed(path: Path, form: str) -> Iterator[Row]:
    if form in (".jsonl", ".ndjson"):
        items = list(_lines(path))
    else:
        value = read_value(path, "rows", "check `--rows`")
        if not isinstance(value, list):
            raise WorkflowError(f"`{path}` is not a list of rows", "write one `- name: value` mapping per clip")
        items = [(f"row {index}", item) for index, item in enumerate(value, 1)]
    for place, item in items:
        if not isinstance(item, dict):
            raise WorkflowError(f"`{path.name}` {place} is not a mapping", "write `name: value` pairs")
        yield Row("", f"`{path.name}` {place}", path.parent, {}, {name: each for name, each in item.items() if each is not None})


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield f"line {number}", json.loads(line)
                except (ValueError, RecursionError):
                    raise WorkflowError(f"`{path.name}` line {number} is not JSON", "write one object per line") from None


def _named(rows: Sequence[Row], path: Path, workflow: Workflow) -> list[Row]:
    """The rows with their folders' names: by `id` where there is one, else by number and the first text that the row gives."""
    width = len(str(len(rows)))
    named: list[Row] = []
    seen: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        given = {**row.texts, **row.values}
        if NAME_COLUMN in given and NAME_COLUMN not in workflow.inputs:
            name = safe_name(str(given[NAME_COLUMN]))
        else:
            first = next((given[key] for key in workflow.inputs if isinstance(given.get(key), str)), "")
            name = f"{number:0{width}d}-{slug(first)[:_NAME_CHARS]}".rstrip("-")
        folded = name.casefold()  # some systems' folders do not tell cases apart
        if folded in seen:
            raise WorkflowError(f"{row.place} has the same `{NAME_COLUMN}` as {seen[folded]}: `{shorten(name)}`", "give every row its own")
        seen[folded] = row.place
        named.append(replace(row, name=name))
    return named
