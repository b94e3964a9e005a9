"""Runs commands and measures them: wall time, processor time, memory of the whole tree of processes; medians; a table."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

AIGC = (sys.executable, "-m", "aigc_cli")
MARGIN = 1.10
"""`--check` fails when a figure passes its goal by more than this: machines that others share are not quiet."""


@dataclass(frozen=True)
class Figure:
    """One measured number. `goal` is what it may at most be; None for a number that is only told."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    detail: str = ""
    margin: float = MARGIN

    @property
    def is_within(self) -> bool:
        return self.goal is None or self.value <= self.goal * self.margin

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        return "yes" if self.value <= self.goal else "within the margin" if self.is_within else "NO"


@dataclass
class Run:
    """What a command took and said."""

    code: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    out: str
    err: str
    seen: int = field(default=0)


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, with_memory: bool = False, cwd: Path | None = None) -> Run:
    """Runs a command to its end. Raises RuntimeError with its words when it fails."""
    before = os.times()
    start = time.perf_counter()
    with subprocess.Popen(
        list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}, cwd=cwd
    ) as process:
        watch = _Watch(process.pid) if with_memory else None
        out, err = process.communicate()
        if watch is not None:
            watch.stop()
    wall = time.perf_counter() - start
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}\n{err}\n{out}")
    return Run(process.returncode, wall, cpu, watch.peak_mb if watch else 0.0, out, err, watch.samples if watch else 0)


class _Watch:
    """Samples the memory of a process and all below it, ten times a second: proportional set size, shared pages counted once."""

    def __init__(self, root: int) -> None:
        self.peak_mb, self.samples = 0.0, 0
        self._root = root
        self._known = {root}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self._known |= _below(self._known)
            self.peak_mb = max(self.peak_mb, sum(_memory_mb(pid) for pid in self._known))
            self.samples += 1


def _below(roots: set[int]) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found & (set(parents) | roots)


def _memory_mb(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def own_peak_mb() -> float:
    """The most memory this process has held since it began, in MB.

    Not from `getrusage`: there, a process inherits the peak of the one that started it.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def paired(first: Callable[[], float], second: Callable[[], float], rounds: int) -> tuple[float, list[float]]:
    """The median of first / second over `rounds`, measured in turn so that a busy machine slows both; and every ratio.

    One round before them warms the disk cache and is not counted. Every other round begins with the second.
    """
    ratios = []
    for number in range(rounds + 1):
        if number % 2:
            below = second()
            above = first()
        else:
            above = first()
            below = second()
        if number or rounds == 0:
            ratios.append(above / below)
    return statistics.median(ratios), ratios


def spread(values: Sequence[float]) -> str:
    """All values in short, for the last column."""
    shown = [f"{value:.2f}" for value in sorted(values)]
    return " ".join(shown if len(shown) <= 5 else [shown[0], "..", shown[-1]]) + f" ({len(shown)} rounds)"


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table."""
    rows = [("what", "measured", "goal", "held", "detail")]
    for each in figures:
        goal = "" if each.goal is None else f"<= {each.goal:g}"
        rows.append((each.name, f"{each.value:.2f} {each.unit}".strip(), goal, each.verdict, each.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
