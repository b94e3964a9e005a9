"""Shows a run on stderr: a line per step that has ended, and on a terminal a moving line per step in progress."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Any

from aigc_cli import events
from aigc_cli.cli import console

_BAR = 14


@dataclass
class _Line:
    kind: str
    provider: str
    began: float
    items: int | None = None
    done: int = 0
    fraction: float = 0.0
    text: str = ""


class Display:
    """Takes the events of one run. Use as a context manager, so that the terminal is left in order."""

    def __init__(self, *, is_quiet: bool = False, width: int = 12) -> None:
        self._is_quiet = is_quiet
        self._width = max(8, min(width, 28))
        self._lines: dict[str, _Line] = {}
        self._live: Any = None

    def __enter__(self) -> Display:
        if not self._is_quiet and console.is_terminal(sys.stderr):
            from rich.live import Live

            self._live = Live(
                console=console.rich_console(is_error=True), get_renderable=self._render, refresh_per_second=8, transient=True
            )
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def take(self, event: events.Event) -> None:
        """Shows one event."""
        if self._is_quiet:
            return
        if isinstance(event, events.StepStarted):
            line = self._lines.setdefault(event.step, _Line(event.kind, event.provider or "", time.monotonic(), event.items))
            line.done += event.item is not None
        elif isinstance(event, events.StepProgress):
            if event.step in self._lines:
                self._lines[event.step].fraction, self._lines[event.step].text = event.fraction, event.text
        elif isinstance(event, events.StepNote):
            self._print(f"  {event.step}: {event.text}", "warning" if event.is_downgrade else None)
        elif isinstance(event, events.StepDone):
            self._lines.pop(event.step, None)
            mark = {"ran": "done", "cached": "cached", "skipped": "skipped"}[event.status]
            self._print(self._ended(mark, event.step, event.provider, event.seconds, event.reason), "ok" if event.status == "ran" else None)
        elif isinstance(event, events.StepFailed):
            self._lines.pop(event.step, None)
            self._print(self._ended("failed", event.step, event.provider, event.seconds, ""), "error")

    def _ended(self, mark: str, step: str, provider: str | None, seconds: float, reason: str) -> str:
        told = f"  {reason}" if reason and mark in ("done", "skipped") else ""
        return f"{mark:<7} {step:<{self._width}} {provider or '-':<11} {console.seconds_text(seconds):>9}{told}"

    def _print(self, text: str, colour: str | None) -> None:
        text = console.safe_text(text)
        if self._live is not None:
            from rich.text import Text

            styles = {"ok": "green", "error": "red", "warning": "yellow"}
            self._live.console.print(Text(text, style=styles.get(colour or "", "")), soft_wrap=True)
            return
        console.progress(text, colour)

    def _render(self) -> Any:
        from rich.text import Text

        rows = []
        for step, line in self._lines.items():
            fraction = line.fraction
            if line.items:
                fraction = (max(line.done - 1, 0) + line.fraction) / line.items
            full = round(min(fraction, 1.0) * _BAR)
            count = f" {line.done}/{line.items}" if line.items else ""
            elapsed = console.seconds_text(time.monotonic() - line.began)
            bar = "█" * full + "░" * (_BAR - full)
            rows.append(console.safe_text(f"running {step:<{self._width}} {line.provider:<11} {elapsed:>9}  {bar}{count} {line.text}"))
        return Text("\n".join(rows), overflow="ellipsis", no_wrap=True)
