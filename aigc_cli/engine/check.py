"""Checks a workflow before anything runs, and finds every mistake in one pass."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from aigc_cli import registry
from aigc_cli.assets import Templates
from aigc_cli.contracts import Provider, Step
from aigc_cli.engine import files, parameters
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.expressions import Reference, mistakes, references
from aigc_cli.workflow.inputs import resolve_defaults
from aigc_cli.workflow.load import Loaded, load
from aigc_cli.workflow.model import StepSpec, Workflow
from aigc_cli.workflow.paths import confine
from aigc_cli.workflow.problems import Path, Problem, by_place, nearest, refuse, shorten
from aigc_cli.workflow.values import check as check_value

RUN_KEYS = ("workflow", "profile", "seed")
MAX_INCLUDES = 5


def check(
    loaded: Loaded, values: Mapping[str, Any] | None = None, *, profile: str | None = None, above: Sequence[FilePath] = ()
) -> tuple[Problem, ...]:
    """Every problem of a workflow, sorted by place.

    Args:
        loaded: the file as read.
        values: the resolved inputs of a run, so that what they lead to is checked too; the defaults when None.
        profile: the profile that is to be used, when one is.
        above: the files that include this one, outermost first.

    Raises:
        ConfigError: when a step's or provider's class cannot be imported.
    """
    if not isinstance(loaded.document.value, dict) or (loaded.problems and not loaded.document.source):
        return loaded.problems
    return by_place((*loaded.problems, *_Check(loaded, values, profile, above).run()))


def require(loaded: Loaded, values: Mapping[str, Any] | None = None, *, profile: str | None = None) -> Workflow:
    """The workflow when nothing is wrong with it. Raises WorkflowError with every problem otherwise."""
    problems = check(loaded, values, profile=profile)
    if problems:
        raise refuse(problems)
    return loaded.workflow


class _Check:
    def __init__(self, loaded: Loaded, values: Mapping[str, Any] | None, profile: str | None, above: Sequence[FilePath]) -> None:
        self.workflow = loaded.workflow
        self.document = loaded.document
        self.templates = Templates.beside(loaded.workflow.folder)
        self.profile = profile
        self.above = (*above, loaded.workflow.path)
        self.problems: list[Problem] = []
        self.included: dict[str, Workflow] = {}
        self.used_inputs: set[str] = set()
        self.is_run = values is not None
        self.values: Mapping[str, Any]
        if values is None:
            self.values, failed = resolve_defaults(loaded.workflow)
            for name, error in failed:
                self.note(("inputs", name, "default"), error.message, error.hint)
        else:
            self.values = values

    def run(self) -> list[Problem]:
        for id_, spec in self.workflow.steps.items():
            if spec.is_include:
                self._include(id_, spec)
        self._expressions()
        for id_, spec in self.workflow.steps.items():
            self._step(id_, spec)
        self._cycles()
        self._options(("defaults",), self.workflow.defaults)
        for name, options in self.workflow.profiles.items():
            self._options(("profiles", name), options)
        brand, _ = parameters.settle(self.workflow.brand, self.values)
        if isinstance(brand, str) and brand and not parameters.is_open(brand) and brand != "auto":
            self._template(("brand",), self.workflow.brand, "brands", brand)
        for name in self.workflow.inputs:
            if name not in self.used_inputs:
                self.note(("inputs", name), "input is never used", f"use `${{{{ inputs.{name} }}}}` somewhere, or remove it", of_key=True)
        return self.problems

    def note(self, path: Path, message: str, hint: str = "", *, of_key: bool = False, fragment: str = "") -> None:
        self.problems.append(self.document.problem(path, message, hint, of_key=of_key, fragment=fragment))

    def blame(self, path: Path, written: Any, message: str, hint: str = "", *, of_key: bool = False) -> None:
        """Notes a problem with a value; when what is written there is one input's value, at that input."""
        reads = references(written) if isinstance(written, str) else ()
        names = {str(each.keys[0]) for each in reads if each.root == "inputs" and each.keys}
        if len(names) == 1 and not of_key:
            (name,) = names
            if self.is_run:
                self.problems.append(Problem("", 0, 0, "", f"input `{name}`: {message}", hint))
            else:
                self.problems.append(self.document.problem(("inputs", name, "default"), message, hint, show=("inputs", name)))
        else:
            self.note(path, message, hint, of_key=of_key)

    # ---- expressions -----------------------------------------------------------------------------------------------

    def _areas(self) -> Iterator[tuple[Path, Any, frozenset[str]]]:
        """Every place where expressions may stand, and the roots they may use there."""
        outside = frozenset({"inputs", "env", "run"})
        steps = outside | {"steps", "brand"}
        yield ("brand",), self.workflow.brand, outside
        yield ("defaults",), self.workflow.defaults, outside | {"brand"}
        yield ("profiles",), self.workflow.profiles, outside | {"brand"}
        for id_, spec in self.workflow.steps.items():
            inside = steps | {"item", "index"} if spec.for_each is not None else steps
            yield ("steps", id_, "for_each"), spec.for_each, steps
            yield ("steps", id_, "if"), spec.condition, inside
            yield ("steps", id_, "with"), spec.params, inside
        yield ("outputs",), self.workflow.outputs, steps

    def _expressions(self) -> None:
        for area, value, roots in self._areas():
            for path, fragment, error in mistakes(value):
                self.note((*area, *path), error.message, error.hint, fragment=fragment)
            for reference in references(value):
                self._reference(area, reference, roots)

    def _reference(self, area: Path, reference: Reference, roots: frozenset[str]) -> None:
        place = (*area, *reference.path)
        root, keys = reference.root, reference.keys

        def refuse_it(message: str, hint: str = "") -> None:
            written = ".".join((root, *map(str, keys[:2])))
            fragment = written if written in reference.source else reference.source
            self.note(place, message, hint, fragment=fragment)

        if root not in roots:
            if root in ("item", "index"):
                refuse_it(f"`{root}` is known only in a step with `for_each`", "add `for_each:`, or name a step's output")
            else:
                refuse_it(f"`{root}` is not known here", f"use {', '.join(f'`{each}`' for each in sorted(roots))}")
        elif root == "inputs":
            self._input(keys, refuse_it)
        elif root == "steps":
            self._output(area, keys, refuse_it)
        elif root == "run" and keys and keys[0] not in RUN_KEYS:
            refuse_it(f"there is no `run.{shorten(str(keys[0]))}`", nearest(str(keys[0]), RUN_KEYS))

    def _input(self, keys: tuple[str | int, ...], refuse_it: Any) -> None:
        if not keys:
            self.used_inputs.update(self.workflow.inputs)
        elif keys[0] in self.workflow.inputs:
            self.used_inputs.add(str(keys[0]))
        else:
            hint = nearest(str(keys[0]), self.workflow.inputs, otherwise="its inputs are {}") or "declare it under `inputs`"
            refuse_it(f"there is no input `{shorten(str(keys[0]))}`", hint)

    def _output(self, area: Path, keys: tuple[str | int, ...], refuse_it: Any) -> None:
        if not keys:
            return
        spec = self.workflow.steps.get(str(keys[0]))
        if spec is None:
            hint = nearest(str(keys[0]), self.workflow.steps, otherwise="the steps are {}")
            refuse_it(f"there is no step `{shorten(str(keys[0]))}`", hint)
            return
        if area[:2] == ("steps", spec.id):
            refuse_it("a step cannot use its own result", "name a step that comes before it")
            return
        rest = keys[1:]
        if spec.for_each is not None and rest:
            if isinstance(rest[0], str):
                name = shorten(rest[0])
                hint = f"use `steps.{spec.id} | pluck('{name}')` for all of them, or `steps.{spec.id}[0].{name}` for the first"
                refuse_it(f"`steps.{spec.id}` is a list, because of its `for_each`", hint)
                return
            rest = rest[1:]
        outputs = self._outputs_of(spec)
        if rest and outputs is not None and rest[0] not in outputs:
            hint = nearest(str(rest[0]), outputs, otherwise="its outputs are {}") or "it has no outputs"
            refuse_it(f"the step `{spec.id}` has no output `{shorten(str(rest[0]))}`", hint)

    def _outputs_of(self, spec: StepSpec) -> tuple[str, ...] | None:
        if spec.is_include:
            return tuple(self.included[spec.id].outputs) if spec.id in self.included else None
        return tuple(registry.step(spec.uses).outputs) if spec.uses in registry.steps() else None

    # ---- steps -----------------------------------------------------------------------------------------------------

    def _step(self, id_: str, spec: StepSpec) -> None:
        for need in spec.needs:
            if need not in self.workflow.steps:
                self.note(("steps", id_, "needs"), f"there is no step `{shorten(need)}`", nearest(need, self.workflow.steps), fragment=need)
            elif need == id_:
                self.note(("steps", id_, "needs"), "a step cannot wait for itself", "remove it", fragment=need)
        if not spec.uses or spec.is_include:
            return
        if spec.uses not in registry.steps():
            self.note(("steps", id_, "uses"), f"`{shorten(spec.uses)}` is not a kind of step", nearest(spec.uses, registry.steps()))
            return
        kind = registry.step(spec.uses)
        for name in spec.provider:
            self._provider(("steps", id_, "provider"), kind.provides, name)
        self._parameters(id_, spec, kind)

    def _provider(self, path: Path, capability: str, name: str) -> None:
        known = (registry.EMBEDDED, *registry.providers(capability))
        if name not in known:
            self.note(path, f"`{shorten(name)}` is not a provider of {capability}", nearest(name, known), fragment=name)

    def _parameters(self, id_: str, spec: StepSpec, kind: type[Step]) -> None:
        path: Path = ("steps", id_, "with")
        # What a step that will be skipped would have been given may be nonsense to it: `music: none`.
        given, failed = parameters.settle(dict(spec.params), {} if self._is_skipped(spec) else self.values, path)
        for place, error in failed:
            self.blame(place, _written(spec.params, place[3:]), error.message, error.hint)
        below = self._below(kind.provides)
        if "brand" in kind.model_fields and self.workflow.brand is not None:
            below["brand"] = self.workflow.brand
        for name in parameters.missing(kind, {**below, **given}):
            self.note(
                path if spec.params else ("steps", id_),
                f"{kind.kind} needs the parameter `{name}`",
                _sentence(kind.model_fields[name].description),
                of_key=True,
            )
        provided = [name for name in given if name not in kind.model_fields]
        providers = self._classes(kind.provides, spec) if provided else ()
        given = self._with_files(path, spec.params, given, (kind, *providers))
        known = [*kind.model_fields, *(name for each in providers for name in each.model_fields)]
        for name in provided:
            if name not in known:
                self.note((*path, name), f"unknown parameter of {kind.kind}", nearest(name, known), of_key=True)
        wrong: set[Path] = set()
        for owner in (kind, *providers):
            for each in parameters.wrong_values(owner, given):
                if each.path and each.path[:1] not in wrong:
                    wrong.add(each.path[:1])
                    self.blame((*path, *each.path), _written(spec.params, each.path), each.message, each.hint, of_key=each.is_about_key)
        for name, value in given.items():
            field = kind.model_fields.get(name)
            extra = field.json_schema_extra if field is not None else None
            if isinstance(extra, dict) and "template" in extra and field is not None and value != field.default and (name,) not in wrong:
                self._template((*path, name), spec.params[name], str(extra["template"]), value)
        self.problems += kind.faults({**below, **given}, self.templates)
        if not wrong:
            settled = {**below, **given}
            with contextlib.suppress(WorkflowError):  # a template that is wrong is told where it is read
                settled.update(kind.decided(settled, self.templates))
            self._fit(path, spec, kind, settled)

    def _with_files(self, path: Path, written: Mapping[str, Any], given: Any, owners: Iterable[Any]) -> Any:
        """What is given, each path that stands in it as it is as the file that it names."""
        for place, text in files.named(written, tuple(owners)):
            try:
                found: Any = files.find(self.workflow.folder, text)
            except WorkflowError as error:
                self.note((*path, *place), error.message, error.hint)
                found = _TOLD
            given = files.put(given, place, found)
        return given

    def _is_skipped(self, spec: StepSpec) -> bool:
        condition, failed = parameters.settle(spec.condition, self.values)
        return spec.condition is not None and not failed and not parameters.is_open(condition) and not condition

    def _below(self, capability: str) -> dict[str, Any]:
        """What the defaults and the profile give to every step of a capability."""
        layers = (self.workflow.defaults, self.workflow.profiles.get(self.profile or "", {}))
        merged: dict[str, Any] = {}
        for layer in layers:
            merged.update(layer.get(capability, {}))
        settled, _ = parameters.settle(merged, self.values)
        return dict(settled)

    def _classes(self, capability: str, spec: StepSpec | None) -> tuple[type[Provider], ...]:
        """Every provider that may serve: those of the step, of the defaults and of any profile; embedded ones when none is named."""
        chains = [layer.get(capability, {}).get("provider", ()) for layer in (self.workflow.defaults, *self.workflow.profiles.values())]
        named = spec.provider if spec is not None and spec.provider else ()
        names = dict.fromkeys((*named, *(name for chain in chains for name in chain))) or {registry.EMBEDDED: None}
        if not named:
            names.setdefault(registry.EMBEDDED, None)
        found: dict[type[Provider], None] = {}
        for name in names:
            if name == registry.EMBEDDED:
                found.update(dict.fromkeys(registry.embedded(capability)))
            elif name in registry.providers(capability):
                found[registry.provider(capability, name)] = None
        return tuple(found)

    def _fit(self, path: Path, spec: StepSpec, kind: type[Step], given: Mapping[str, Any]) -> None:
        """Whether some provider of the chain that holds can do what is known of the step: the voice speaks the language."""
        chain = spec.provider or self._below(kind.provides).get("provider") or (registry.EMBEDDED,)
        classes: list[type[Provider]] = []
        for name in (chain,) if isinstance(chain, str) else chain:
            if name == registry.EMBEDDED:
                classes.extend(registry.embedded(kind.provides))
            elif name in registry.providers(kind.provides):
                classes.append(registry.provider(kind.provides, name))
        options = {name: value for name, value in given.items() if name not in kind.model_fields}
        found = parameters.misfits(kind, classes, given, options)
        if found is None:
            return
        reason, seen = found
        message, _, hint = reason.partition("; ")
        told = sorted((name for name in seen if str(given.get(name)) in message), key=lambda name: message.find(str(given[name])))
        for name in told:
            if spec.params.get(name) is not None:
                self.blame((*path, name), spec.params[name], message, hint)
                return
            for place in (("profiles", self.profile or "", kind.provides, name), ("defaults", kind.provides, name)):
                if place in self.document.values:
                    self.note(place, message, hint)
                    return
        self.note(path, message, hint)

    def _template(self, path: Path, written: Any, kind: str, name: Any) -> None:
        if not isinstance(name, str) or parameters.is_open(name):
            return
        files = self.templates.names(kind)
        if name in files or any(file.startswith(f"{name}.") for file in files):
            return
        stems = sorted({file.split(".")[0] for file in files})
        self.blame(path, written, f"there is no {_SINGULAR.get(kind, f'template of {kind}')} `{shorten(name)}`", nearest(name, stems))

    # ---- options by capability -------------------------------------------------------------------------------------

    def _options(self, path: Path, options: Mapping[str, Mapping[str, Any]]) -> None:
        for capability, given in options.items():
            place = (*path, capability)
            if capability not in registry.capabilities():
                self.note(place, f"`{shorten(capability)}` is not a capability", nearest(capability, registry.capabilities()), of_key=True)
                continue
            for name in given.get("provider", ()):
                self._provider((*place, "provider"), capability, name)
            kinds = [registry.step(kind) for kind in registry.steps()]
            own = {name: value for name, value in given.items() if name != "provider"}
            settled, failed = parameters.settle(own, self.values, place)
            for at, error in failed:
                self.note(at, error.message, error.hint)
            owners: list[type[Step] | type[Provider]] = [kind for kind in kinds if kind.provides == capability]
            names = given.get("provider", ())
            if any(name not in owner.model_fields for name in own for owner in owners):
                owners.extend(registry.provider(capability, name) for name in names if name in registry.providers(capability))
                owners.extend(self._classes(capability, None))
            known = [name for owner in owners for name in owner.model_fields]
            for name in own:
                if name not in known:
                    self.note((*place, name), f"no step or provider of {capability} has this parameter", nearest(name, known), of_key=True)
            settled = self._with_files(place, own, settled, owners)
            seen: set[Path] = set()
            for owner in owners:
                for each in parameters.wrong_values(owner, settled):
                    if each.path and each.path not in seen:
                        seen.add(each.path)
                        self.note((*place, *each.path), each.message, each.hint, of_key=each.is_about_key)

    # ---- includes --------------------------------------------------------------------------------------------------

    def _include(self, id_: str, spec: StepSpec) -> None:
        path: Path = ("steps", id_, "uses")
        try:
            file = confine(self.workflow.folder, spec.uses)
            if any(file.resolve() == each.resolve() for each in self.above):
                chain = " → ".join(each.name for each in (*self.above, file))
                raise WorkflowError(f"the workflow includes itself: {chain}", "break the circle")
            if len(self.above) > MAX_INCLUDES:
                raise WorkflowError(f"workflows are included more than {MAX_INCLUDES} deep", "include fewer levels")
            loaded = load(file, name=str(FilePath(self.document.file).parent / spec.uses))
        except WorkflowError as error:
            self.note(path, error.message, error.hint)
            return
        inner = loaded.workflow
        self.problems.extend(check(loaded, above=self.above))
        self.included[id_] = inner
        given, failed = parameters.settle(dict(spec.params), self.values, ("steps", id_, "with"))
        for place, failure in failed:
            self.note(place, failure.message, failure.hint)
        for name, value in given.items():
            if name not in inner.inputs:
                self.note(
                    ("steps", id_, "with", name), f"`{inner.name}` has no input `{shorten(name)}`", nearest(name, inner.inputs), of_key=True
                )
            elif not parameters.is_open(value):
                try:
                    check_value(inner.inputs[name], value, lambda text: confine(self.workflow.folder, text))
                except WorkflowError as error:
                    self.note(("steps", id_, "with", name), error.message, error.hint)
        for name, declared in inner.inputs.items():
            if declared.is_required and name not in given:
                self.note(("steps", id_), f"`{inner.name}` needs the input `{name}`", _sentence(declared.description), of_key=True)

    # ---- order -----------------------------------------------------------------------------------------------------

    def _cycles(self) -> None:
        """Notes each circle of steps once, with its path, where its first step names the next."""
        feeders = {id_: _feeders(spec) for id_, spec in self.workflow.steps.items()}
        done: set[str] = set()
        for start, before in feeders.items():
            waiting = [] if start in done else [(start, iter(before))]
            trail = [id_ for id_, _ in waiting]
            while waiting:
                id_, rest = waiting[-1]
                feeder = next(rest, None)
                if feeder is None:
                    waiting.pop()
                    trail.pop()
                    done.add(id_)
                elif feeder in trail:
                    self._circle(trail[trail.index(feeder) :])
                elif feeder in feeders and feeder not in done:
                    waiting.append((feeder, iter(feeders[feeder])))
                    trail.append(feeder)

    def _circle(self, circle: list[str]) -> None:
        if len(circle) == 1:
            return  # a step that names itself is told where it does so
        first = min(range(len(circle)), key=lambda index: list(self.workflow.steps).index(circle[index]))
        turned = circle[first:] + circle[:first]
        shown = " → ".join(f"`{id_}`" for id_ in (*turned, turned[0]))
        self.note(("steps", turned[0]), f"steps wait for each other: {shown}", "remove one of these references", of_key=True)


_TOLD = "${{ }}"
"""Stands for a value whose mistake has been told: nobody knows what it is."""
_SINGULAR = {"brands": "brand", "copy": "copy template", "scenes": "scene template", "captions": "caption style"}


def _feeders(spec: StepSpec) -> tuple[str, ...]:
    found = dict.fromkeys(spec.needs)
    for value in (spec.for_each, spec.condition, dict(spec.params)):
        found.update(dict.fromkeys(str(each.keys[0]) for each in references(value) if each.root == "steps" and each.keys))
    return tuple(found)


def _sentence(description: str | None) -> str:
    text = shorten((description or "").rstrip("."), 120)
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _written(params: Any, path: Path) -> Any:
    """What is written at a path, or the expression above it that gives the whole."""
    for part in path:
        if isinstance(params, str):
            break
        try:
            params = params[part]
        except (KeyError, IndexError, TypeError):
            return None
    return params
