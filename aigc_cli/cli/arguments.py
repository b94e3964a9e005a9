"""Arguments that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def complete_workflow(incomplete: str) -> list[str]:
    """Names of shipped workflows for the shell's completion."""
    from aigc_cli.engine.find import shipped

    return [name for name in shipped() if name.startswith(incomplete)]


def complete_profile(context: typer.Context, incomplete: str) -> list[str]:
    """Names of the profiles of the workflow that has been typed."""
    from aigc_cli.engine.find import find
    from aigc_cli.errors import AigcError
    from aigc_cli.workflow.load import load

    try:
        profiles = load(find(str(context.params.get("workflow")))).workflow.profiles
    except AigcError:
        return []
    return [name for name in profiles if name.startswith(incomplete)]


WorkflowName = Annotated[
    str, typer.Argument(metavar="WORKFLOW", help="A workflow file, or the name of a shipped workflow.", autocompletion=complete_workflow)
]
SetInputs = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Fill an input; repeat it to make a list.")]
InputsFile = Annotated[Path | None, typer.Option("--inputs", metavar="FILE", help="A YAML or JSON file with inputs.")]
Profile = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="A profile of the workflow, such as draft.", autocompletion=complete_profile)
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, max=2**53, help="Another seed gives other words and pictures.")]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]
Force = Annotated[list[str] | None, typer.Option("--force", metavar="STEP", help="Run this step again, cached or not.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Run everything again, and keep nothing for later.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
