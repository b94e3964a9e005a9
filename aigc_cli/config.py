"""Places and settings: from the environment, then `aigc.toml` beside the workflow, then the user's `config.toml`.

A settings file holds one table per capability (options for its steps and providers), and, in the user's file only,
`env` (names of variables that expressions may read), `servers` (hosts of the local
network that providers may reach), `trusted_models` (models whose own code may run), `[commands]` (programs that
providers may run) and `[cache] max_gb`. A workflow's folder may come from a stranger, so its `aigc.toml` can choose
options but reach neither secrets nor the environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aigc_cli.errors import ConfigError

FILE_NAME = "config.toml"
PROJECT_FILE_NAME = "aigc.toml"
PRICES_FILE_NAME = "prices.yaml"
DEFAULT_CACHE_GB = 20.0
_MAX_FILE_BYTES = 1 << 20
_USER_ONLY = ("env", "servers", "commands", "cache", "trusted_models")


@dataclass(frozen=True)
class Settings:
    """What the user has set, merged; `options` holds a table of options per capability, `provider` among them."""

    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    env_names: tuple[str, ...] = ()
    cache_max_bytes: int = int(DEFAULT_CACHE_GB * 1e9)


def cache_dir() -> Path:
    """The cache folder: `AIGC_CACHE_DIR`, else the platform's. Absolute; it may not exist yet."""
    named = os.environ.get("AIGC_CACHE_DIR")
    if named:
        return Path(named).absolute()
    import platformdirs

    return _of_platform(platformdirs.user_cache_dir)


def config_file() -> Path:
    """The user's settings file: `AIGC_CONFIG` names it or its folder, else it lies in the platform's folder."""
    named = os.environ.get("AIGC_CONFIG")
    if named:
        path = Path(named).absolute()
        return path if path.suffix == ".toml" else path / FILE_NAME
    import platformdirs

    return _of_platform(platformdirs.user_config_dir) / FILE_NAME


def _of_platform(find: Callable[..., str]) -> Path:
    try:
        return Path(find("aigc", appauthor=False)).absolute()
    except (RuntimeError, KeyError) as error:  # a service's user may have no home
        raise ConfigError("there is no home folder for settings and the cache", "set HOME, or AIGC_CACHE_DIR and AIGC_CONFIG") from error


def load_settings(workflow_folder: Path | None = None) -> Settings:
    """Reads and merges all settings. Raises ConfigError when a file is not TOML or holds something unknown."""
    user_file = config_file()
    user = _read(user_file)
    project_file = workflow_folder / PROJECT_FILE_NAME if workflow_folder is not None else None
    project = _read(project_file) if project_file is not None else {}
    for source, table in ((user_file, user), (project_file, project)):
        if "keys" in table:
            raise ConfigError(
                f"{source}: keys do not belong into settings, which get copied and committed",
                f"write them into {user_file.parent / '.env'}, a line such as `OPENAI_API_KEY=...` for each, and remove `[keys]`",
            )
    for name in _USER_ONLY:
        if name in project:
            raise ConfigError(f"{project_file}: `{name}` may stand only in the user's own settings", f"move it to {user_file}")
    options: dict[str, dict[str, Any]] = {}
    for source, table in ((user_file, user), (project_file, project)):
        for name, value in table.items():
            if name in _USER_ONLY:
                continue
            if not isinstance(value, dict):
                raise ConfigError(f"{source}: `{name}` is not a table", f"write `[{name}]` and its options below")
            options.setdefault(name, {}).update(value)
    return Settings(options, _env_names(user, user_file), _cache_max_bytes(user, user_file))


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(f"cannot read the settings {path}: {error.strerror}", "change its permissions, or remove it") from error
    if len(content) > _MAX_FILE_BYTES:
        raise ConfigError(f"the settings {path} are larger than 1 MiB", "keep only settings in it")
    import tomllib

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"the settings {path} are not valid TOML: {error}", "correct the file, or remove it") from error


def _env_names(table: Mapping[str, Any], source: Path) -> tuple[str, ...]:
    named = os.environ.get("AIGC_ENV_ALLOW")
    if named is not None:
        return tuple(name.strip() for name in named.split(",") if name.strip())
    names = table.get("env", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{source}: `env` is not a list of names", 'write for example `env = ["CAMPAIGN"]`')
    return tuple(names)


def _cache_max_bytes(table: Mapping[str, Any], source: Path) -> int:
    cache = table.get("cache", {})
    text: Any = os.environ.get("AIGC_CACHE_MAX_GB", cache.get("max_gb", DEFAULT_CACHE_GB) if isinstance(cache, dict) else None)
    try:
        size_gb = float(text)
    except (TypeError, ValueError):
        size_gb = -1.0
    if not 0 <= size_gb < float("inf"):
        raise ConfigError(f"{source}: `cache.max_gb` is not a number of gigabytes", "write for example `max_gb = 20` below `[cache]`")
    return int(size_gb * 1e9)


def allowed_env(settings: Settings) -> dict[str, str]:
    """The environment variables that expressions may read as `env.NAME`: only those on the user's list."""
    return {name: os.environ[name] for name in settings.env_names if name in os.environ}


def default_provider(known: tuple[str, ...]) -> str | None:
    """`AIGC_PROVIDER` when it names one of these providers: `fake` runs every workflow without a model."""
    named = os.environ.get("AIGC_PROVIDER", "")
    return named if named in known else None


def trusted_servers() -> tuple[str, ...]:
    """Hosts of the local network that providers may reach: `AIGC_SERVERS`, else `servers` in the user's own settings."""
    named = os.environ.get("AIGC_SERVERS")
    if named is not None:
        return tuple(name.strip().lower() for name in named.split(",") if name.strip())
    return tuple(name.strip().lower() for name in _listed("servers", "hosts", "localhost"))


def trusted_models() -> tuple[str, ...]:
    """Models, by id or folder, whose own code may run: `trusted_models` in the user's own settings, none by default."""
    return tuple(_listed("trusted_models", "models", "owner/name"))


def _listed(name: str, what: str, example: str) -> list[str]:
    names = _read(config_file()).get(name, [])
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise ConfigError(f"{config_file()}: `{name}` is not a list of {what}", f'write for example `{name} = ["{example}"]`')
    return names


def prices_file() -> Path:
    """The user's own price list, beside the settings file; it may not exist."""
    return config_file().parent / PRICES_FILE_NAME


def command(name: str) -> tuple[str, ...]:
    """The program and its arguments that the user calls by this name, below `[commands]` in the settings.

    Raises ConfigError when there is none: a workflow can name a command, it can never bring one.
    """
    found = _read(config_file()).get("commands", {})
    if not isinstance(found, dict) or name not in found:
        known = ", ".join(f"`{each}`" for each in found) if isinstance(found, dict) else ""
        cure = f"the settings know {known}" if known else f'add below `[commands]` in {config_file()}: `{name} = ["program", "argument"]`'
        raise ConfigError(f"the settings have no command `{name}`", cure)
    argv = found[name]
    if not isinstance(argv, list) or not argv or not all(isinstance(part, str) and "\0" not in part for part in argv):
        raise ConfigError(f"the command `{name}` in {config_file()} is not a list of texts", f'write `{name} = ["program", "argument"]`')
    return tuple(argv)
