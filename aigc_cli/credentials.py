"""Secrets by name: from the environment, from a `.env` file, from the system's keyring. From nowhere else.

A `.env` file gives keys and nothing else: a folder may come from a stranger, and no other variable in it is looked at.
`config.toml` holds no keys, for settings are copied and committed, which a `.env` by convention is not.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from aigc_cli import config
from aigc_cli.errors import ConfigError, MissingKey

FILE_NAME = ".env"
SERVICE = "aigc"
"""What the keyring files keys under."""
_MAX_FILE_BYTES = 1 << 16
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*\Z")
_QUOTED = re.compile(r"""(["'])(.*?)\1\s*(?:#.*)?\Z""")
_IS_KEY = re.compile(r"AIGC_KEY_[A-Z0-9_]+\Z|[A-Z0-9_]+_API_KEY\Z")


def variables(name: str) -> tuple[str, str]:
    """The variables that may hold a key: `AIGC_KEY_AZURE`, then `AZURE_API_KEY`.

    In the name of a server a dot is `_` and a hyphen `__`, so that `llm-example.org` does not get the key of `llm.example.org`.
    """
    stem = re.sub(r"\W", "_", name.replace("_", "___").replace("-", "__")).upper()
    return (f"AIGC_KEY_{stem}", f"{stem}_API_KEY")


def usual_variable(name: str) -> str:
    """The variable to tell people of: `OPENAI_API_KEY` for a vendor, `AIGC_KEY_LLM_EXAMPLE_ORG` for a server by its host."""
    own, common = variables(name)
    return own if "." in name or ":" in name else common


def key(name: str) -> str:
    """A secret by its provider's name. Raises MissingKey with the variable's name and the cure."""
    found = find(name)
    if found is None:
        raise MissingKey(f"no key for `{name}`: {usual_variable(name)} is not set", cure(name))
    return found


def cure(name: str) -> str:
    """What to do where a key is missing."""
    return f"set {usual_variable(name)}, or write `{usual_variable(name)}=...` into {own_file()}"


def find(name: str) -> str | None:
    """A secret by its provider's name, None when nothing gives it. Raises ConfigError for a `.env` file that cannot be used."""
    for source in (os.environ, *(read(path) for path in files())):
        for variable in variables(name):
            if source.get(variable):
                return source[variable]
    return _from_keyring(name)


def own_file() -> Path:
    """The user's own `.env`, beside the settings file; it may not exist."""
    return config.config_file().parent / FILE_NAME


def files() -> tuple[Path, ...]:
    """The `.env` files that are there, first who wins: that of the current folder, then the user's own."""
    paths = dict.fromkeys((Path(FILE_NAME).absolute(), own_file()))
    return tuple(path for path in paths if path.is_file())  # a folder of this name is a virtual environment


def read(path: Path) -> Mapping[str, str]:
    """The keys in a `.env` file, by variable; other variables in it are left alone. Raises ConfigError, which never shows a value."""
    try:
        facts = path.stat()
        return _parsed(path, facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        raise ConfigError(f"cannot read the keys in {path}: {error.strerror}", "change its permissions, or remove it") from error


@cache
def _parsed(path: Path, _: int, size: int) -> Mapping[str, str]:
    if size > _MAX_FILE_BYTES:
        raise ConfigError(f"{path} is larger than 64 KiB", "keep only keys in it")
    found: dict[str, str] = {}
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig", "replace").splitlines(), 1):
        match = _LINE.match(line)
        if match is None or not _IS_KEY.match(match[1]):
            continue
        found[match[1]] = _value(match[2], f"{path}:{number}")
    return found


def _value(text: str, where: str) -> str:
    quoted = _QUOTED.match(text)
    value = quoted[2] if quoted else text.partition(" #")[0].strip()
    if not quoted and text[:1] in ('"', "'"):
        raise ConfigError(f"{where}: the quotes of this key do not close", "write `NAME=key` on one line")
    if "${" in value or "$(" in value:
        raise ConfigError(f"{where}: nothing is put in for `$` here", "write the key itself")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigError(f"{where}: a key has no spaces or signs beyond ASCII", "copy it again")
    return value


@cache
def _from_keyring(name: str) -> str | None:
    """A key that `keyring set aigc NAME` has stored. A keyring that is locked, or is not there, gives none."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, name) or None
    except (KeyringError, OSError, RuntimeError):
        return None


def forget() -> None:
    """Asks the keyring anew the next time."""
    _from_keyring.cache_clear()


def exposures(path: Path) -> Iterator[tuple[str, str]]:
    """How the keys in a `.env` file may reach others, each with its cure: other users of the machine, a git repository."""
    if os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield "other users of this machine may read it", f"`chmod 600 {path}`"
    if _git(path, "ls-files", "--error-unmatch", "--", path.name) == 0:
        yield (
            "git tracks it, so whoever has the repository has the keys",
            f"take new keys; `git rm --cached {path.name}`, and a line `{path.name}` in .gitignore",
        )
    elif _git(path, "check-ignore", "--quiet", "--", path.name) == 1:
        yield "the next `git add` may take it along", f"write a line `{path.name}` into .gitignore"


def _git(path: Path, *arguments: str) -> int | None:
    """The exit code of git in the file's folder; None without git. The repository's own settings may start no program."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", *arguments]
    try:
        return subprocess.run(command, cwd=path.parent, capture_output=True, timeout=10, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return None
