"""How fast the command line answers: `--help` over a bare Typer and Rich program, `validate` over `--version`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import AIGC, Figure, paired, run, spread

HELP_GOAL, VALIDATE_GOAL = 1.3, 1.5

_BARE = """\
import rich, typer
from typing import Annotated
app = typer.Typer(pretty_exceptions_enable=False, help="Turns a declarative YAML workflow into a finished clip.")

@app.callback()
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None: ...

{commands}

if __name__ == "__main__":
    app()
"""


def measure(*, is_short: bool = False) -> list[Figure]:
    rounds = 7 if is_short else 21
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        helped = subprocess.run([*AIGC, "--help"], capture_output=True, text=True, check=True).stdout
        bare.write_text(_BARE.format(commands=_commands()))
        plain = subprocess.run([sys.executable, bare, "--help"], capture_output=True, text=True, check=True).stdout
        if abs(len(plain.splitlines()) - len(helped.splitlines())) > 3:
            raise RuntimeError("the bare program does not print as much")
        ratio, ratios = paired(lambda: _wall(*AIGC, "--help"), lambda: _wall(sys.executable, str(bare), "--help"), rounds)
        workflow = Path(__file__).with_name("sixty.yaml")
        validated, others = paired(lambda: _wall(*AIGC, "validate", str(workflow)), lambda: _wall(*AIGC, "--version"), rounds)
    return [
        Figure("`--help` over a bare Typer and Rich program", ratio, "times", HELP_GOAL, spread(ratios)),
        Figure("`validate` of 60 lines over `--version`", validated, "times", VALIDATE_GOAL, spread(others)),
    ]


def _wall(*command: str) -> float:
    return run(command).wall_s


def _commands() -> str:
    """A command for each of ours, with our words, that does nothing."""
    from typer.main import get_command

    from aigc_cli.cli.app import app

    names = get_command(app).list_commands(None) if hasattr(get_command(app), "list_commands") else []
    from aigc_cli.cli import app as module

    texts = getattr(module, "_COMMANDS", {})
    return "\n".join(
        f"@app.command({name!r}, help={texts.get(name, name)!r})\ndef _{number}() -> None: ...\n" for number, name in enumerate(names)
    )
