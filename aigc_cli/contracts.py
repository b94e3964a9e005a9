"""What a step and a provider are, and what the engine gives them.

A step is a capability: a frozen pydantic model whose fields are its `with:` parameters. A provider does one verb for
one capability: a frozen pydantic model whose fields are its own options. Neither reads the environment, a clock, the
working directory or the cache: everything comes in through `Context`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue

from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.workflow.problems import Problem

T = TypeVar("T")


class Params(BaseModel):
    """Options of a step or a provider: frozen, no unknown names, no NaN. Use tuples, not lists; never sets."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Need:
    """Something a provider cannot work without. The name of a `network` need is a host, or words."""

    kind: Literal["extra", "key", "tool", "model", "network", "gpu"]
    name: str
    cure: str = ""


@dataclass(frozen=True)
class Usage:
    """What a call on a server uses, in the units that its price list counts.

    `server` is the server's host, `model` the model's name there; `units` counts `input_tokens`, `output_tokens`,
    `images`, `characters`, `seconds`, whichever the server bills.
    """

    server: str
    model: str
    units: Mapping[str, float]


class Context(Protocol):
    """What a running step may use. The engine makes one per attempt."""

    @property
    def scratch(self) -> Path:
        """An empty folder of this attempt alone; gone afterwards."""

    @property
    def seed(self) -> int:
        """The seed of this step, always explicit."""

    @property
    def is_offline(self) -> bool:
        """True when the network must not be touched."""

    @property
    def templates(self) -> Templates:
        """Where templates are looked up: the workflow's folder first."""

    def open(self, artifact: Artifact) -> Path:
        """The path of an artifact's bytes, for reading only."""

    def save(self, content: bytes | Path, media_type: str, name: str = "") -> Artifact:
        """Keeps bytes, or the file at a path, and returns the artifact."""

    def progress(self, fraction: float, text: str = "") -> None:
        """Says how far the step is, 0 to 1. Also the place where a cancelled step stops, by an exception."""

    def note(self, text: str, *, is_downgrade: bool = False) -> None:
        """Tells the user something; a downgrade makes the run `degraded`, and fails it under `--strict`."""

    def load(self, name: str, make: Callable[[], T]) -> T:
        """A heavy object such as a model, made once per worker and kept while the run needs it."""

    def release(self, keep: str = "") -> int:
        """Drops the heavy objects that `load` keeps, but for the one called `keep`, when memory is short. How many went."""

    def alone(self, thing: str) -> AbstractContextManager[None]:
        """Holds a thing of which the machine has one, such as `cuda`, alone among all steps and runs of this cache; waits for it."""

    def key(self, name: str) -> str:
        """A secret by name. Raises MissingKey with the variable's name and the cure."""

    def is_trusted(self, host: str) -> bool:
        """True when the user's own settings allow this host although it is on the local network."""

    def command(self, name: str) -> tuple[str, ...]:
        """The program and arguments that the user's own settings call by this name. Raises ConfigError when there is none."""

    def allow(self, usage: Usage) -> None:
        """Asks, before a call that costs money, whether it may use at most this. Raises BudgetError when that passes what is allowed."""

    def spent(self, usage: Usage) -> None:
        """Says, after a call, what it has really used: it goes into the ledger and counts against what is allowed."""

    def memo(self, kind: str, version: int, material: JsonValue, make: Callable[[], Any]) -> Any:
        """A part of the step's result, cached by its own content key, as a step's outputs are.

        `material` is JSON (artifacts in their `to_json` form) and holds everything that the part depends on; `make`
        returns a value as a step does. A scene's pixels are such a part: one changed caption renders one scene.
        """


class Provider(Params):
    """The base of every provider. Its fields are its options, `name` is unique within its capability.

    `version` is raised by hand when equal options may give other bytes; it is part of every cache key. `is_heavy` marks
    one that loads more than about 200 MB: one worker serves all its work, so that the weights are in memory once.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    needs: ClassVar[tuple[Need, ...]] = ()
    is_embedded: ClassVar[bool] = False
    is_fake: ClassVar[bool] = False
    is_heavy: ClassVar[bool] = False
    price: ClassVar[Mapping[str, float]] = {}

    @classmethod
    def verify(cls) -> str:
        """Checks that what it reads from this machine's disk is whole, byte by byte where a checksum is known; says what was checked.

        Empty when there is nothing to check. Raises MissingModel with the cure.
        """
        return ""

    def requires(self) -> tuple[Need, ...]:
        """What it cannot work without as it is set up: `needs`, or what its options come down to."""
        return self.needs

    def misfit(self, step: Step) -> str | None:
        """Why this provider cannot serve this step, in a few words; None when it can."""
        return None

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of what the result depends on beside the parameters: templates, weights. Part of the cache key."""
        return {}

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """What one try at this step uses at most on a server that may cost money; None when it calls none."""
        return None


class Step(Params):
    """The base of every step. Its fields are its parameters; a field that holds a file is an `ArtifactField`.

    `outputs` names what the step's value holds, each with a line of description. `provides` is the capability whose
    providers may serve it (the registry's first name), for instance `speech`.
    """

    kind: ClassVar[str]
    version: ClassVar[int]
    provides: ClassVar[str]
    outputs: ClassVar[Mapping[str, str]]
    previewed_by: ClassVar[str] = ""
    """The kind of step that shows what this one would make, from the same parameters, without making it."""

    @classmethod
    def decided(cls, given: Mapping[str, Any], templates: Templates) -> Mapping[str, Any]:
        """Parameters that templates decide, from those that are given: the voice of the brand where none is named.

        They take the place of what is given before a provider is chosen and the cache key is made. `given` may lack parameters, or hold
        expressions that are not known yet. Raises WorkflowError for a template that is wrong.
        """
        return {}

    @classmethod
    def faults(cls, given: Mapping[str, Any], templates: Templates) -> tuple[Problem, ...]:
        """Every mistake in the files beside the workflow that such a step would read and that nothing else checks."""
        return ()

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """Digests of templates the step itself depends on. Part of the cache key."""
        return {}

    def is_volatile(self) -> bool:
        """True when equal parameters may give another result each time, as an address on the web does: never taken from the cache."""
        return False

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Does the work and returns a value for each name in `outputs`: JSON, artifacts at the leaves."""
        raise NotImplementedError
