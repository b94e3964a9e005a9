"""Steps and providers for tests of the engine: small, quick, and able to misbehave on request."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from aigc_cli import registry
from aigc_cli.artifacts import ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import ProviderError, QualityError


class Echo(Step):
    """Gives back its text as a file, and keeps count of how often it really ran."""

    kind: ClassVar[str] = "test.echo"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "test"
    outputs: ClassVar[Mapping[str, str]] = {"text": "the text", "file": "the text as a file", "upper": "in capitals"}

    text: str = ""
    number: float = 0.0
    other: Any = None
    source: ArtifactField | None = None
    brand: str = "none"
    count_in: str = ""
    sleep_s: float = 0.0
    fail: str = ""
    fail_times: int = 0

    def materials(self, templates: Templates) -> Mapping[str, str]:
        return {"copy/x.yaml": templates.digest("copy", "x.yaml")} if templates.has("copy", "x.yaml") else {}

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        tries = _count(self.count_in)
        ctx.progress(0.5, "half way")
        if self.sleep_s:
            time.sleep(self.sleep_s)
        if self.fail and (not self.fail_times or tries <= self.fail_times):
            _misbehave(self.fail, ctx)
        text = provider.echo(self.text, ctx)
        if self.source is not None:
            text += ctx.open(self.source).read_text()
        return {"text": text, "file": ctx.save(text.encode(), "text/plain", f"{text[:12]}.txt"), "upper": text.upper()}


def _count(folder: str) -> int:
    if not folder:
        return 0
    Path(folder).mkdir(parents=True, exist_ok=True)
    (Path(folder) / f"{time.time_ns()}-{os.getpid()}").touch()
    return len(list(Path(folder).iterdir()))


def _misbehave(how: str, ctx: Context) -> None:
    if how == "retryable":
        raise ProviderError("busy", "wait", retryable=True)
    if how == "provider":
        raise ProviderError("broken", "mend it")
    if how == "bug":
        raise ZeroDivisionError("oh")
    if how == "crash":
        os.abort()
    if how == "kill":
        os.kill(os.getpid(), 9)
    if how == "exit":
        os._exit(3)
    if how == "quality":
        raise QualityError("bad picture")
    if how == "print":
        print("noise on stdout")
        os.write(1, b"more noise\n")
    if how == "disk":
        (ctx.scratch / "big").write_bytes(b"x" * 50_000_000)


class Ask(Echo):
    """Stands for an address that may answer something new each time."""

    kind: ClassVar[str] = "test.ask"

    def is_volatile(self) -> bool:
        return True


class Weigh(Echo):
    """Tells which worker ran it, after loading something heavy."""

    kind: ClassVar[str] = "test.weigh"
    outputs: ClassVar[Mapping[str, str]] = {"pid": "the worker's process", "loads": "how often the weights were made"}

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        ctx.load("weights", lambda: _count(self.count_in) or 1)
        time.sleep(self.sleep_s)
        return {"pid": os.getpid(), "loads": 1}


class Join(Step):
    """Takes anything, and says how much it got."""

    kind: ClassVar[str] = "test.join"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "test"
    outputs: ClassVar[Mapping[str, str]] = {"data": "what came in", "pid": "the worker's process"}

    data: Any = None
    memo: str = ""
    count_in: str = ""

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        def make() -> dict[str, Any]:
            _count(self.count_in)
            ctx.note("made a part", is_downgrade=True)
            return {"part": ctx.save(self.memo.encode(), "text/plain")}

        part = ctx.memo("test.part", 1, {"memo": self.memo}, make) if self.memo else None
        return {"data": [self.data, part], "pid": os.getpid()}


class OtherJoin(Join):
    kind: ClassVar[str] = "other.join"
    provides: ClassVar[str] = "other"


class Plain(Provider):
    name: ClassVar[str] = "plain"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    prefix: str = ""

    def misfit(self, step: Step) -> str | None:
        return "it says no" if getattr(step, "text", "") == "misfit" else None

    def echo(self, text: str, ctx: Context) -> str:
        return self.prefix + text


class Second(Plain):
    name: ClassVar[str] = "second"

    def misfit(self, step: Step) -> str | None:
        return None

    def echo(self, text: str, ctx: Context) -> str:
        return f"second:{text}"


class Heavy(Plain):
    name: ClassVar[str] = "heavy"
    is_heavy: ClassVar[bool] = True


class Failing(Provider):
    name: ClassVar[str] = "failing"
    version: ClassVar[int] = 1

    def echo(self, text: str, ctx: Context) -> str:
        raise ProviderError("the service is down")


class Keyed(Provider):
    name: ClassVar[str] = "keyed"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("key", "nosuch"),)

    def echo(self, text: str, ctx: Context) -> str:
        return ctx.key("nosuch")


class Online(Provider):
    name: ClassVar[str] = "online"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("network", ""),)

    def echo(self, text: str, ctx: Context) -> str:
        return text


def register() -> None:
    for kind, name in (("test.echo", "Echo"), ("test.join", "Join"), ("test.ask", "Ask"), ("test.weigh", "Weigh")):
        registry.add_step(kind, f"tests.engine.bench:{name}")
    for name in ("Plain", "Second", "Heavy", "Failing", "Keyed", "Online"):
        registry.add_provider(f"test.{name.lower()}", f"tests.engine.bench:{name}")
