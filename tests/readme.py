"""Writes the generated parts of the README: the list of commands, from the command's own help.

`python -m tests.readme` rewrites them; a test fails when they are stale.
"""

from __future__ import annotations

import re
from pathlib import Path

from aigc_cli.cli import app

README = Path(__file__).resolve().parents[1] / "README.md"
_BLOCK = re.compile(r"(<!-- help: .*? -->\n).*?(<!-- /help -->)", re.S)


def commands() -> str:
    """A table of all commands with their one line of help, in the order of `aigc --help`."""
    rows = []
    for name, text in app._COMMANDS.items():
        inner = getattr(app._load(name), "commands", None)
        rows.append(("|".join((f"{name} ", *inner)).replace(" |", " ") if inner else name, text))
    return "\n".join(
        ["| command | what it does |", "|---|---|", *(f"| `aigc {name.replace('|', chr(92) + '|')}` | {text} |" for name, text in rows)]
    )


def _escaped(name: str) -> str:
    return name.replace("|", chr(92) + "|")  # a bar ends a cell


def fresh() -> str:
    """The README as it should be."""
    return _BLOCK.sub(lambda match: f"{match[1]}{commands()}\n{match[2]}", README.read_text(encoding="utf-8"))


if __name__ == "__main__":
    README.write_text(fresh(), encoding="utf-8")
