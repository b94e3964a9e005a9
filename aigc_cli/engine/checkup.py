"""What a machine must have: checked one by one, each with its cure."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aigc_cli import assets, config, credentials, registry
from aigc_cli.engine.choose import unmet
from aigc_cli.engine.publish import check_folder
from aigc_cli.engine.run import default_jobs
from aigc_cli.errors import AigcError

_LIBRARIES = {
    "skia": "`apt-get install libegl1 libgl1` brings what it loads on a bare Debian or Ubuntu",
    "av": "reinstall it: `pip install --force-reinstall av`",
    "cv2": "reinstall it: `pip install --force-reinstall opencv-python-headless`",
    "numpy": "reinstall it: `pip install --force-reinstall numpy`",
    "onnxruntime": "reinstall it: `pip install --force-reinstall onnxruntime`",
    "hibari": "reinstall it: `pip install --force-reinstall hibari-tts`",
}
_LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Check:
    """One thing looked at. `bad` stops clips from being made, `warning` may."""

    what: str
    status: Literal["ok", "warning", "bad"]
    found: str
    cure: str = ""


def checkup() -> Iterator[Check]:
    """Looks at everything, one after the other; never raises."""
    version = platform.python_version()
    is_new_enough = sys.version_info >= (3, 11)
    yield Check("Python", "ok" if is_new_enough else "bad", f"{version} on {platform.machine()}", "install Python 3.11 or later")
    cores = default_jobs()
    yield Check("cores", "ok" if cores > 1 else "warning", str(cores), "one core works, slowly")
    yield from _cache()
    try:
        config.load_settings()
        yield Check("settings", "ok", str(config.config_file()))
    except AigcError as error:
        yield Check("settings", "bad", error.message, error.hint)
    yield from _keys()
    for name, cure in _LIBRARIES.items():
        yield _library(name, cure)
    yield from _data()
    yield from _capabilities()
    yield from _models()


def _cache() -> Iterator[Check]:
    root = config.cache_dir()
    try:
        check_folder(root)
        free = shutil.disk_usage(root).free
    except (AigcError, OSError) as error:
        yield Check("cache", "bad", str(error), "name a folder of your own with AIGC_CACHE_DIR")
        return
    yield Check("cache", "ok", str(root))
    is_enough = free >= _LEAST_FREE_BYTES
    yield Check("free space", "ok" if is_enough else "warning", f"{free / 1e9:.1f} GB", "`aigc cache gc` makes room")


def _keys() -> Iterator[Check]:
    """Where keys come from, by their names alone, and who else may see them."""
    for path in credentials.files():
        try:
            names = ", ".join(credentials.read(path)) or "no keys"
        except AigcError as error:
            yield Check("keys", "bad", error.message, error.hint)
            continue
        found = list(credentials.exposures(path)) if names != "no keys" else []
        for risk, cure in found:
            yield Check("keys", "warning", f"{path}: {risk}", cure)
        if not found:
            yield Check("keys", "ok", f"{names} in {path}")


def _library(name: str, cure: str) -> Check:
    # In a process of its own: a broken native library may take down whoever loads it.
    code = f"import {name}; print(getattr({name}, '__version__', 'there'))"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(f"library {name}", "bad", str(error), cure)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        return Check(f"library {name}", "bad", words[-1] if words else f"ended with code {done.returncode}", cure)
    return Check(f"library {name}", "ok", done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "there")


def _data() -> Iterator[Check]:
    for name, folder, pattern in (
        ("fonts", assets.data("fonts"), "**/*.?tf"),
        ("voices", assets.data("voices"), "**/*"),
        ("drawings", assets.data("drawings"), "**/*"),
        ("scene templates", assets.shipped("templates") / "scenes", "*.yaml"),
        ("workflows", assets.shipped("workflows"), "*.yaml"),
    ):
        count = sum(path.is_file() for path in folder.glob(pattern)) if folder.is_dir() else 0
        yield Check(name, "ok" if count else "bad", f"{count} files", "reinstall aigc: its own files are missing")


def _capabilities() -> Iterator[Check]:
    for capability in registry.capabilities():
        try:
            providers = registry.embedded(capability)
            refusals = [refusal for each in providers for need in each.needs if (refusal := unmet(need, each.name, is_offline=False))]
        except AigcError as error:
            yield Check(f"capability {capability}", "bad", error.message, error.hint)
            continue
        names = ", ".join(each.name for each in providers)
        if refusals:
            yield Check(f"capability {capability}", "warning", refusals[0].message, refusals[0].hint)
        else:
            yield Check(
                f"capability {capability}", "ok" if names else "warning", names or "nothing embedded", "name a provider in the settings"
            )


def _models() -> Iterator[Check]:
    """What embedded providers keep on disk, read and compared with its checksums."""
    for capability in registry.capabilities():
        try:
            providers = registry.embedded(capability)
        except AigcError:
            continue  # said by the capability's own check
        for provider in providers:
            if any(unmet(need, provider.name, is_offline=False) for need in provider.needs):
                continue  # an extra that nobody installed is no damage; the capability's own check names it
            try:
                checked = provider.verify()
            except AigcError as error:
                yield Check(f"model {provider.name}", "bad", error.message, error.hint)
                continue
            if checked:
                yield Check(f"model {provider.name}", "ok", checked)
