"""A workflow with its inputs, ready to be planned or run: which steps wait for which, and what each comes down to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aigc_cli import config, registry
from aigc_cli.artifacts import to_json
from aigc_cli.assets import Templates
from aigc_cli.contracts import Step
from aigc_cli.engine import choose, files, keys
from aigc_cli.engine.cache import Cache
from aigc_cli.engine.choose import Candidate
from aigc_cli.engine.imports import Importer
from aigc_cli.engine.include import Layer, Unfolded
from aigc_cli.errors import AigcError, WorkflowError
from aigc_cli.workflow.expressions import evaluate, references
from aigc_cli.workflow.model import StepSpec, Workflow
from aigc_cli.workflow.problems import dotted, nearest

MAX_ITEMS = 1000


@dataclass(frozen=True)
class Options:
    """How a workflow is to be run, whatever it is."""

    profile: str | None = None
    seed: int | None = None
    is_offline: bool = False
    is_strict: bool = False
    force: tuple[str, ...] = ()
    no_cache: bool = False
    jobs: int = 0
    max_cost: float | None = None


@dataclass(frozen=True)
class Piece:
    """A step, or one item of it, with all that it needs. `candidates` are made as they are asked for."""

    step: str
    spec: StepSpec
    item: int | None
    items: int | None
    candidates: Iterator[Candidate] = field(repr=False)

    @property
    def label(self) -> str:
        """How messages call it: `voice`, or `voice[2]`."""
        return self.step if self.item is None else f"{self.step}[{self.item}]"


@dataclass(frozen=True)
class Skip:
    """A step that is left out, and why."""

    reason: str


@dataclass(frozen=True)
class Keyed:
    """A candidate's cache key, and the fingerprints of what it is made of."""

    key: str
    fields: Mapping[str, str]


class Job:
    """A checked workflow, its inputs (files as artifacts), and the settings that hold for it.

    `given` are the resolved inputs, as `workflow.inputs.resolve` returns them; files among them are brought into the store.
    """

    def __init__(self, workflow: Workflow, given: Mapping[str, Any], options: Options, cache: Cache) -> None:
        self.inputs: dict[str, Any] = {}
        self.options = options
        self.cache = cache
        self.settings = config.load_settings(workflow.folder)
        self.templates = Templates.beside(workflow.folder)
        self.file = str(workflow.path.absolute())
        roots = {
            "env": config.allowed_env(self.settings),
            "run": {"workflow": workflow.name, "profile": options.profile or "", "seed": options.seed or 0},
        }
        self._import = Importer(cache.store)
        self._flow = Unfolded(workflow, self.inputs, roots, self._import)
        self.workflow = replace(workflow, steps=self._flow.steps)
        self._check_names()
        self.inputs.update({name: self._import(value) for name, value in given.items()})
        self.secrets = tuple(text for name in workflow.secrets if isinstance(text := given.get(name), str) and text)
        self.order, self.feeders = self._sort()
        self._focus: tuple[str, tuple[str, ...]] | None = None

    def _check_names(self) -> None:
        profiles = self.workflow.profiles
        if self.options.profile is not None and self.options.profile not in profiles:
            hint = nearest(self.options.profile, profiles) or "it has no profiles"
            raise WorkflowError(f"`{self.options.profile}` is not a profile of {self.workflow.name}", hint)
        for step in self.options.force:
            if not any(_is_in(name, step) for name in self.workflow.steps):
                raise WorkflowError(f"`{step}` is not a step of {self.workflow.name}", nearest(step, self.workflow.steps))
        for capability in self.settings.options:
            if capability not in registry.capabilities():
                cure = nearest(capability, registry.capabilities())
                raise WorkflowError(f"the settings have a table `[{capability}]`, which is not a capability", cure)

    def _evaluate(self, value: Any, scope: Mapping[str, Any], where: str) -> Any:
        try:
            return evaluate(value, scope)
        except WorkflowError as error:
            raise WorkflowError(f"{where}: {error.message}", error.hint) from error

    def _sort(self) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
        """The steps so that each stands after those that feed it, otherwise as written; and who feeds whom."""
        steps = self.workflow.steps
        feeders = {name: self._flow.feeders(name) for name in steps}
        order: list[str] = []
        left = list(steps)
        while left:
            ready = next((name for name in left if all(feeder in order for feeder in feeders[name])), None)
            if ready is None:
                raise WorkflowError(
                    f"steps {', '.join(f'`{name}`' for name in left)} wait for each other", "break the circle of references"
                )
            order.append(ready)
            left.remove(ready)
        return tuple(order), feeders

    def focus(self, name: str, uses: str, params: Mapping[str, Any], keep: tuple[str, ...]) -> None:
        """Narrows the job to one step and what feeds it: the step is of another kind, with more parameters.

        What the job gives are those parts of its value that `keep` names.
        """
        wanted = {name}
        for each in reversed(self.order):
            if each in wanted:
                wanted.update(self.feeders[each])
        spec = self.workflow.steps[name]
        stand_in = replace(spec, uses=uses, params={**spec.params, **params})
        steps = {each: stand_in if each == name else old for each, old in self.workflow.steps.items() if each in wanted}
        self.workflow = replace(self.workflow, steps=steps)
        self.order = tuple(each for each in self.order if each in wanted)
        self.feeders = {each: self.feeders[each] for each in self.order}
        self._focus = (name, keep)

    def expand(self, name: str, values: Mapping[str, Any], skipped: frozenset[str] | set[str]) -> Skip | list[Piece | None]:
        """What a step comes down to once all that feeds it has ended.

        Args:
            name: the step's id.
            values: the values of the steps that have ended, null for those skipped.
            skipped: the ids of those skipped.

        Returns:
            Skip, or one piece per item, None for an item that its `if` leaves out.
        """
        spec = self.workflow.steps[name]
        feeders = self.feeders[name]
        if feeders and all(feeder in skipped for feeder in feeders):
            return Skip(f"{' and '.join(f'`{feeder}`' for feeder in feeders)} {'was' if len(feeders) == 1 else 'were'} skipped")
        if self._flow.is_left_out(name, values):
            return Skip(f"the `if` of `{name.rpartition('.')[0]}` is false")
        scope = self._flow.scope(name, values)
        is_per_item = spec.for_each is not None and bool(roots_used(spec.condition) & {"item", "index"})
        if spec.condition is not None and not is_per_item and not self._evaluate(spec.condition, scope, f"steps.{name}.if"):
            return Skip("its `if` is false")
        if spec.for_each is None:
            return [self._piece(name, scope, values, None, None)]
        items = self._evaluate(spec.for_each, scope, f"steps.{name}.for_each")
        if not isinstance(items, list | tuple):
            raise WorkflowError(f"steps.{name}.for_each: this is not a list", "give a list, or an expression that gives one")
        if len(items) > MAX_ITEMS:
            raise WorkflowError(f"steps.{name}.for_each: {len(items)} items are more than {MAX_ITEMS}", "make the list shorter")
        pieces: list[Piece | None] = []
        for index, item in enumerate(items):
            inner = {**scope, "item": item, "index": index}
            if is_per_item and not self._evaluate(spec.condition, inner, f"steps.{name}.if"):
                pieces.append(None)
            else:
                pieces.append(self._piece(name, inner, values, index, len(items)))
        return pieces

    def _piece(self, name: str, scope: Mapping[str, Any], values: Mapping[str, Any], item: int | None, items: int | None) -> Piece:
        spec = self.workflow.steps[name]
        kind = registry.step(spec.uses)
        where = f"steps.{name}.with"
        layers, chain = self._layers(name, spec, kind, values)
        providers = tuple(each for _, each in choose.classes(kind.provides, chain))
        merged: dict[str, Any] = {}
        for layer in layers:
            merged.update(self._with_files(layer.given, layer, (kind, *providers), where))
        # Artifacts in their written form: a parameter of any type then keeps them through validation and the way to a worker.
        own = Layer(spec.params, spec.params, self._flow.frame(name).workflow.folder)
        explicit = self._with_files(self._evaluate(dict(spec.params), scope, where), own, (kind, *providers), where)
        choose.unknown_parameters(kind, providers, explicit, where)
        step = choose.build_step(kind, merged, explicit, where)
        try:
            step = step.model_copy(update=kind.decided(dict(step), self.templates))
        except WorkflowError as error:
            raise WorkflowError(f"steps.{name}: {error.message}", error.hint) from error
        found = choose.candidates(kind.provides, chain, step, merged, explicit, is_offline=self.options.is_offline, where=where)
        return Piece(name, spec, item, items, found)

    def _layers(self, name: str, spec: StepSpec, kind: type[Step], values: Mapping[str, Any]) -> tuple[list[Layer], tuple[str, ...]]:
        """The options that hold for a step by its capability, lowest first, and the chain of providers."""
        capability = kind.provides
        lowest: dict[str, Any] = {}
        if (brand := self._flow.brand(name, values)) is not None:  # for the step, or for a provider that paints in its colours
            lowest["brand"] = brand
        lowest.update(self.settings.options.get(capability, {}))
        from_settings = config.default_provider(registry.providers(capability)) or lowest.get("provider")
        layers = self._flow.options(name, capability, self.options.profile, values)
        from_layers = next((named for layer in reversed(layers) if (named := layer.given.get("provider"))), None)
        named = spec.provider or from_layers or from_settings or registry.EMBEDDED
        chain = (named,) if isinstance(named, str) else tuple(named)
        without = [replace(each, given={key: value for key, value in each.given.items() if key != "provider"}) for each in layers]
        return [Layer({key: value for key, value in lowest.items() if key != "provider"}), *without], chain

    def _with_files(self, given: Mapping[str, Any], layer: Layer, owners: tuple[Any, ...], where: str) -> dict[str, Any]:
        """What a layer gives as JSON, each path that stands in it as it is brought in as an artifact."""
        for place, text in files.named(layer.written, owners):
            try:
                given = files.put(given, place, self._import(files.find(layer.folder or Path(), text)))
            except WorkflowError as error:
                raise WorkflowError(f"{where}.{dotted(place)}: {error.message}", error.hint) from error
        return dict(to_json(given))

    def key(self, piece: Piece, candidate: Candidate) -> Keyed:
        """The cache key of a piece when this candidate does it."""
        step, provider = candidate.step, candidate.provider
        try:
            materials = {**step.materials(self.templates), **provider.materials(step, self.templates)}
            parts = keys.parts(step, provider, self.seed(piece), materials)
            return Keyed(keys.digest(parts), keys.fingerprints(parts))
        except AigcError as error:
            raise type(error)(f"steps.{piece.label}: {error.message}", error.hint) from error
        except (ValueError, RecursionError) as error:
            raise WorkflowError(f"steps.{piece.label}: a parameter is not plain data: {error}") from error

    def capability(self, name: str) -> str:
        """The capability that a step needs."""
        return registry.step(self.workflow.steps[name].uses).provides

    def seed(self, piece: Piece) -> int:
        """The seed of a piece: the step's own, else the run's, else 0."""
        if piece.spec.seed is not None:
            return piece.spec.seed
        return self.options.seed or 0

    def may_read(self, piece: Piece, step: Step) -> bool:
        """Whether a result from the cache will do. Offline, what an address answered last is better than nothing."""
        is_stale = step.is_volatile() and not self.options.is_offline
        return not is_stale and piece.spec.cache and not self.options.no_cache and not self.is_forced(piece)

    def is_forced(self, piece: Piece) -> bool:
        """Whether the piece's step, or the include that it came with, is to run again."""
        return any(_is_in(piece.step, named) for named in self.options.force)

    def may_write(self, piece: Piece) -> bool:
        """Whether the result is kept for later runs."""
        return piece.spec.cache and not self.options.no_cache

    def outputs(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The workflow's outputs, artifacts at their leaves."""
        if self._focus is None:
            return self._flow.outputs(values)
        name, keep = self._focus
        value = values[name]
        many = [each for each in (value if isinstance(value, list) else [value]) if each is not None]
        return {part: [item for each in many for item in each[part]] for part in keep}


def _is_in(step: str, named: str) -> bool:
    return step == named or step.startswith(f"{named}.")


def roots_used(value: Any) -> set[str]:
    """The first names that a value's expressions use: `inputs`, `item`."""
    return {each.root for each in references(value)}


def why(before: Mapping[str, str], now: Mapping[str, str], step: Step) -> str:
    """Why a result is not in the cache, from what its last one was made of."""
    if not before:
        return "not in the cache"
    changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    if not changed:
        return "no longer in the cache"
    if "step" in changed:
        return "the step has a new version"
    if "provider" in changed:
        return "another provider, or a new version of it"
    texts: list[str] = []
    materials: list[str] = []
    others: list[str] = []
    for name in changed:
        group, _, field_name = name.partition(".")
        if group == "materials":
            named = f"`{field_name}`" if "/" in field_name else field_name
            if name in before and name in now:
                materials.append(f"{named} changed")
            else:
                others.append(f"uses {named} {'now' if name in now else 'no longer'}")
        elif name == "seed":
            texts.append("the seed changed")
        else:
            is_file = "$artifact" in repr(getattr(step.model_dump(mode="json").get(field_name), "keys", list)())
            texts.append(f"input file `{field_name}` changed" if is_file else f"parameter `{field_name}` changed")
    # Other templates follow from other parameters: they are a reason of their own only when there is none beside them.
    texts += materials or ([] if texts else others)
    return ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
