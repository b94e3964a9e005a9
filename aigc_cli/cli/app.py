"""The `aigc` command: which commands there are, and the one place where errors become words and exit codes.

Commands are imported when they are called, so that `aigc --help` costs little more than Typer itself.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

_COMMANDS = {
    "run": "Make a clip: run a workflow, and print the paths of the files.",
    "preview": "Show what a clip would look like: any frame, a contact sheet, or a half-size draft, without a full render.",
    "render": "Render a timeline by itself: change it by hand, and only the shots that changed are drawn again.",
    "export": "Hand a clip to an editor's program: OpenTimelineIO, or Final Cut Pro's XML.",
    "plan": "Say what would run, what is cached, and why; run nothing.",
    "validate": "Check workflows, and what stands in `templates`: every mistake at once, with its place and its cure.",
    "list": "List the workflows that are shipped.",
    "show": "Show what a workflow takes, does and gives.",
    "new": "Copy a shipped workflow and its templates into a folder of your own.",
    "schema": "Print the JSON Schema of the workflow language, for editors.",
    "runs": "List earlier runs, or show one.",
    "costs": "Tell what servers were paid, by month, server and model.",
    "cache": "See and clean the cache.",
    "providers": "List who can do what, their options, and their voices.",
    "voices": "List the voices, hear one, or make a page of samples.",
    "models": "Get, look at, check and remove models on this machine.",
    "doctor": "Check that this machine has all that is needed.",
}
_WELCOME = """\
aigc turns a few words into a finished clip: script, narration, pictures, captions and music.

  aigc run product-clip --set product="Aero Kettle" --set points="Boils in a minute" --set points="Keeps warm"
  aigc list            what else there is
  aigc show NAME       what a workflow takes

`aigc --help` lists all commands, `aigc doctor` checks this machine.
"""


class _LazyGroup(TyperGroup):
    """Knows names and help lines at once, and imports a command when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All commands, in the order of use."""
        return list(_COMMANDS)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is called, imported now."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, _load(str(name)), rest


def _load(name: str) -> Any:
    module = importlib.import_module(f"aigc_cli.cli.{name if name not in ('list', 'show', 'new') else 'library'}")
    group = getattr(module, "app", None)
    if group is None:
        group = typer.Typer(add_completion=False)
        function = getattr(module, "list_" if name == "list" else name)
        group.command(name, help=function.__doc__ or _COMMANDS[name])(function)
    command = typer.main.get_command(group)
    command.name = name
    return command


app = typer.Typer(
    cls=_LazyGroup,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    help="Turns a declarative YAML workflow into a finished clip.",
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        from aigc_cli import __version__

        sys.stdout.write(f"aigc {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)] = False,
) -> None:
    if context.invoked_subcommand is None:
        sys.stdout.write(_WELCOME)


def _command() -> Any:
    command: Any = typer.main.get_command(app)
    command.commands = {name: TyperCommand(name, help=text) for name, text in _COMMANDS.items()}
    return command


def main(args: list[str] | None = None) -> None:
    """Runs the command line and exits with its code."""
    sys.exit(call(sys.argv[1:] if args is None else args))


def call(args: list[str]) -> int:
    """Runs the command line. Returns the exit code; every error has been told by then."""
    from aigc_cli.cli import console
    from aigc_cli.errors import AigcError, WorkflowError

    json_of = args[0] if args and "--json" in args else None
    console.open_streams()
    try:
        code = _dispatch(args)
        console.finish()
    except AigcError as error:
        return _fail(error, json_of=json_of)
    except typer.Abort:
        return 130
    except console.ReaderGone:
        return 128 + 13  # as a shell tells it of every other tool: ended by SIGPIPE
    except Exception as error:
        if hasattr(error, "format_message"):  # Typer's mistakes on the command line; their common class is private to it
            context = getattr(error, "ctx", None)
            hint = f"`{context.command_path} --help` shows how" if context is not None else "`aigc --help` shows how"
            return _fail(WorkflowError(_lower(error.format_message()), hint), json_of=json_of)
        if os.environ.get("AIGC_DEBUG"):
            raise
        text = f"unexpected {type(error).__name__}: {error}".replace("\n", " ")
        return _fail(AigcError(text, "this is a bug; set AIGC_DEBUG=1 to see where, and report it"), json_of=json_of)
    return code if isinstance(code, int) else 0


def _dispatch(args: list[str]) -> Any:
    if args[:1] == ["validate"] and args[1:] and not any(arg.startswith("-") for arg in args):
        # Editors and hooks check at every save: without options, Typer's parser (it loads pydantic) would cost more than the check.
        from aigc_cli.cli.validate import check_files

        return check_files(args[1:])
    return _command()(args, prog_name="aigc", standalone_mode=False)


def _lower(message: str) -> str:
    text = message.strip().rstrip(".").replace("'", "`")
    return text[:1].lower() + text[1:]


def _fail(error: Any, *, json_of: str | None) -> int:
    from aigc_cli.cli import console
    from aigc_cli.errors import StorageError

    with contextlib.suppress(console.ReaderGone, StorageError):  # the complaint may be about stdout itself
        _print_failure(error, json_of)
    console.print_error(error)
    return int(error.exit_code)


def _print_failure(error: Any, json_of: str | None) -> None:
    from aigc_cli.cli import console

    if json_of == "run":  # the same fields whether it came to a run or not
        from aigc_cli.engine.result import RunResult, json_object

        console.print_json(json_object(RunResult(workflow=error.workflow, error=error)))
    elif json_of is not None:
        console.print_json({"status": "failed", "error": {"message": error.message, "hint": error.hint, "code": error.exit_code}})
    console.finish()
