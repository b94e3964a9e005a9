"""Who does a step, and with which options: the step's own word, then the profile, the defaults, the settings, the embedded one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from aigc_cli import config, credentials, fetch, registry
from aigc_cli.contracts import Need, Provider, Step
from aigc_cli.engine.parameters import takes_null
from aigc_cli.engine.wording import complaints
from aigc_cli.errors import AigcError, ConfigError, MissingExtra, MissingKey, MissingTool, ProviderError, Refused, WorkflowError
from aigc_cli.workflow.problems import dotted, nearest

_PROGRAM = re.compile(r"(?!lib)[a-z0-9_.+-]+\Z")


@dataclass(frozen=True)
class Candidate:
    """A step with its parameters, and a provider with its options, that may do it. `refusal` says why it cannot."""

    step: Step
    provider: Provider
    refusal: AigcError | None = None


def build_step(kind: type[Step], merged: Mapping[str, Any], explicit: Mapping[str, Any], where: str) -> Step:
    """The step with its parameters. `merged` holds defaults, profile and settings: what the step does not know is not for it."""
    fields = kind.model_fields
    step: Step = _build(kind, {name: value for name, value in _over(merged, explicit).items() if name in fields}, where)
    return step


def build_provider(kind: type[Provider], step: type[Step], merged: Mapping[str, Any], explicit: Mapping[str, Any], where: str) -> Provider:
    """The provider with its options: those that are no parameters of the step."""
    fields = kind.model_fields
    options = {name: value for name, value in _over(merged, explicit).items() if name in fields and name not in step.model_fields}
    provider: Provider = _build(kind, options, where)
    return provider


def _over(merged: Mapping[str, Any], explicit: Mapping[str, Any]) -> dict[str, Any]:
    # An optional input that was not given arrives as null: the default below it then holds.
    return {**merged, **{name: value for name, value in explicit.items() if value is not None or name not in merged}}


def _build(kind: Callable[..., Any], options: Mapping[str, Any], where: str) -> Any:
    fields = kind.model_fields  # type: ignore[attr-defined]
    # Null stands for "not given" wherever the parameter itself knows no null.
    given = {name: value for name, value in options.items() if value is not None or takes_null(fields[name])}
    try:
        return kind.model_validate(given)  # type: ignore[attr-defined]
    except ValidationError as error:
        found = complaints(error, given)
        messages = [f"{where}.{dotted(each.path)}: {each.message}" if each.path else f"{where}: {each.message}" for each in found]
        raise WorkflowError("\n".join(messages), found[0].hint if len(found) == 1 else "") from error


def unknown_parameters(step: type[Step], providers: tuple[type[Provider], ...], explicit: Mapping[str, Any], where: str) -> None:
    """Raises WorkflowError when `with` names something that neither the step nor any of its providers knows."""
    known = {*step.model_fields, *(name for provider in providers for name in provider.model_fields)}
    for name in explicit:
        if name not in known:
            raise WorkflowError(f"{where}.{name}: unknown parameter of {step.kind}", nearest(name, tuple(sorted(known))))


def classes(capability: str, names: tuple[str, ...]) -> tuple[tuple[str, type[Provider]], ...]:
    """The provider classes that a chain of names stands for, each with the name that was written; embedded ones in their order."""
    found: list[tuple[str, type[Provider]]] = []
    for name in names:
        if name == registry.EMBEDDED:
            embedded = registry.embedded(capability)
            if not embedded and len(names) == 1:
                raise WorkflowError(
                    f"there is no embedded provider of {capability}", f"name one of {', '.join(registry.providers(capability))}"
                )
            found.extend((name, each) for each in embedded)
        else:
            found.append((name, registry.provider(capability, name)))
    return tuple(found)


def candidates(
    capability: str,
    names: tuple[str, ...],
    step: Step,
    merged: Mapping[str, Any],
    explicit: Mapping[str, Any],
    *,
    is_offline: bool,
    where: str,
) -> Iterator[Candidate]:
    """Those who may do a step, in order of choice, made one by one as they are asked for.

    An embedded provider that does not fit the step is passed over without a word, for another one may; the last of them
    says why. A provider that was named carries its refusal, so that the fallback can be told.
    """
    chain = classes(capability, names)
    has_fit = False
    last: Candidate | None = None
    for name, kind in chain:
        provider = build_provider(kind, type(step), merged, explicit, where)
        misfit = provider.misfit(step)
        refusal: AigcError | None = (
            None if misfit is None else Refused(f"{kind.name} cannot do this: {misfit}", _others(capability, kind.name))
        )
        refusal = refusal or next(filter(None, (unmet(need, kind.name, is_offline=is_offline) for need in provider.requires())), None)
        candidate = Candidate(step, provider, refusal)
        if name == registry.EMBEDDED:
            if has_fit:
                continue
            has_fit = refusal is None
            if refusal is not None:
                last = candidate
                continue
        yield candidate
    if last is not None and not has_fit:
        yield last


def _others(capability: str, name: str) -> str:
    others = [each for each in registry.providers(capability) if each != name]
    return f"`provider:` may name {', '.join(others)}" if others else ""


def unmet(need: Need, provider: str, *, is_offline: bool) -> AigcError | None:
    """Why a need of a provider is not met on this machine; None when it is met, or when only a try can tell."""
    if need.kind in ("network", "key") and need.name in config.trusted_servers():
        return None  # a server of the user's own is there without the network, and may want no key
    if need.kind == "network" and fetch.is_local_name(need.name):
        return ConfigError(
            f"{provider} is to reach `{need.name}`, and only your own settings may allow a host of the local network",
            f'write `servers = ["{need.name}"]` into {config.config_file()}',
        )
    if need.kind == "network" and is_offline:
        return Refused(f"{provider} needs the network, and this run is offline", "run without `--offline`, or name another provider")
    if need.kind == "key" and credentials.find(need.name) is None:
        variable = credentials.usual_variable(need.name)
        return MissingKey(
            f"{provider} needs a key: {variable} is not set", need.cure or f"{credentials.cure(need.name)}, or name another provider"
        )
    if need.kind == "extra":
        import importlib.util

        try:
            is_there = importlib.util.find_spec(need.name) is not None
        except (ImportError, ValueError):
            is_there = False
        if not is_there:
            return MissingExtra(f"{provider} needs the Python package `{need.name}`", need.cure or f"pip install '{need.name}'")
    if need.kind == "tool" and _PROGRAM.match(need.name):  # a system library shows itself only when it is loaded
        import shutil

        if shutil.which(need.name) is None:
            return MissingTool(f"{provider} needs the program `{need.name}`", need.cure or "install it, or name another provider")
    return None


def can_fall_back(error: AigcError) -> bool:
    """True for errors that another provider may not have: the provider failed, or something for it is not set up."""
    return isinstance(error, ProviderError | ConfigError)
