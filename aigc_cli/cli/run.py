"""`aigc run`."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aigc_cli.cli.arguments import Force, InputsFile, Json, NoCache, Offline, Profile, Seed, SetInputs, WorkflowName
from aigc_cli.errors import WorkflowError

if TYPE_CHECKING:
    from aigc_cli.engine.job import Job, Options
    from aigc_cli.engine.result import RunResult
    from aigc_cli.engine.rows import Row


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
    rows: Annotated[
        Path | None,
        typer.Option("--rows", metavar="FILE", help="A clip for each row of a CSV, JSON or YAML file: its columns fill the inputs."),
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="With --rows: stop at the first row that fails.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    json_: Json = False,
) -> None:
    """Make a clip: run a workflow, and print the paths of the files.

    Progress goes to stderr, the result to stdout. What is cached is not run again.
    """
    from aigc_cli.engine.job import Options

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
    if rows is None and fail_fast:
        raise WorkflowError("`--fail-fast` is for `--rows`: a single run always stops at what fails", "leave it out")
    given = set_ or []
    if rows is None:
        raise typer.Exit(_run_one(workflow, given, inputs, options, out=out, is_quiet=quiet, is_json=json_))
    raise typer.Exit(_run_rows(workflow, given, inputs, options, rows, fails_fast=fail_fast, out=out, is_quiet=quiet, is_json=json_))


def _run_one(workflow: str, given: list[str], inputs: Path | None, options: Options, *, out: Path, is_quiet: bool, is_json: bool) -> int:
    from aigc_cli.cli import console
    from aigc_cli.cli.progress import Display
    from aigc_cli.engine.prepare import prepare
    from aigc_cli.engine.result import json_object
    from aigc_cli.engine.run import run as run_job

    job = prepare(workflow, given, inputs, options)
    with stoppable(), Display(is_quiet=is_quiet, width=_width(job)) as display:
        result = run_job(job, _absolute(out), display.take)
    if is_json:
        console.print_json(json_object(result))
    else:
        for path in result.files:
            console.result(out / path.name)
    _tell(job.workflow.name, result, is_quiet)
    return result.exit_code


def _run_rows(
    workflow: str,
    given: list[str],
    inputs: Path | None,
    options: Options,
    rows: Path,
    *,
    fails_fast: bool,
    out: Path,
    is_quiet: bool,
    is_json: bool,
) -> int:
    from aigc_cli.cli import console
    from aigc_cli.cli.progress import Display
    from aigc_cli.engine.batch import run_rows
    from aigc_cli.engine.prepare import prepare_rows
    from aigc_cli.engine.result import json_rows

    jobs = prepare_rows(workflow, given, inputs, rows, options)
    ended = []

    def begin(number: int, row: Row) -> None:
        if not is_quiet:
            console.say(f"[{number + 1}/{len(jobs)}] {row.name}")

    with stoppable(), Display(is_quiet=is_quiet, width=_width(jobs[0][1])) as display:
        for row, result in run_rows(jobs, _absolute(out), begin, display.take, fails_fast=fails_fast):
            ended.append((row, result))
            if not is_json:
                for path in result.files:
                    console.result(out / row.name / path.name)
            _tell(row.name, result, is_quiet)
    failed = [result for _, result in ended if result.error is not None]
    if is_json:
        console.print_json(json_rows(jobs[0][1].workflow.name, ended, len(jobs)))
    if not is_quiet:
        left = f", {len(jobs) - len(ended)} not begun" if len(jobs) > len(ended) else ""
        console.say(f"{len(jobs)} rows: {len(ended) - len(failed)} made, {len(failed)} failed{left}")
    return failed[-1 if ended[-1][1].status == "interrupted" else 0].exit_code if failed else 0


def _width(job: Job) -> int:
    return max((len(name) for name in job.order), default=8)


def _tell(name: str, result: RunResult, is_quiet: bool) -> None:
    from aigc_cli import prices
    from aigc_cli.cli import console

    if result.error is not None:
        console.print_error(result.error)
    elif not is_quiet:
        ran = sum(step.status == "ran" for step in result.steps)
        cached = sum(step.status == "cached" for step in result.steps)
        paid = f", cost {prices.amount_text(result.cost, result.currency)}" if result.cost else ""
        told = " with less than was asked for, see above" if result.status == "degraded" else ""
        console.say(f"{name}: {ran} ran, {cached} cached, {console.seconds_text(result.seconds)}{paid}{told}")


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
