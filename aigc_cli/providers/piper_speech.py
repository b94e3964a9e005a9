"""Speech by Piper (extra `piper`, GPL): any of its voices from a file on this machine, in some fifty languages, quickly."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingExtra, MissingModel, ProviderError, WorkflowError
from aigc_cli.media.speech.recite import recite, whose_voice
from aigc_cli.media.speech.recordings import Recording
from aigc_cli.shapes import Line, Speech
from aigc_cli.weights import fingerprint, place

_CURE = "pip install 'aigc[piper]'"


class PiperSpeech(Provider):
    """A Piper voice from a file: no key, no network; Piper and its espeak-ng are under the GPL."""

    name: ClassVar[str] = "piper"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "piper", _CURE),)

    model: str = Field("", max_length=1000, description="Path of the voice's `.onnx` file; its `.onnx.json` lies beside it.")
    noise_scale: float | None = Field(None, ge=0, le=2, description="How much the voice varies; null takes the voice's own.")

    def misfit(self, step: Step) -> str | None:
        """No model given, or a voice that belongs to another engine."""
        if not self.model:
            return "it needs `model`, the path of a voice's `.onnx` file"
        return whose_voice(getattr(step, "voice", None), self.name)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digests of the voice's two files."""
        path = place(self.model)
        return {"model": fingerprint(path), "config": fingerprint(Path(f"{path}.json"))}

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line; `voice` is a speaker's name or number where a model has several. Raises MissingExtra, MissingModel."""
        try:
            import piper
        except ImportError as error:
            raise MissingExtra("piper needs the Python package `piper`", _CURE) from error
        if not self.model:
            raise WorkflowError("piper needs `model`, the path of a voice's `.onnx` file", "give it below `with`, or in the settings")
        path = place(self.model)
        model = _load(path, ctx.seed)  # anew for every take: the noise of a session goes on from take to take

        def record(text: str, voice: str | None, speed: float) -> Recording:
            import numpy as np

            settings = piper.SynthesisConfig(
                speaker_id=_speaker(model, voice), length_scale=model.config.length_scale / speed, noise_scale=self.noise_scale
            )
            try:
                chunks = list(model.synthesize(text, settings))
            except Exception as error:  # onnxruntime and espeak-ng raise classes of their own
                raise ProviderError(f"piper cannot say this: {error}", "check that the voice speaks the text's language") from error
            if not chunks:
                raise ProviderError("piper gave no sound", "check that the voice speaks the text's language")
            samples = np.concatenate([chunk.audio_float_array for chunk in chunks]).astype(np.float32)
            return Recording(samples, chunks[0].sample_rate)

        return recite(line, ctx, voice=line.voice or path.stem, provider=self.name, record=record)


def _load(path: Path, seed: int) -> Any:
    import onnxruntime as ort
    from piper import PiperVoice

    try:
        ort.set_seed(seed)
        return PiperVoice.load(path, download_dir=path.parent)
    except FileNotFoundError as error:
        raise MissingModel(f"the voice's settings are missing: {path.name}.json", "they come with the voice; put them beside it") from error
    except Exception as error:  # onnxruntime, json and piper raise many classes for a damaged file
        raise MissingModel(f"the voice {path.name} cannot be read: {' '.join(str(error).split())[:200]}", "fetch it again") from error


def _speaker(model: Any, voice: str | None) -> int | None:
    """The number of a speaker. Raises WorkflowError that lists the names."""
    known = dict(model.config.speaker_id_map)
    if voice is None:
        return None
    if voice in known:
        return int(known[voice])
    if voice.isdecimal() and int(voice) < model.config.num_speakers:
        return int(voice)
    names = ", ".join(f"`{name}`" for name in list(known)[:20]) or "it has one speaker: leave `voice` out"
    raise WorkflowError(f"the Piper voice has no speaker `{voice}`", names)
