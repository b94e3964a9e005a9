"""`aigc run`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Force, InputsFile, Json, NoCache, Offline, Profile, Seed, SetInputs, WorkflowName


def run(  # noqa: PLR0917  # options of a command line
    workflow: WorkflowName,
    set_: SetInputs = None,
    inputs: InputsFile = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")] = Path("out"),
    profile: Profile = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=0, max=256, help="Steps side by side; 0 takes all cores.")] = 0,
    seed: Seed = None,
    offline: Offline = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when a result is less than what was asked for.")] = False,
    force: Force = None,
    no_cache: NoCache = False,
    max_cost: Annotated[
        float | None,
        typer.Option("--max-cost", metavar="AMOUNT", min=0, help="Stop before a call that could make the run cost more, as in 0.50."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    json_: Json = False,
) -> None:
    """Make a clip: run a workflow, and print the paths of the files.

    Progress goes to stderr, the result to stdout. What is cached is not run again.
    """
    from aigc_cli import prices
    from aigc_cli.cli import console
    from aigc_cli.cli.progress import Display
    from aigc_cli.engine.job import Options
    from aigc_cli.engine.prepare import prepare
    from aigc_cli.engine.result import json_object
    from aigc_cli.engine.run import run as run_job

    options = Options(
        profile=profile,
        seed=seed,
        is_offline=offline,
        is_strict=strict,
        force=tuple(force or ()),
        no_cache=no_cache,
        jobs=jobs,
        max_cost=max_cost,
    )
    job = prepare(workflow, set_ or [], inputs, options)
    width = max((len(name) for name in job.order), default=8)
    with stoppable(), Display(is_quiet=quiet, width=width) as display:
        result = run_job(job, _absolute(out), display.take)
    if json_:
        console.print_json(json_object(result))
    else:
        for path in result.files:
            console.result(out / path.name)
    if result.error is not None:
        console.print_error(result.error)
    elif not quiet:
        ran = sum(step.status == "ran" for step in result.steps)
        cached = sum(step.status == "cached" for step in result.steps)
        paid = f", cost {prices.amount_text(result.cost, result.currency)}" if result.cost else ""
        told = " with less than was asked for, see above" if result.status == "degraded" else ""
        console.say(f"{job.workflow.name}: {ran} ran, {cached} cached, {console.seconds_text(result.seconds)}{paid}{told}")
    raise typer.Exit(result.exit_code)


def _absolute(out: Path) -> Path:
    try:
        return out.absolute()
    except FileNotFoundError as error:
        from aigc_cli.errors import StorageError

        raise StorageError("the folder you are in is no longer there", "change to another, or name a whole path with `--out`") from error


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Lets a request to end stop a run as cleanly as Ctrl-C does."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread: whoever runs us deals with signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
