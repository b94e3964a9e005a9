"""`aigc runs`: earlier runs."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json

app = typer.Typer(add_completion=False, invoke_without_command=True, help="List earlier runs, or show one.")


@app.callback()
def _root(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_()


@app.command("list")
def list_(limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=500, help="How many at most.")] = 20, json_: Json = False) -> None:
    """List the last runs, newest first."""
    from aigc_cli.cli import console

    runs = _journal().runs(limit)
    if json_:
        console.print_json({"runs": [_facts(run) for run in runs]})
        return
    if not runs:
        console.say("there are no runs yet; `aigc run product-clip` makes one")
        return
    rows = [(run.id, run.workflow, run.status, _when(run.started), console.seconds_text(run.seconds), run.error or "") for run in runs]
    console.print_table(("run", "workflow", "status", "started", "took", "error"), rows)


@app.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")] = "last", json_: Json = False
) -> None:
    """Show a run: its steps, what it told, what it cost, its outputs."""
    from aigc_cli.cli import console
    from aigc_cli.errors import WorkflowError

    journal = _journal()
    found = journal.find(run)
    if len(found) != 1:
        message = f"there is no run `{run}`" if not found else f"`{run}` begins the id of {len(found)} runs"
        raise WorkflowError(message, "`aigc runs list` shows their ids")
    only = found[0]
    steps, outputs, payments, notes = journal.steps(only.id), journal.outputs(only.id), journal.payments(only.id), journal.notes(only.id)
    if json_:
        rows = [vars(step) for step in steps]
        paid = [{**vars(each), "units": dict(each.units)} for each in payments]
        told = [{"step": step, "text": text, "is_downgrade": is_downgrade} for step, text, is_downgrade in notes]
        console.print_json({**_facts(only), "steps": rows, "notes": told, "outputs": outputs, "payments": paid})
        return
    console.result(f"{only.id}  {only.workflow}  {only.status}  {_when(only.started)}  {console.seconds_text(only.seconds)}")
    if only.error:
        console.result(f"error: {only.error}")
    console.print_table(
        ("status", "step", "kind", "provider", "took", "why"),
        [(step.status, step.step, step.kind, step.provider or "-", console.seconds_text(step.seconds), step.reason) for step in steps],
    )
    for step, text, is_downgrade in notes:
        console.result(f"{'downgrade' if is_downgrade else 'note'}: {step}: {text}")
    _show_payments(payments)
    for name, value in outputs.items():
        paths = value if isinstance(value, list) and all(isinstance(each, str) for each in value) else [value]
        for path in paths:
            if isinstance(path, str):
                console.result(f"{name}: {path}")


def _show_payments(payments: list[Any]) -> None:
    from aigc_cli import prices
    from aigc_cli.cli import console

    if not payments:
        return
    rows = []
    for each in payments:
        units = ", ".join(f"{count:g} {unit.replace('_', ' ')}" for unit, count in sorted(each.units.items()))
        amount = "?" if each.amount is None else prices.amount_text(each.amount, each.currency)
        rows.append((amount, each.step if each.item is None else f"{each.step}[{each.item}]", each.provider, each.model, units))
    console.print_table(("cost", "step", "provider", "model", "for"), rows)
    total = sum(each.amount for each in payments if each.amount is not None)
    unknown = " and what no price list knows" if any(each.amount is None for each in payments) else ""
    console.result(f"cost in all: {prices.amount_text(total, payments[0].currency)}{unknown}")


def _journal() -> Any:
    from aigc_cli import config
    from aigc_cli.engine.journal import Journal

    return Journal(config.cache_dir())


def _facts(run: Any) -> dict[str, Any]:
    return {
        "run": run.id,
        "workflow": run.workflow,
        "file": run.file,
        "status": run.status,
        "started": run.started,
        "seconds": run.seconds,
        "out": run.out,
        "error": None if run.error is None else {"message": run.error, "hint": run.hint, "code": run.code},
    }


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
