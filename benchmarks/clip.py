"""A product clip of about 20 s at 1080x1920: from nothing cached, with its split by step, and once more; peak memory."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from benchmarks.measuring import AIGC, Figure, run

CACHED_GOAL_S, MEMORY_GOAL_MB = 1.5, 700

_TOP = Path(__file__).resolve().parent.parent
_INPUTS = ("--set", "product=Pikolo Espresso", "--set", "points=Single origin", "--set", "points=Roasted this week", "--set",
           "points=Ready in 30 seconds", "--set", "price=$3.50")  # fmt: skip


def measure(*, is_short: bool = False) -> list[Figure]:
    figures: list[Figure] = []
    colds, hots, peaks = [], [], []
    split: dict[str, list[float]] = {}
    for _ in range(1 if is_short else 3):
        with tempfile.TemporaryDirectory() as folder:
            env = {"AIGC_CACHE_DIR": f"{folder}/cache"}
            command = [*AIGC, "run", "product-clip", *_inputs(is_short), "--offline", "--json", "--out", f"{folder}/out"]
            cold = run(command, env=env, with_memory=True, cwd=_TOP)
            colds.append(cold.wall_s)
            peaks.append(cold.peak_mb)
            for step in json.loads(cold.out)["steps"]:
                split.setdefault(step["id"], []).append(step["seconds"])
            again = [run(command, env=env, cwd=_TOP) for _ in range(3)]
            if any(step["status"] == "ran" for step in json.loads(again[0].out)["steps"]):
                raise RuntimeError("the second run was not all cached")
            hots.append(statistics.median(each.wall_s for each in again))
    detail = ", ".join(f"{name} {statistics.median(seconds):.1f}" for name, seconds in split.items())
    figures.append(Figure("product clip, nothing cached", statistics.median(colds), "s", None, detail))
    figures.append(Figure("the same again, all cached", statistics.median(hots), "s", CACHED_GOAL_S, "median of 3 runs each", margin=1.5))
    figures.append(Figure("peak memory, all processes", max(peaks), "MB", MEMORY_GOAL_MB, "proportional set size", margin=1.0))
    return figures


def photo() -> Path | None:
    """The product's photo among the examples."""
    return next((path for name in ("coffee.png", "coffee.jpg") for path in sorted((_TOP / "examples").rglob(name))), None)


def _inputs(is_short: bool) -> list[str]:
    own = photo()
    return [*_INPUTS, *(("--set", f"photo={own}") if own else ()), "--set", f"length_s={12 if is_short else 20}"]
