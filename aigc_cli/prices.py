"""What calls cost, by price lists that anybody can edit: the user's own first, then the one that ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aigc_cli import assets, config
from aigc_cli.contracts import Usage
from aigc_cli.errors import ConfigError

PER_MILLION = ("input_tokens", "output_tokens", "cached_tokens", "characters")
PER_ONE = ("images", "seconds", "calls")
_MAX_BYTES = 1 << 20


class _List(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = Field(alias="prices")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    servers: dict[str, dict[str, dict[str, float]]] = {}


@dataclass(frozen=True)
class Prices:
    """Prices by server and model, all in one currency. `free` are hosts that cost nothing unless they are listed."""

    currency: str
    servers: Mapping[str, Mapping[str, Mapping[str, float]]]
    free: tuple[str, ...] = ()

    def cost(self, usage: Usage) -> float | None:
        """What a usage costs in the list's currency; None when no list names its server and model, or one of its units."""
        found = self._find(usage.server, usage.model)
        if found is None:
            return 0.0 if usage.server in self.free else None
        counted = {unit: count for unit, count in usage.units.items() if count}
        if any(unit not in found for unit in counted if not (unit == "calls" or _is_beside(unit, counted, found))):
            return None
        return sum(count * found.get(unit, 0.0) * (1e-6 if unit in PER_MILLION else 1.0) for unit, count in counted.items())

    def _find(self, server: str, model: str) -> Mapping[str, float] | None:
        models = self.servers.get(server, {})
        if model in models:
            return models[model]
        fitting = [name for name in models if name.endswith("*") and model.startswith(name[:-1])]
        return models[max(fitting, key=len)] if fitting else None


def _is_beside(unit: str, counted: Mapping[str, float], found: Mapping[str, float]) -> bool:
    """True for a unit that a server counts but does not bill: images beside tokens, characters beside seconds."""
    return any(other in found for other in counted if other != unit)


def load() -> Prices:
    """The price lists of this machine. Raises ConfigError when the user's own is damaged."""
    shipped = _read(assets.data("prices.yaml"))
    own = _read(config.prices_file()) if config.prices_file().is_file() else None
    free = config.trusted_servers()
    if own is None:
        return Prices(shipped.currency, shipped.servers, free)
    if own.currency != shipped.currency:  # amounts of two currencies cannot be added
        return Prices(own.currency, own.servers, free)
    names = {*shipped.servers, *own.servers}
    return Prices(own.currency, {name: {**shipped.servers.get(name, {}), **own.servers.get(name, {})} for name in names}, free)


def _read(path: Path) -> _List:
    try:
        stamp = path.stat()
        if stamp.st_size > _MAX_BYTES:
            raise ConfigError(f"the price list {path} is larger than 1 MiB", "keep only prices in it")
        return _parse(path, stamp.st_mtime_ns)
    except OSError as error:
        raise ConfigError(f"cannot read the price list {path}: {error.strerror}", "change its permissions, or remove it") from error


@cache
def _parse(path: Path, _: int) -> _List:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        found = _List.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"the price list {path} is not YAML", "docs/models.md shows one") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"the price list {path} at `{where}`: {first['msg'].lower()}", "docs/models.md shows one") from error
    for server, models in found.servers.items():
        for model, units in models.items():
            for unit, price in units.items():
                if unit not in (*PER_MILLION, *PER_ONE):
                    raise ConfigError(
                        f"the price list {path}: `{unit}` of `{server}` `{model}` is not a unit",
                        f"use {', '.join((*PER_MILLION, *PER_ONE))}",
                    )
                if price < 0:
                    raise ConfigError(f"the price list {path}: `{unit}` of `{server}` `{model}` is below zero", "give what it costs")
    return found


def amount_text(amount: float, currency: str) -> str:
    """An amount as people read it, with as many decimals as it needs: `0.42 USD`, `0.0003 USD`."""
    if amount == 0 or amount >= 0.1:
        return f"{amount:.2f} {currency}"
    return f"{float(f'{amount:.2g}'):.6f}".rstrip("0") + f" {currency}"
