"""What a result depends on, as one digest: the cache key of a step.

Canonical JSON of the schema version, the step's kind and version, the provider's name and version, all parameters with
their defaults, the seed, and digests of the templates and weights in use. Artifacts count by content and media type.
Never a path, a time, a step's name, an artifact's name, a secret, or source code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from aigc_cli.artifacts import Artifact
from aigc_cli.contracts import Provider, Step

SCHEMA = 1
"""Raised when the form of keys or of action records changes: everything cached before counts as absent."""


def canonical(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, artifacts by content. Raises ValueError for NaN and infinity."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def digest(value: Any) -> str:
    """sha256 of the canonical JSON of a value, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Artifact):
        return value.key()
    if isinstance(value, BaseModel):
        return _plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        inner = value.get("$artifact") if len(value) == 1 else None
        if isinstance(inner, dict) and "digest" in inner and "media_type" in inner:
            return {"$artifact": inner["digest"], "media_type": inner["media_type"]}
        if not all(isinstance(key, str) for key in value):
            raise ValueError("a key of an object is not text")
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def parts(step: Step, provider: Provider, seed: int, materials: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the key of a step is made of, by name."""
    return {
        "schema": SCHEMA,
        "step": [step.kind, step.version],
        "provider": [provider.name, provider.version],
        "with": step.model_dump(mode="json"),
        "options": provider.model_dump(mode="json"),
        "seed": seed,
        "materials": dict(materials),
    }


def fingerprints(key_parts: Mapping[str, Any]) -> dict[str, str]:
    """A short digest per part and parameter, kept between runs to tell which of them changed."""
    flat: dict[str, Any] = {name: key_parts[name] for name in ("step", "provider", "seed")}
    for group in ("with", "options", "materials"):
        flat.update({f"{group}.{name}": value for name, value in key_parts[group].items()})
    return {name: digest(value)[:16] for name, value in flat.items()}


def memo_key(kind: str, version: int, material: Any) -> str:
    """The key of a part of a step's result."""
    return digest({"schema": SCHEMA, "memo": [kind, version], "material": material})
