from __future__ import annotations

import io
import sys

import pytest

from aigc_cli import events
from aigc_cli.cli.progress import Display

EVENTS: list[events.Event] = [
    events.StepStarted("voice", "speech.say", "fake", "not in the cache", 0, 2),
    events.StepProgress("voice", 0.5, "half \x1b[2J way", 0),
    events.StepNote("voice", "something is less", is_downgrade=True),
    events.StepDone("voice", "ran", "fake", 1.24, "not in the cache"),
    events.StepDone("music", "cached", "fake", 0.0, "same as in an earlier run"),
    events.StepDone("logo", "skipped", None, 0.0, "its `if` is false"),
    events.StepFailed("clip", "fake", 2.0, "broken"),
    events.RunDone("r", "failed", 3.0),
]


def test_a_pipe_gets_one_plain_line_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    with Display(width=8) as display:
        for event in EVENTS:
            display.take(event)
    assert capsys.readouterr().err.splitlines() == [
        "  voice: something is less",
        "done    voice    fake            1.2 s  not in the cache",
        "cached  music    fake            0.0 s",
        "skipped logo     -               0.0 s  its `if` is false",
        "failed  clip     fake            2.0 s",
    ]


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with Display(is_quiet=True) as display:
        for event in EVENTS:
            display.take(event)
    assert capsys.readouterr().err == ""


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_what_is_going_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", stream := _Terminal())
    with Display(width=8) as display:
        for event in EVENTS[:2]:
            display.take(event)
        display._live.refresh()
        for event in EVENTS[2:]:
            display.take(event)
    shown = stream.getvalue()
    assert "running voice" in shown
    assert r"half \x1b[2J way" in shown, "what comes from a step cannot move the cursor"
    assert "1/2" in shown
    assert "same as in" not in shown
    assert "failed  clip" in shown
