"""Unfolds `uses: ./other.yaml`: the steps of an included workflow join those of the outer one, as `outer.inner`.

Each step keeps its own frame: what `inputs`, `steps` and `brand` mean in the file that it was written in. Nothing is
rewritten; expressions are evaluated in the scope of their frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.expressions import Reference, evaluate, references
from aigc_cli.workflow.inputs import resolve
from aigc_cli.workflow.load import load
from aigc_cli.workflow.model import StepSpec, Workflow
from aigc_cli.workflow.paths import confine
from aigc_cli.workflow.problems import nearest
from aigc_cli.workflow.values import check

MAX_DEPTH = 5


@dataclass(frozen=True)
class Layer:
    """Options for a capability: as they hold, as they are written, and the folder of the file that they are written in."""

    given: Mapping[str, Any]
    written: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None


@dataclass(frozen=True)
class Frame:
    """One file in which steps were written. `include` is the step that included it, and stands in the frame `parent`."""

    prefix: str
    workflow: Workflow
    include: StepSpec | None = None
    parent: Frame | None = None

    def name(self, id_: str) -> str:
        """The full id of a step of this file."""
        return f"{self.prefix}.{id_}" if self.prefix else id_


class Unfolded:
    """A workflow and all that it includes. `steps` holds every step that does something, by its full id, in order.

    `roots` are the names that every scope has (`run`, `env`); `inputs` are the outer workflow's; `bring_in` turns a
    value's files into artifacts.
    """

    def __init__(
        self, workflow: Workflow, inputs: Mapping[str, Any], roots: Mapping[str, Any], bring_in: Callable[[Any], Any] = lambda value: value
    ) -> None:
        self._inputs = inputs
        self._roots = roots
        self._bring_in = bring_in
        self._frames: dict[str, Frame] = {}
        self._frame_of: dict[str, Frame] = {}
        self.steps: dict[str, StepSpec] = {}
        self._unfold(Frame("", workflow))

    def _unfold(self, frame: Frame) -> None:
        self._frames[frame.prefix] = frame
        for id_, spec in frame.workflow.steps.items():
            name = frame.name(id_)
            if not spec.is_include:
                self.steps[name] = replace(spec, id=name)
                self._frame_of[name] = frame
                continue
            if name.count(".") >= MAX_DEPTH:
                raise WorkflowError(f"workflows are included more than {MAX_DEPTH} deep at step `{name}`", "break the circle of includes")
            inner = load(confine(frame.workflow.folder, spec.uses)).checked()
            self._unfold(Frame(name, inner, spec, frame))

    def frame(self, step: str) -> Frame:
        """The frame a step was written in."""
        return self._frame_of[step]

    # ---- what waits for what ---------------------------------------------------------------------------------------

    def feeders(self, step: str) -> tuple[str, ...]:
        """The full ids of the steps whose values a step needs, or waits for; includes seen through."""
        frame = self.frame(step)
        spec = frame.workflow.steps[step.rpartition(".")[2]]
        found = dict.fromkeys(name for need in spec.needs for name in self._behind(frame, need))
        found.update(dict.fromkeys(self._read(frame, (spec.for_each, spec.condition, dict(spec.params)))))
        while frame.include is not None and frame.parent is not None:  # an include's `if` and `needs` hold for all its steps
            include, frame = frame.include, frame.parent
            found.update(dict.fromkeys(name for need in include.needs for name in self._behind(frame, need)))
            found.update(dict.fromkeys(self._read(frame, include.condition)))
        return tuple(found)

    def _read(self, frame: Frame, value: Any) -> Iterable[str]:
        for each in references(value):
            if each.root == "steps" and each.keys:
                yield from self._behind(frame, str(each.keys[0]))
            elif each.root == "inputs" and frame.include is not None and frame.parent is not None:
                for name in _named(each, frame.workflow.inputs):
                    yield from self._read(frame.parent, frame.include.params.get(name))
            elif each.root == "brand" and frame.parent is not None:
                yield from self._read(frame, frame.workflow.brand)

    def _behind(self, frame: Frame, id_: str) -> Iterable[str]:
        """The steps behind an id of a file: itself, or those that an include's outputs come from, all of them without outputs."""
        name = frame.name(id_)
        inner = self._frames.get(name)
        if inner is None:
            if name not in self.steps:
                raise WorkflowError(f"there is no step `{id_}` in {frame.workflow.name}", nearest(id_, frame.workflow.steps))
            return [name]
        found = list(self._read(inner, dict(inner.workflow.outputs)))
        return found or [each for each in self.steps if each.startswith(f"{name}.")]

    # ---- what expressions see --------------------------------------------------------------------------------------

    def scope(self, step: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the expressions of a step see, from the values of the steps that have ended."""
        frame = self.frame(step)
        spec = frame.workflow.steps[step.rpartition(".")[2]]
        return self._scope(frame, (spec.for_each, spec.condition, dict(spec.params)), values)

    def is_left_out(self, step: str, values: Mapping[str, Any]) -> bool:
        """True when the `if` of an include around the step is false."""
        frame = self.frame(step)
        while frame.include is not None and frame.parent is not None:
            if self._is_off(frame, values):
                return True
            frame = frame.parent
        return False

    def outputs(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The outer workflow's outputs."""
        return self._outputs(self._frames[""], values)

    def options(self, step: str, capability: str, profile: str | None, values: Mapping[str, Any]) -> list[Layer]:
        """What a step's own file sets for its capability, lowest first: defaults, then the profile of its file and of those around it."""
        frame: Frame | None = self.frame(step)
        layers = [(frame, "defaults", frame.workflow.defaults)] if frame is not None else []
        while frame is not None and profile is not None:
            layers.append((frame, f"profiles.{profile}", frame.workflow.profiles.get(profile, {})))
            frame = frame.parent
        found = []
        for owner, where, by_capability in layers:
            layer = dict(by_capability.get(capability, {}))
            found.append(Layer(self._evaluate(owner, layer, values, f"{where}.{capability}"), layer, owner.workflow.folder))
        return found

    def _evaluate(self, frame: Frame, value: Any, values: Mapping[str, Any], where: str) -> Any:
        try:
            return evaluate(value, self._scope(frame, value, values))
        except WorkflowError as error:
            place = f"{frame.prefix}: {where}" if frame.prefix else where
            raise WorkflowError(f"{place}: {error.message}", error.hint) from error

    def brand(self, step: str, values: Mapping[str, Any]) -> Any:
        """The brand that holds for a step: its own file's, else that of the file around it."""
        return self._brand_of(self.frame(step), values)

    def _is_off(self, frame: Frame, values: Mapping[str, Any]) -> bool:
        if frame.include is None or frame.parent is None or frame.include.condition is None:
            return False
        return not evaluate(frame.include.condition, self._scope(frame.parent, frame.include.condition, values))

    def _outputs(self, frame: Frame, values: Mapping[str, Any]) -> dict[str, Any]:
        outputs = frame.workflow.outputs.items()
        return {name: self._evaluate(frame, value, values, f"outputs.{name}") for name, value in outputs}

    def _scope(self, frame: Frame, value: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """Only what the value reads is worked out: the rest may not have ended yet."""
        steps: dict[str, Any] = {}
        inputs: dict[str, Any] = {}
        scope = {**self._roots, "inputs": inputs, "steps": steps}
        for each in references(value):
            if each.root == "steps" and each.keys:
                id_ = str(each.keys[0])
                inner = self._frames.get(frame.name(id_))
                if inner is None:
                    steps[id_] = values.get(frame.name(id_))
                elif id_ not in steps:
                    steps[id_] = None if self._is_off(inner, values) else self._outputs(inner, values)
            elif each.root == "inputs":
                names = [name for name in _named(each, frame.workflow.inputs) if name not in inputs]
                inputs.update(self._given(frame, names, values))
            elif each.root == "brand" and "brand" not in scope:
                scope["brand"] = self._brand_of(frame, values)
        return scope

    def _brand_of(self, frame: Frame | None, values: Mapping[str, Any]) -> Any:
        while frame is not None and frame.workflow.brand is None:
            frame = frame.parent
        return None if frame is None else self._evaluate(frame, frame.workflow.brand, values, "brand")

    def _given(self, frame: Frame, names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
        if frame.include is None or frame.parent is None:
            return {name: self._inputs[name] for name in names if name in self._inputs}
        declared = {name: frame.workflow.inputs[name] for name in names}
        written = {name: frame.include.params[name] for name in declared if name in frame.include.params}
        given = evaluate(written, self._scope(frame.parent, written, values))
        outside = frame.parent.workflow.folder  # a path stands where it is written, not where it is used
        for name, value in written.items():
            if value is not None and "file" in (*declared[name].types, declared[name].items) and not references(value):
                given[name] = check(declared[name], value, lambda text: confine(outside, text))
        # Null stands for "not given" where there is a default, as it does for the parameters of a step.
        given = {name: value for name, value in given.items() if value is not None or declared[name].is_required}
        try:
            return dict(self._bring_in(resolve(replace(frame.workflow, inputs=declared), values=given)))
        except WorkflowError as error:
            raise WorkflowError(f"steps.{frame.prefix}: {error.message}", error.hint) from error


def _named(reference: Reference, known: Mapping[str, Any]) -> list[str]:
    """The inputs that a reference reads: one, or all of them when it names none."""
    if not reference.keys:
        return list(known)
    return [str(reference.keys[0])] if reference.keys[0] in known else []
