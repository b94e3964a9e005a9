"""`python -m benchmarks [NAME...] [--short] [--check] [--json FILE]`: measures, prints a table, and can say no."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.measuring import Figure, table

NAMES = {
    "start": "`--help` against a bare program that prints as much, `validate` against `--version`",
    "install": "size of a default installation on disk",
    "clip": "a product clip from nothing cached, and again; peak memory",
    "render": "processor time of the render step over the encoder alone on the same frames",
    "edit": "one caption changed in a minute of twelve scenes, over the whole clip",
    "job": "a news clip of moving photos over the encoder alone; peak memory",
    "memory": "peak memory of 90 seconds over that of fifteen",
    "sync": "how far sound and pictures are apart after ten minutes of 120 joined scenes",
    "sound": "music and mixing over real time",
    "speech": "narration over real time, its memory, and caption words against the sound of a finished file",
}
ON_DEMAND = {
    "listening": "what a recogniser hears of forty sentences per language (extra `asr`); only when it is named",
    "long": "peak memory of ten minutes over that of fifteen seconds; only when it is named",
    "moviepy": "the same news clip over MoviePy's ordinary way (extra `moviepy`); only when it is named",
    "diffusion": "pictures and films through the provider over diffusers, drawing in one go, loads; tiny models (needs `make test-models`)",
    "models": "words, translations and music through the provider over transformers, tiny models (needs `make test-models`)",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures what the README claims.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="; ".join(f"{name}: {text}" for name, text in {**NAMES, **ON_DEMAND}.items())
    )
    parser.add_argument("--short", action="store_true", help="shorter clips and fewer rounds, for continuous integration")
    parser.add_argument("--check", action="store_true", help="exit 1 when a figure passes its goal by more than its margin")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON too")
    options = parser.parse_args()
    every = {**NAMES, **ON_DEMAND}
    unknown = [name for name in options.names if name not in every]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(every)}")
    figures: list[Figure] = []
    for name in options.names or NAMES:
        print(f"{name}: {every[name]}", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"benchmarks.{name}").measure(is_short=options.short)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    print(table(figures))
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")
    missed = [each.name for each in figures if not each.is_within]
    if missed:
        print(f"\nmissed: {', '.join(missed)}", file=sys.stderr)
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
