"""The only place that prints: results to stdout, words to stderr, nothing from data but plain visible text."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from aigc_cli.errors import AigcError, StorageError

if TYPE_CHECKING:
    from rich.console import Console

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_COLOURS = {"error": "\x1b[31m", "hint": "\x1b[36m", "warning": "\x1b[33m", "ok": "\x1b[32m"}
_JOINERS = "\u200c\u200d\ufe0f"  # between the parts of an emoji or the letters of many scripts: harmless and needed


class ReaderGone(Exception):
    """Whoever read our stdout has gone, and wants no more of it."""


def safe_text(text: object, *, lines: bool = False) -> str:
    r"""The text with control characters, direction marks and other invisible ones spelled out as `\x1b` or `\u202e`.

    Names and titles come from data: they must not move the cursor, change colours or reorder what is read.
    """
    kept = []
    for char in str(text):
        if unicodedata.category(char) not in _HIDDEN or char in _JOINERS or (lines and char == "\n"):
            kept.append(char)
        elif ord(char) < 0x100:
            kept.append(f"\\x{ord(char):02x}")
        else:
            kept.append(f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
    return "".join(kept)


def is_terminal(stream: TextIO) -> bool:
    """True when people watch this stream, and it can move the cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _has_colour(stream: TextIO) -> bool:
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def paint(text: str, colour: str, stream: TextIO) -> str:
    """The text in a colour when the stream shows colours."""
    return f"{_COLOURS[colour]}{text}\x1b[0m" if _has_colour(stream) else text


def _write(stream: TextIO, text: str) -> None:
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:  # a terminal that knows no Unicode
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        if stream is sys.stderr:
            stream.flush()
    except OSError as error:
        if stream is sys.stderr:  # words for people are lost when nobody can read them; the result is not
            _silence("stderr")
        else:
            raise _unwritten(error) from error


def finish() -> None:
    """Sends off what stdout still holds. Raises StorageError when it cannot be written, ReaderGone when nobody reads it."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _unwritten(error) from error


def _unwritten(error: OSError) -> Exception:
    _silence("stdout")
    if isinstance(error, BrokenPipeError):
        return ReaderGone()
    return StorageError(
        f"the result cannot be written to stdout: {error.strerror or error}", "a run's files are in its folder all the same"
    )


def _silence(name: str) -> None:
    # What the old stream still holds would be written, and fail again, when the process ends.
    setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def open_streams() -> None:
    """Gives a process that was started with closed streams ones that lead nowhere: its files must not become its output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            _silence(name)


def say(text: object = "") -> None:
    """A line for people, on stderr."""
    _write(sys.stderr, safe_text(text, lines=True) + "\n")


def result(text: object) -> None:
    """A line of the result, on stdout."""
    _write(sys.stdout, safe_text(text, lines=True) + "\n")


def print_json(value: Any) -> None:
    """The one object of `--json`, on stdout; escaped to ASCII so that every terminal and pipe takes it."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=True, allow_nan=False) + "\n")


def print_error(error: AigcError) -> None:
    """`error: message`, then `hint: cure`, on stderr."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    _write(sys.stderr, f"{paint('error:', 'error', sys.stderr)} {safe_text(error.message, lines=True)}\n")
    if error.hint:
        _write(sys.stderr, f"{paint('hint:', 'hint', sys.stderr)} {safe_text(error.hint, lines=True)}\n")
    detail = getattr(error, "detail", "") or getattr(getattr(error, "cause", None), "detail", "")
    if detail and os.environ.get("AIGC_DEBUG"):
        _write(sys.stderr, safe_text(detail, lines=True) + "\n")


def progress(text: str, colour: str | None) -> None:
    """A line of a run's progress, on stderr."""
    _write(sys.stderr, (paint(safe_text(text), colour, sys.stderr) if colour else safe_text(text)) + "\n")


def rich_console(*, is_error: bool = False) -> Console:
    """A rich console on stdout, or stderr; plain text when nobody watches."""
    from rich.console import Console

    stream = sys.stderr if is_error else sys.stdout
    return Console(file=stream, highlight=False, markup=False, emoji=False, no_color=not _has_colour(stream))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows in columns on stdout. To a pipe: one row per line, columns split by tabs, no head."""
    cells = [[safe_text(cell) for cell in row] for row in rows]
    if not is_terminal(sys.stdout):
        for row in cells:
            _write(sys.stdout, "\t".join(row) + "\n")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    rich_console().print(table)


def size_text(count: float) -> str:
    """A number of bytes as people read it: `1.3 MB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def seconds_text(seconds: float | None) -> str:
    """A length of time as people read it: `0.3 s`, `2 min 5 s`."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
