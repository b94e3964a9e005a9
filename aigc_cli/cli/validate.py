"""`aigc validate`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json, complete_workflow


def validate(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Workflow files or names of shipped workflows; brands, scene templates and caption styles in a folder `templates`.",
            autocompletion=complete_workflow,
        ),
    ],
    json_: Json = False,
) -> None:
    """Check workflows, and what stands in `templates`: every mistake at once, with its place and its cure; run nothing.

    Exit code 2 when there is a mistake.
    """
    raise typer.Exit(check_files(files, is_json=json_))


def check_files(files: list[str], *, is_json: bool = False) -> int:
    """Tells every mistake in these files on stderr, or as one object on stdout. Returns the exit code."""
    from aigc_cli.cli import console
    from aigc_cli.engine.find import find
    from aigc_cli.engine.validity import problems_of
    from aigc_cli.errors import WorkflowError

    reports: list[dict[str, Any]] = []
    count = 0
    for named in files:
        try:
            path = find(named)
            problems = problems_of(path)
        except WorkflowError as error:
            count += 1
            reports.append(
                {"file": named, "problems": [{"line": 0, "column": 0, "path": "", "message": error.message, "hint": error.hint}]}
            )
            console.print_error(error)
            continue
        count += len(problems)
        reports.append(
            {
                "file": str(path),
                "problems": [
                    {
                        "file": each.file,
                        "line": each.line,
                        "column": each.column,
                        "path": each.path,
                        "message": each.message,
                        "hint": each.hint,
                    }
                    for each in problems
                ],
            }
        )
        for each in problems:
            console.say(each)
        if not problems:
            console.say(f"{path}: valid")
    if is_json:
        console.print_json({"status": "failed" if count else "ok", "count": count, "files": reports})
    elif count > 1:
        console.say(f"{count} mistakes")
    return 2 if count else 0
