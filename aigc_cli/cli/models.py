"""`aigc models`: models on this machine, by folder: what they are, how large, under which licence, and whether they are whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Look at models on this machine: what they are, and whether they are whole."
)

Places = Annotated[
    list[Path] | None, typer.Argument(metavar="FOLDER", help="Folders of models, or folders that hold such; by default the hub's cache.")
]


@app.command("list")
def list_(folders: Places = None, json_: Json = False) -> None:
    """List the models below some folders: kind, size, licence, revision."""
    from aigc_cli.cli import console
    from aigc_cli.engine.models import find

    found = find([path.absolute() for path in folders or []])
    if json_:
        console.print_json({"models": [_facts(each) for each in found]})
        return
    if not found:
        console.say("there are no models here; name a folder that holds some")
        return
    rows = [
        (
            each.name,
            each.kind or "-",
            console.size_text(each.size),
            each.licence or "not stated",
            each.revision[:12] or "-",
            "; ".join(each.problems),
        )
        for each in found
    ]
    console.print_table(("model", "kind", "size", "licence", "revision", "problems"), rows)


@app.command()
def show(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A model's folder.")], json_: Json = False) -> None:
    """Show a model: kind, size, licence, the digest that cache keys carry, and the line that uses it."""
    from aigc_cli.cli import console
    from aigc_cli.engine.models import look

    each = look(folder.absolute())
    if json_:
        console.print_json(_facts(each))
        return
    for name, value in _facts(each).items():
        text = "; ".join(value) if isinstance(value, list) else console.size_text(value) if name == "size" else value
        console.result(f"{name}: {text if text != '' else '-'}")
    if not each.problems:
        console.say(f'to use it, below `[text]` in your settings: provider = "transformers" and model = "{each.path}"')


@app.command()
def check(folders: Annotated[list[Path], typer.Argument(metavar="FOLDER", help="Folders of models.")], json_: Json = False) -> None:
    """Check models: weights whole, nothing missing, nothing that could run code. Exit code 3 when something is wrong."""
    from aigc_cli.cli import console
    from aigc_cli.engine.models import look
    from aigc_cli.errors import MissingModel

    found = [look(folder.absolute()) for folder in folders]
    if json_:
        console.print_json({"models": [_facts(each) for each in found]})
    else:
        console.print_table(("model", "state"), [(each.path, "; ".join(each.problems) or "whole") for each in found])
    bad = [each for each in found if each.problems]
    if bad:
        raise MissingModel(f"{bad[0].path}: {bad[0].problems[0]}", "get it again, or convert it to safetensors")


def _facts(each: Any) -> dict[str, Any]:
    return {
        "name": each.name,
        "path": str(each.path),
        "kind": each.kind,
        "size": each.size,
        "files": each.files,
        "licence": each.licence,
        "revision": each.revision,
        "digest": each.digest,
        "problems": list(each.problems),
    }
