from __future__ import annotations

import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.cli import console
from aigc_cli.errors import AigcError


@given(st.text())
def test_safe_text_never_moves_the_cursor(text: str) -> None:
    safe = console.safe_text(text)
    assert not [char for char in safe if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert "\u202e" not in safe


@pytest.mark.parametrize(
    "text, shown",
    [
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("abc\u202egpj.exe", r"abc\u202egpj.exe"),
        ("[/red] 咖啡 ☕ é", "[/red] 咖啡 ☕ é"),
        ("a\nb", r"a\x0ab"),
        ("\ud800", r"\ud800"),
    ],
)
def test_safe_text(text: str, shown: str) -> None:
    assert console.safe_text(text) == shown


def test_an_error_has_its_hint_and_no_colour_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_error(AigcError("it \x1b[2J broke", "mend it"))
    assert capsys.readouterr().err == "error: it \\x1b[2J broke\nhint: mend it\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("no_colour, is_painted", [("", True), ("1", False)])
def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch, no_colour: str, is_painted: bool) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream := _Terminal())
    console.print_error(AigcError("x"))
    assert ("\x1b[31m" in stream.getvalue()) == is_painted


def test_a_terminal_without_unicode_still_shows_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    console.result("咖啡.mp4")
    assert raw.getvalue() == b"\\u5496\\u5561.mp4\n"


def test_json_is_ascii_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"a": "咖\n\x1b"})
    assert capsys.readouterr().out == '{"a": "\\u5496\\n\\u001b"}\n'


@pytest.mark.parametrize("count, text", [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (3e15, "3000.0 TB")])
def test_sizes(count: float, text: str) -> None:
    assert console.size_text(count) == text


@pytest.mark.parametrize("seconds, text", [(None, "-"), (0.04, "0.0 s"), (59.9, "59.9 s"), (125, "2 min 5 s")])
def test_times(seconds: float | None, text: str) -> None:
    assert console.seconds_text(seconds) == text
