"""`aigc models`: get models and remove them; what they are, how large, under which licence, and whether they are whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json, Offline

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Get, look at, check and remove models on this machine.")

Named = Annotated[str, typer.Argument(metavar="MODEL", help="A model's folder, or the id of one that was got, such as owner/name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

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
def pull(  # noqa: PLR0917  # options of a command line
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Its id on the hub, such as owner/name.")],
    revision: Annotated[str, typer.Option("--revision", metavar="REV", help="A commit, a branch or a tag.")] = "main",
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PATTERN", help="Only files like this, such as '*Q4_K_M.gguf'.")
    ] = None,
    variant: Annotated[str, typer.Option("--variant", metavar="NAME", help="Smaller weights where there are such, as fp16.")] = "",
    yes: Yes = False,
    offline: Offline = False,
    json_: Json = False,
) -> None:
    """Get a model: its size and licence are told first, what was cut off goes on, and every file's checksum is compared."""
    from aigc_cli.cli import console
    from aigc_cli.engine.models import look
    from aigc_cli.errors import Refused
    from aigc_cli.models import hub

    if offline:
        raise Refused("`--offline` never touches the network, and getting a model does", "leave out `--offline`")
    listing = hub.look_up(model, revision, only=tuple(only or ()), variant=variant)
    console.say(f"{listing.model} at {listing.revision}")
    console.say(f"licence: {listing.licence or 'not stated: ask its makers before you use it'}")
    console.say(
        f"size: {console.size_text(listing.size)} in {len(listing.files)} files, {console.size_text(listing.missing)} still to come"
    )
    hub.must_have_room(listing)
    _must_agree("Get it?", yes=yes or not listing.missing)
    is_terminal = console.is_terminal(sys.stderr)

    def told(file: Any) -> None:
        if not is_terminal:
            console.say(f"{console.size_text(file.size):>9}  {file.name}")

    folder = hub.pull(listing, told, shows_bars=is_terminal)
    if json_:
        console.print_json({**_facts(look(folder)), "licence": listing.licence})
    else:
        console.result(folder)
        console.say(f"to use it: `model: {listing.model}` and `revision: {listing.revision}`")


@app.command()
def remove(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Its id, such as owner/name.")],
    revision: Annotated[str, typer.Option("--revision", metavar="COMMIT", help="Only this commit of it.")] = "",
    yes: Yes = False,
    json_: Json = False,
) -> None:
    """Remove a model that was got, and tell how much room that makes. Folders of your own are never touched."""
    from aigc_cli.cli import console
    from aigc_cli.models import shelf

    shelf.must_be_here(model, revision)
    _must_agree(f"Remove {model}{f' at {revision}' if revision else ''}?", yes=yes)
    freed = shelf.remove(model, revision)
    if json_:
        console.print_json({"model": model, "revision": revision or None, "freed": freed})
    else:
        console.result(f"{console.size_text(freed)} free")


@app.command()
def show(model: Named, json_: Json = False) -> None:
    """Show a model: kind, size, licence, the digest that cache keys carry, and the line that uses it."""
    from aigc_cli.cli import console
    from aigc_cli.engine.models import look, place

    each = look(place(model))
    if json_:
        console.print_json(_facts(each))
        return
    for name, value in _facts(each).items():
        text = "; ".join(value) if isinstance(value, list) else console.size_text(value) if name == "size" else value
        console.result(f"{name}: {text if text != '' else '-'}")
    if not each.problems:
        named = f'model = "{each.name}" and revision = "{each.revision}"' if each.revision else f'model = "{each.path}"'
        console.say(f'to use it, below `[text]` in your settings: provider = "transformers" and {named}')


@app.command()
def check(
    models: Annotated[list[str] | None, typer.Argument(metavar="MODEL", help="Folders or ids; all that were got by default.")] = None,
    json_: Json = False,
) -> None:
    """Check models: weights whole, checksums as they were, nothing that could run code. Exit code 3 when something is wrong."""
    from aigc_cli.cli import console
    from aigc_cli.engine.models import find, look, place
    from aigc_cli.errors import MissingModel

    found = [look(place(model)) for model in models] if models else [look(each.path) for each in find([])]
    if json_:
        console.print_json({"models": [_facts(each) for each in found]})
    else:
        console.print_table(("model", "state"), [(each.path, "; ".join(each.problems) or "whole") for each in found])
    bad = [each for each in found if each.problems]
    if bad:
        raise MissingModel(f"{bad[0].path}: {bad[0].problems[0]}", "get it again, or convert it to safetensors")


def _must_agree(question: str, *, yes: bool) -> None:
    """Asks, where somebody can answer. Raises WorkflowError where nobody can."""
    from aigc_cli.cli import console
    from aigc_cli.errors import WorkflowError

    if yes:
        return
    if not (console.is_terminal(sys.stdin) and console.is_terminal(sys.stderr)):
        raise WorkflowError("nobody is here to agree", "say so with `--yes`")
    typer.confirm(question, abort=True, err=True)


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
