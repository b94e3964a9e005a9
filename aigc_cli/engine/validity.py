"""The problems of a workflow file."""

from __future__ import annotations

from pathlib import Path

from aigc_cli.workflow.problems import Problem


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Every problem of the file. Raises WorkflowError when it cannot be read."""
    from aigc_cli.engine.check import check
    from aigc_cli.workflow.load import load

    return check(load(path))
