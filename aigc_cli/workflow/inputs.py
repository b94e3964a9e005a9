"""The values of a workflow's inputs: from the command line, from a file, from their defaults, all checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.model import Workflow
from aigc_cli.workflow.paths import confine
from aigc_cli.workflow.problems import nearest, shorten
from aigc_cli.workflow.reading import Unreadable, read
from aigc_cli.workflow.values import FileInput, Find, check, from_text

__all__ = ["FileInput", "read_values", "resolve", "resolve_defaults"]


def read_values(path: Path) -> dict[str, Any]:
    """The mapping in an inputs file, YAML or JSON. Raises WorkflowError when it cannot be read or is no mapping."""
    value = read_value(path, "inputs file", "check `--inputs`")
    if not isinstance(value, dict):
        raise WorkflowError(f"the inputs file `{path}` is not a mapping", "write `name: value` lines")
    return value


def read_value(path: Path, what: str, cure: str) -> Any:
    """What a YAML or JSON file holds. Raises WorkflowError when it cannot be read; `what` it is called there, and the `cure`."""
    try:
        with path.open("rb") as file:
            data = file.read((1 << 20) + 1)
    except (OSError, ValueError) as error:
        raise WorkflowError(f"cannot read the {what} `{path}`: {getattr(error, 'strerror', None) or error}", cure) from None
    try:
        return read(data, str(path)).value
    except Unreadable as refused:
        problem = refused.problem
        raise WorkflowError(f"{problem.file}:{problem.line}:{problem.column}: {problem.message}", problem.hint) from None


def resolve(
    workflow: Workflow,
    given: Sequence[tuple[str, str]] = (),
    file: Path | None = None,
    *,
    values: Mapping[str, Any] | None = None,
    here: Path | None = None,
) -> dict[str, Any]:
    """The value of every declared input, files as FileInput. What is given later wins: default, `file`, `values`, `given`.

    Args:
        workflow: whose inputs are to be filled.
        given: `--set` pairs of name and text; a repeated name makes a list.
        file: an inputs file; paths in it are relative to its folder and stay inside.
        values: typed values from the caller, such as an including workflow; a FileInput or an artifact passes as it is.
        here: the folder that paths in `given` are relative to; the current one when None.

    Raises:
        WorkflowError: with every missing, unknown or wrong input.
    """
    folder = Path() if here is None else here
    problems: list[WorkflowError] = []
    texts: dict[str, list[str]] = {}
    for name, text in given:
        texts.setdefault(name, []).append(text)
    from_file = {} if file is None else read_values(file)
    from_caller = dict(values or {})
    for name in dict.fromkeys((*texts, *from_file, *from_caller)):
        if name not in workflow.inputs:
            hint = nearest(name, workflow.inputs, otherwise="its inputs are {}") or "it has no inputs"
            problems.append(WorkflowError(f"`{workflow.name}` has no input `{shorten(name)}`", hint))
    resolved: dict[str, Any] = {}
    for name, declared in workflow.inputs.items():
        try:
            if name in texts:
                resolved[name] = from_text(declared, texts[name], lambda text: folder / Path(text).expanduser())
            elif name in from_caller:
                value = from_caller[name]
                resolved[name] = value if _is_opaque(value) else check(declared, value, _inside(workflow.folder))
            elif name in from_file:
                resolved[name] = check(declared, from_file[name], _inside((file or Path()).parent))
            elif declared.is_required:
                problems.append(WorkflowError(f"input `{name}` is missing", _how_to_give(name, declared.description)))
            else:
                resolved[name] = check(declared, declared.default, _inside(workflow.folder))
        except WorkflowError as error:
            problems.append(WorkflowError(f"input `{name}`{_joint(error.message)}{error.message}", error.hint))
    if problems:
        raise _all(problems)
    return resolved


def resolve_defaults(workflow: Workflow) -> tuple[dict[str, Any], list[tuple[str, WorkflowError]]]:
    """The values of those inputs that have a default, and what is wrong with the others' defaults: a file that is not there."""
    values: dict[str, Any] = {}
    failed: list[tuple[str, WorkflowError]] = []
    for name, declared in workflow.inputs.items():
        if declared.is_required:
            continue
        try:
            values[name] = check(declared, declared.default, _inside(workflow.folder))
        except WorkflowError as error:
            failed.append((name, error))
    return values, failed


def all_of(title: str, problems: Sequence[WorkflowError]) -> WorkflowError:
    """One error that tells of several, each with its own cure below it."""
    lines = "\n".join(f"{each.message}" + (f"\n  hint: {each.hint}" if each.hint else "") for each in problems)
    return WorkflowError(f"{title}\n{lines}")


def _inside(folder: Path) -> Find:
    return lambda text: confine(folder, text)


def _is_opaque(value: Any) -> bool:
    """True for a value that is, or holds, something that is not plain JSON: it was checked where it came from."""
    if isinstance(value, dict):
        return any(map(_is_opaque, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_is_opaque, value))
    return not isinstance(value, str | int | float | bool | None)


def _joint(message: str) -> str:
    """What stands between an input's name and what is wrong with it: `points`[1] is empty, `length_s` must be a number."""
    if message.startswith("["):
        return ""
    return " " if message.startswith(("must ", "is ")) else ": "


def _how_to_give(name: str, description: str) -> str:
    return f'give it with `--set {name}="..."`' + (f": {shorten(description)}" if description else "")


def _all(problems: list[WorkflowError]) -> WorkflowError:
    if len(problems) == 1:
        return problems[0]
    return all_of(f"{len(problems)} inputs are missing or wrong", problems)
