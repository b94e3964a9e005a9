"""From a file to a Workflow: reads it, checks its form, and collects every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.declarations import read_inputs
from aigc_cli.workflow.form import Reader
from aigc_cli.workflow.model import LANGUAGE_VERSION, Retry, StepSpec, Workflow, is_include
from aigc_cli.workflow.problems import Problem, by_place, kind_of, refuse, shorten
from aigc_cli.workflow.reading import Document, Unreadable, read

TOP_KEYS = ("aigc", "name", "title", "description", "inputs", "defaults", "brand", "profiles", "steps", "outputs")
STEP_KEYS = ("uses", "with", "provider", "for_each", "if", "needs", "retry", "timeout_s", "max_cost", "seed", "cache")
MAX_STEPS = 500
MAX_TIMEOUT_S = 86_400
MAX_COST = 1_000_000
MAX_ATTEMPTS = 10
MAX_WAIT_S = 600

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}\Z")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])\Z")


@dataclass(frozen=True)
class Loaded:
    """What a file holds. `workflow` is as whole as could be read; it may run only when there are no problems."""

    workflow: Workflow
    document: Document
    problems: tuple[Problem, ...]

    def checked(self) -> Workflow:
        """The workflow. Raises WorkflowError with all problems when there are any."""
        if self.problems:
            raise refuse(self.problems)
        return self.workflow


def load(path: Path, *, name: str | None = None) -> Loaded:
    """Reads a workflow file. Mistakes in it come back as problems; `name` is what the messages call the file.

    Raises WorkflowError when there is no such file or it cannot be read.
    """
    try:
        if path.is_dir():
            raise WorkflowError(f"`{path}` is a folder, not a workflow", "name the file in it")
        with path.open("rb") as file:
            data = file.read((1 << 20) + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise WorkflowError(f"there is no file `{path}`", "`aigc list` shows the workflows that are shipped") from None
    except (OSError, ValueError) as error:
        raise WorkflowError(f"cannot read `{path}`: {getattr(error, 'strerror', None) or error}") from error
    return parse(data, path, name=name)


def parse(data: bytes, path: Path, *, name: str | None = None) -> Loaded:
    """The workflow in these bytes, as if they stood in a file at `path`."""
    file = str(path) if name is None else name
    try:
        document = read(data, file)
    except Unreadable as refused:
        return Loaded(Workflow(_slug(path.stem), path), Document(file, {}), (refused.problem,))
    reader = Reader(document)
    workflow = _workflow(reader, path)
    return Loaded(workflow, document, by_place(reader.problems))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")[:64] or "workflow"


def _workflow(reader: Reader, path: Path) -> Workflow:
    raw = reader.document.value
    if not isinstance(raw, dict):
        reader.note((), f"a workflow is a mapping, not {kind_of(raw)}", "start with `aigc: 1`, then `steps:`")
        return Workflow(_slug(path.stem), path)
    reader.only((), {key: None for key in raw if not key.startswith("x-")}, TOP_KEYS, "a workflow")
    _version(reader, raw)
    inputs = reader.mapping(("inputs",), raw.get("inputs"), "`inputs`")
    reader.identifiers(("inputs",), inputs, "the name of an input")
    outputs = reader.mapping(("outputs",), raw.get("outputs"), "`outputs`")
    reader.identifiers(("outputs",), outputs, "the name of an output")
    return Workflow(
        name=_name(reader, raw, path),
        path=path,
        title=reader.text(("title",), raw.get("title")),
        description=reader.text(("description",), raw.get("description")),
        inputs=read_inputs(reader, inputs),
        defaults=_capabilities(reader, ("defaults",), raw.get("defaults"), "`defaults`"),
        brand=_brand(reader, raw.get("brand")),
        profiles={
            name: _capabilities(reader, ("profiles", name), value, "a profile")
            for name, value in reader.mapping(("profiles",), raw.get("profiles"), "`profiles`").items()
        },
        steps=_steps(reader, raw),
        outputs=outputs,
    )


def _version(reader: Reader, raw: Mapping[str, Any]) -> None:
    if "aigc" not in raw:
        reader.note((), "the language version is missing", f"start with `aigc: {LANGUAGE_VERSION}`")
    elif raw["aigc"] != LANGUAGE_VERSION or isinstance(raw["aigc"], bool):
        reader.note(("aigc",), f"`{shorten(str(raw['aigc']))}` is not a version of the language", f"use `aigc: {LANGUAGE_VERSION}`")


def _name(reader: Reader, raw: Mapping[str, Any], path: Path) -> str:
    name = reader.text(("name",), raw.get("name"), _slug(path.stem))
    if not _NAME.match(name) or _DEVICE.match(name):
        reader.note(("name",), "must be lower-case letters, digits, `-` and `_`: files are named by it", f"call it `{_slug(name)}`")
        return _slug(name)
    return name


def _brand(reader: Reader, value: Any) -> Any:
    if value is not None and not isinstance(value, str | dict):
        reader.note(("brand",), f"must be the name of a brand, not {kind_of(value)}")
        return None
    return value


def _capabilities(reader: Reader, path: tuple[str | int, ...], value: Any, what: str) -> dict[str, dict[str, Any]]:
    found = {}
    for capability, given in reader.mapping(path, value, what).items():
        options = dict(reader.mapping((*path, capability), given, f"the options of `{shorten(capability)}`"))
        if "provider" in options:
            options["provider"] = _names(reader, (*path, capability, "provider"), options["provider"], "a provider")
        found[capability] = options
    return found


def _names(reader: Reader, path: tuple[str | int, ...], value: Any, what: str) -> tuple[str, ...]:
    """One name or a list of names; expressions are refused, because what is used must be known before anything runs."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        reader.note(path, f"must be the name of {what}, or a list of names")
        return ()
    for index, name in enumerate(names):
        at = path if isinstance(value, str) else (*path, index)
        if "${{" in name:
            reader.note(at, "an expression cannot stand here", f"write the name of {what}; a profile can set another")
        elif name in names[:index]:
            reader.note(at, f"`{shorten(name)}` is there twice")
    return tuple(dict.fromkeys(name for name in names if "${{" not in name))


def _steps(reader: Reader, raw: Mapping[str, Any]) -> dict[str, StepSpec]:
    if raw.get("steps") is None:
        reader.note(
            ("steps",) if "steps" in raw else (), "a workflow needs `steps`", "write at least one step with its `uses`", of_key=True
        )
        return {}
    steps = reader.mapping(("steps",), raw["steps"], "`steps`")
    if not steps and isinstance(raw["steps"], dict):
        reader.note(("steps",), "there is no step", "write at least one step with its `uses`")
    if len(steps) > MAX_STEPS:
        reader.note(("steps",), f"more than {MAX_STEPS} steps", "use `for_each` or split the workflow")
        return {}
    reader.identifiers(("steps",), steps, "the id of a step")
    return {id_: _step(reader, id_, value) for id_, value in steps.items()}


def _step(reader: Reader, id_: str, value: Any) -> StepSpec:
    path = ("steps", id_)
    if not isinstance(value, dict):
        reader.note(path, f"a step is a mapping, not {kind_of(value)}", "write its `uses:` and `with:`", of_key=value is None)
        return StepSpec(id_, "")
    reader.only(path, value, STEP_KEYS, "a step")
    uses = value.get("uses")
    if "uses" not in value:
        reader.note(path, "`uses` is missing", "say what the step does, for instance `uses: text.write`", of_key=True)
    elif not isinstance(uses, str) or not uses:
        reader.note((*path, "uses"), f"must be a kind of step, not {kind_of(uses)}", "for instance `uses: text.write`")
    elif "${{" in uses:
        reader.note((*path, "uses"), "an expression cannot stand here", "write the kind of step")
    uses = uses if isinstance(uses, str) and "${{" not in uses else ""
    if is_include(uses):
        for key in ("provider", "retry", "timeout_s", "max_cost", "seed", "cache", "for_each"):
            if key in value:
                reader.note((*path, key), "does not apply to a workflow that is included", "set it inside that workflow", of_key=True)
    return StepSpec(
        id=id_,
        uses=uses,
        provider=_optional(value, "provider", (), lambda given: _names(reader, (*path, "provider"), given, "a provider")),
        params=reader.mapping((*path, "with"), value.get("with"), "`with`"),
        for_each=_for_each(reader, (*path, "for_each"), value),
        condition=_condition(reader, (*path, "if"), value),
        needs=_optional(value, "needs", (), lambda given: _names(reader, (*path, "needs"), given, "a step")),
        retry=_optional(value, "retry", None, lambda given: _retry(reader, (*path, "retry"), given)),
        timeout_s=_optional(value, "timeout_s", None, lambda given: reader.number((*path, "timeout_s"), given, 0.001, MAX_TIMEOUT_S)),
        max_cost=_optional(value, "max_cost", None, lambda given: reader.number((*path, "max_cost"), given, 0, MAX_COST)),
        seed=_optional(value, "seed", None, lambda given: _whole(reader.number((*path, "seed"), given, 0, 2**53, whole=True))),
        cache=reader.flag((*path, "cache"), value.get("cache"), True),
    )


def _optional(value: Mapping[str, Any], key: str, default: Any, read_value: Callable[[Any], Any]) -> Any:
    return default if value.get(key) is None or value[key] == [] else read_value(value[key])


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _for_each(reader: Reader, path: tuple[str | int, ...], value: Mapping[str, Any]) -> Any:
    if "for_each" not in value:
        return None
    given = value["for_each"]
    if isinstance(given, list) or (isinstance(given, str) and given.strip().startswith("${{")):
        return given
    reader.note(
        path, f"must be a list or an expression that gives one, not {kind_of(given)}", "for instance `for_each: ${{ steps.script.scenes }}`"
    )
    return None


def _condition(reader: Reader, path: tuple[str | int, ...], value: Mapping[str, Any]) -> Any:
    if "if" not in value:
        return None
    given = value["if"]
    if isinstance(given, bool) or (isinstance(given, str) and given.strip().startswith("${{") and given.strip().endswith("}}")):
        return given
    cure = f"for instance `if: ${{{{ {shorten(given)} }}}}`" if isinstance(given, str) else "for instance `if: ${{ inputs.music }}`"
    reader.note(path, "must be true, false or one expression", cure)
    return None


def _retry(reader: Reader, path: tuple[str | int, ...], value: Any) -> Retry | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value, attempts_path = {"attempts": value}, path
    else:
        attempts_path = (*path, "attempts")
    options = reader.mapping(path, value, "`retry`")
    reader.only(path, options, ("attempts", "wait_s"), "`retry`")
    attempts = reader.number(attempts_path, options.get("attempts", 1), 1, MAX_ATTEMPTS, whole=True)
    wait_s = reader.number((*path, "wait_s"), options.get("wait_s", Retry.wait_s), 0, MAX_WAIT_S)
    return None if attempts is None or wait_s is None else Retry(int(attempts), float(wait_s))
