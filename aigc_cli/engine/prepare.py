"""From what the user typed to a job: finds the workflow, checks it, fills its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aigc_cli import config
from aigc_cli.engine.check import require
from aigc_cli.engine.find import find
from aigc_cli.engine.job import Job, Options
from aigc_cli.engine.run import open_cache
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.inputs import resolve
from aigc_cli.workflow.load import load


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
    pairs = [_pair(text) for text in given]
    loaded = load(find(named))
    if loaded.problems:  # what is wrong with the form may hide what inputs there are
        require(loaded, profile=options.profile)
    inputs = resolve(loaded.workflow, pairs, inputs_file)
    workflow = require(loaded, inputs, profile=options.profile)
    return Job(workflow, inputs, options, open_cache(config.cache_dir()))


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise WorkflowError(f"`--set {text}` is not KEY=VALUE", "write for example `--set product=Kettle`")
    return name.strip(), value
