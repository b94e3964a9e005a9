"""Has a voice say something outside any workflow: what `aigc voices try` and the page of samples are made with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aigc_cli import config, registry
from aigc_cli.artifacts import Artifact, storage_error
from aigc_cli.assets import Templates
from aigc_cli.engine.choose import build_step, candidates
from aigc_cli.engine.context import WorkerContext
from aigc_cli.engine.run import open_cache

_STEP = "speech.say"


class Stage:
    """Where voices are heard; a model that was loaded once serves all that follows."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._objects: dict[str, Any] = {}
        self._cache = open_cache(config.cache_dir())

    def say(self, wishes: Mapping[str, Any], out: Path, *, provider: str | None = None, is_offline: bool = False) -> Mapping[str, Any]:
        """Says a text, writes the sound to `out`, and returns the take.

        Args:
            wishes: parameters of `speech.say`.
            out: the WAV file to write.
            provider: an engine by name; None takes the embedded one that has the voice.
            is_offline: whether the network is out of bounds.

        Raises:
            WorkflowError: no such voice, or nothing it could say.
            StorageError: the file cannot be written.
        """
        kind = registry.step(_STEP)
        step = build_step(kind, {}, wishes, _STEP)
        names = (provider or registry.EMBEDDED,)
        chosen = next(candidates("speech", names, step, {}, {}, is_offline=is_offline, where=_STEP))
        if chosen.refusal is not None:
            raise chosen.refusal
        with tempfile.TemporaryDirectory(prefix="aigc-") as scratch:
            context = WorkerContext(
                cache=self._cache,
                scratch=Path(scratch),
                seed=0,
                is_offline=is_offline,
                templates=Templates.beside(Path.cwd()),
                objects=self._objects,
                can_read=False,
                can_write=False,
                send=lambda kind, **what: None,
            )
            take = step.run(chosen.provider, context)
            self.notes += [note.text for note in context.notes]
            audio = take["audio"]
            assert isinstance(audio, Artifact)
            try:
                out.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(context.open(audio), out)
            except OSError as error:
                raise storage_error(error, out) from error
        return take
