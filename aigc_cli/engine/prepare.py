"""From what the user typed to a job: finds the workflow, checks it, fills its inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aigc_cli import config
from aigc_cli.engine.check import require
from aigc_cli.engine.find import find
from aigc_cli.engine.job import Job, Options
from aigc_cli.engine.rows import Row, read_rows
from aigc_cli.engine.run import open_cache
from aigc_cli.errors import AigcError, WorkflowError
from aigc_cli.workflow.inputs import all_of, resolve
from aigc_cli.workflow.load import Loaded, load

_SHOWN = 20


def prepare(named: str, given: Sequence[str], inputs_file: Path | None, options: Options) -> Job:
    """The job for a workflow, by path or name.

    Args:
        named: a path, or the name of a shipped workflow.
        given: `KEY=VALUE` texts; a repeated key makes a list.
        inputs_file: a YAML or JSON file with inputs.
        options: how to run it.

    Raises:
        WorkflowError: with every mistake in the workflow and in its inputs.
    """
    with _of(named):
        pairs = [_pair(text) for text in given]
        return _job(_load(named, options), pairs, inputs_file, options)


def prepare_rows(named: str, given: Sequence[str], inputs_file: Path | None, rows_file: Path, options: Options) -> list[tuple[Row, Job]]:
    """One job for each row of a file: all are checked before the first begins, so that the last row's slip costs nothing.

    Values count in this order, the later wins: the workflow's defaults, `inputs_file`, the row, `given`.

    Raises:
        WorkflowError: with every mistake in every row.
    """
    with _of(named):
        return _jobs(_load(named, options), [_pair(text) for text in given], inputs_file, rows_file, options)


@contextlib.contextmanager
def _of(named: str) -> Iterator[None]:
    """Lets an error say which workflow it is about, for those who read `--json`."""
    try:
        yield
    except AigcError as error:
        error.workflow = Path(named).stem
        raise


def _jobs(
    loaded: Loaded, pairs: Sequence[tuple[str, str]], inputs_file: Path | None, rows_file: Path, options: Options
) -> list[tuple[Row, Job]]:
    jobs: list[tuple[Row, Job]] = []
    problems: list[WorkflowError] = []
    for row in read_rows(rows_file, loaded.workflow):
        try:
            jobs.append((row, _job(loaded, pairs, inputs_file, options, row.fill(loaded.workflow))))
        except WorkflowError as error:
            problems.append(WorkflowError(f"{row.place}: {error.message}", error.hint))
    if problems:
        shown = problems[:_SHOWN]
        more = f", the first {_SHOWN} are" if len(problems) > _SHOWN else ""
        raise shown[0] if len(problems) == 1 else all_of(f"{len(problems)} rows of `{rows_file}` are wrong{more}", shown)
    return jobs


def _load(named: str, options: Options) -> Loaded:
    loaded = load(find(named))
    if loaded.problems:  # what is wrong with the form may hide what inputs there are
        require(loaded, profile=options.profile)
    return loaded


def _job(
    loaded: Loaded, pairs: Sequence[tuple[str, str]], inputs_file: Path | None, options: Options, values: Mapping[str, Any] | None = None
) -> Job:
    inputs = resolve(loaded.workflow, pairs, inputs_file, values=values)
    workflow = require(loaded, inputs, profile=options.profile)
    return Job(workflow, inputs, options, open_cache(config.cache_dir()))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise WorkflowError(f"`--set {text}` is not KEY=VALUE", "write for example `--set product=Kettle`")
    return name.strip(), value
