"""Speech by hibari-tts: one American English voice, fifty times faster than it is listened to, on one core."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingModel
from aigc_cli.media.speech import voices
from aigc_cli.media.speech.graph import output_bytes
from aigc_cli.media.speech.inflection import told_speed
from aigc_cli.media.speech.narrate import Role, narrate
from aigc_cli.media.speech.phonemes import EnglishPhonemes
from aigc_cli.shapes import Line, Speech, Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DURATIONS = "/Clip_output_0"
_CURE = "install it again: `pip install --force-reinstall --no-deps hibari-tts==0.2.1`"
_SHA256 = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"


class Hibari(Provider):
    """The voice `heart`: American English, female; no key, no network."""

    name: ClassVar[str] = "hibari"
    version: ClassVar[int] = 2
    needs: ClassVar[tuple[Need, ...]] = (Need("model", "hibari-tts", _CURE),)
    is_embedded: ClassVar[bool] = True

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        """The voices there are, in order of choice."""
        return tuple(each.voice for each in voices.of_engine("hibari"))

    @classmethod
    def verify(cls) -> str:
        """Checks the weights against their published checksum. Raises MissingModel."""
        _assets()
        return "weights as published"

    def misfit(self, step: Step) -> str | None:
        """Anything but English with the voice `heart`."""
        language = str(getattr(step, "language", "en"))
        voice = voices.asked(getattr(step, "voice", None), "hibari")
        reason = voices.mismatch("hibari", voice, language)
        reason = reason or voices.cast_mismatch("hibari", getattr(step, "speakers", {}), language)
        if reason is None and language.lower() not in ("en", "en-us") and voice is None:
            return f"hibari speaks American English only, not `{language}`"
        return reason

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line. Raises WorkflowError for an unknown voice or unreadable text, MissingModel when the model is not there."""
        voice = voices.choose("hibari", line.voice, line.language)
        model = ctx.load("hibari", _Model)
        phonemize = ctx.load("phonemes:en-US", EnglishPhonemes)
        model.reseed(ctx.seed)
        role = Role(phonemize, model)
        return narrate(line, ctx, voice=voice.voice.name, provider="hibari", role=role, cast=lambda _: role)


def _assets() -> tuple[bytes, dict[str, int]]:
    """The model's file and the number of each phoneme. Raises MissingModel."""
    import hashlib
    import json

    found = find_spec("hibari")
    if found is None or found.origin is None:
        raise MissingModel("the voice model of hibari-tts is not installed", _CURE)
    folder = Path(found.origin).parent / "assets"
    try:
        graph = (folder / "hibari.onnx").read_bytes()
        ids: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingModel("the voice model of hibari-tts is incomplete", _CURE) from error
    if hashlib.sha256(graph).hexdigest() != _SHA256:
        raise MissingModel("the voice model of hibari-tts is damaged: its checksum is not the published one", _CURE)
    return graph, ids


class _Model:
    """The acoustic model with its durations shown. The noise in breath and fricatives comes from the step's seed."""

    rate_hz = 24_000
    unit_s = 0.025
    longest = 400

    def __init__(self) -> None:
        import onnxruntime as ort

        graph, self._ids = _assets()
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers run side by side; one core is 50 times real time
        options.log_severity_level = 3
        self._session: Any = ort.InferenceSession(graph + output_bytes(_DURATIONS), options, providers=["CPUExecutionProvider"])
        self._seed = 0

    @property
    def vocabulary(self) -> Collection[str]:
        return self._ids.keys()

    def reseed(self, seed: int) -> None:
        """Fixes the noise of what is spoken next."""
        self._seed = seed

    def __call__(self, phonemes: str, speed: float) -> tuple[NDArray[np.float32], Sequence[float]]:
        import numpy as np
        from hibari import dsp

        ids = np.asarray([[0, *(self._ids[char] for char in phonemes), 0]], np.int64)
        *spectrum, durations = self._session.run(None, {"ids": ids, "speed": np.asarray([told_speed(speed)], np.float32)})
        samples = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(self._seed))
        return np.asarray(samples, np.float32), [float(each) for each in durations.ravel()]
