"""`aigc schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file instead of stdout.")] = None,
) -> None:
    """Print the JSON Schema of the workflow language: editors complete and check workflows by it.

    Put `# yaml-language-server: $schema=./aigc.schema.json` on the first line of a workflow beside the file.
    """
    import sys

    from aigc_cli.artifacts import write_atomic
    from aigc_cli.cli import console
    from aigc_cli.engine.catalogue import schema_text

    text = schema_text()
    if out is None:
        sys.stdout.write(text)
        return
    write_atomic(out, text.encode())
    console.result(out)
