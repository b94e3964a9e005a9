"""`aigc list`, `aigc show` and `aigc new`: the shipped workflows, and how to make one's own from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json, WorkflowName, complete_workflow


def list_(json_: Json = False) -> None:
    """List the workflows that are shipped."""
    from aigc_cli.cli import console
    from aigc_cli.engine.find import shipped
    from aigc_cli.workflow.load import load

    workflows = {name: load(path, name=path.name).workflow for name, path in shipped().items()}
    if json_:
        console.print_json(
            {"workflows": [{"name": name, "title": each.title, "description": each.description} for name, each in workflows.items()]}
        )
        return
    console.print_table(("name", "what it makes"), [(name, each.description or each.title) for name, each in workflows.items()])


def show(
    workflow: WorkflowName, yaml: Annotated[bool, typer.Option("--yaml", help="Print the file itself.")] = False, json_: Json = False
) -> None:
    """Show what a workflow takes, does and gives."""
    from aigc_cli.cli import console
    from aigc_cli.engine.find import find
    from aigc_cli.workflow.load import load

    path = find(workflow)
    loaded = load(path)
    if yaml:
        console.result(path.read_text(encoding="utf-8-sig").rstrip("\n"))
        return
    found = loaded.checked()
    inputs = [_input_facts(each) for each in found.inputs.values()]
    if json_:
        console.print_json(
            {
                "name": found.name,
                "title": found.title,
                "description": found.description,
                "file": str(path),
                "inputs": inputs,
                "steps": [{"id": step.id, "uses": step.uses} for step in found.steps.values()],
                "outputs": list(found.outputs),
                "profiles": list(found.profiles),
            }
        )
        return
    console.result(f"{found.title or found.name}: {found.description}".rstrip(": "))
    console.result("\nInputs")
    rows = []
    for each in inputs:
        default = "required" if each["required"] else _short(each["default"])
        rows.append((each["name"], each["type"], default, _describe(each)))
    console.print_table(("name", "type", "default", "what it is"), rows)
    console.result("\nSteps")
    console.print_table(("id", "uses"), [(step.id, step.uses) for step in found.steps.values()])
    console.result(f"\nOutputs: {', '.join(found.outputs) or '-'}")
    if found.profiles:
        console.result(f"Profiles: {', '.join(found.profiles)}")
    needed = " ".join(f"--set {each['name']}=..." for each in inputs if each["required"])
    console.result(f"\naigc run {workflow} {needed}".rstrip())


def _input_facts(declared: Any) -> dict[str, Any]:
    kind = " or ".join(declared.types) + (f" of {declared.items}" if declared.items else "")
    return {
        "name": declared.name,
        "type": kind,
        "required": declared.is_required,
        "default": None if declared.is_required else declared.default,
        "min": declared.min,
        "max": declared.max,
        "enum": list(declared.enum),
        "description": declared.description,
    }


def _describe(facts: dict[str, Any]) -> str:
    told = str(facts["description"])
    if facts["enum"]:
        told += f" ({', '.join(str(each) for each in facts['enum'])})"
    low, high = facts["min"], facts["max"]
    if low is not None or high is not None:
        bounds = f"at most {high:g}" if low is None else f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
        told += f" ({bounds})"
    return told.strip()


def _short(value: Any) -> str:
    import json

    return "-" if value is None or value in ("", []) else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    from_: Annotated[
        str, typer.Option("--from", metavar="NAME", help="The shipped workflow to start from.", autocompletion=complete_workflow)
    ] = "product-clip",
    json_: Json = False,
) -> None:
    """Copy a shipped workflow and its templates into a folder of your own. Nothing is ever overwritten."""
    from aigc_cli.cli import console
    from aigc_cli.engine.copying import copy_workflow

    files = copy_workflow(from_, folder)
    if json_:
        console.print_json({"files": [str(path.absolute()) for path in files]})
        return
    for path in files:
        console.result(path)
    console.say(f"change what you like, then: aigc run {files[0]}")
