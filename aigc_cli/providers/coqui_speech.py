"""Speech by Coqui TTS (extra `coqui`): VITS from a folder or by its catalogue name, and XTTS v2 with a reference recording."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from aigc_cli.artifacts import ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingExtra, MissingModel, ProviderError, Refused, WorkflowError
from aigc_cli.media.speech.alignment import stretches
from aigc_cli.media.speech.listening import RATE_HZ as HEARD_HZ
from aigc_cli.media.speech.reading.script import is_chinese, primary
from aigc_cli.media.speech.recite import recite, whose_voice
from aigc_cli.media.speech.recordings import Recording
from aigc_cli.shapes import Line, Speech
from aigc_cli.weights import fingerprint, place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CURE = "pip install 'aigc[coqui]'"
_FAMILIES = ("vits", "xtts")
_SHORTEST_REFERENCE_S = 2.0
_LONGEST_REFERENCE_S = 120.0
_CONDITIONED_HZ = 22_050  # what XTTS takes a voice from
_CHECKPOINTS = ("model.pth", "model_file.pth", "best_model.pth")


class CoquiSpeech(Provider):
    """Coqui's VITS voices and XTTS v2, on this machine; a voice is cloned only with its owner's written consent."""

    name: ClassVar[str] = "coqui"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "TTS", _CURE),)
    is_heavy: ClassVar[bool] = True

    model: str = Field(
        "", max_length=1000, description="A folder with `config.json` and a checkpoint, or a name such as `tts_models/en/ljspeech/vits`."
    )
    reference: ArtifactField | None = Field(
        None, description="A recording of the voice to clone, 2 to 120 seconds of speech; XTTS only.", json_schema_extra={"media": "audio"}
    )
    consent: str = Field(
        "", max_length=2000, description="Who agreed that this voice is cloned, when and for what; it is kept with the result."
    )

    def misfit(self, step: Step) -> str | None:
        """No model, a reference without consent, a voice that belongs to another engine."""
        return self._reason(getattr(step, "voice", None))

    def _reason(self, voice: str | Mapping[str, str] | None) -> str | None:
        if not self.model:
            return "it needs `model`, a folder of a Coqui model or its name"
        if self.reference is not None and len(self.consent.split()) < 3:
            return "a voice is cloned only with `consent`: who agreed, when, and for what"
        return whose_voice(voice, self.name)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digest of the model's folder; a name stands for itself."""
        return {} if self._is_name() else {"model": fingerprint(place(self.model))}

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line; `voice` is a speaker's name. Raises MissingExtra, MissingModel, WorkflowError for a useless reference."""
        try:
            import torch
        except ImportError as error:
            raise MissingExtra("coqui needs the Python package `torch`", _CURE) from error
        reason = self._reason(line.voice)
        if reason is not None:
            raise WorkflowError(f"coqui cannot do this: {reason}", "give it below `with`")
        if self._is_name() and ctx.is_offline:
            raise Refused(f"`{self.model}` may have to be fetched, and this run is offline", "give the folder of the model")
        # Before the model: nobody waits for its gigabytes to learn that the recording is silent.
        owner = None if self.reference is None else reference(ctx.open(self.reference))
        model = ctx.load(f"coqui:{self.model}", lambda: _load(self.model, is_name=self._is_name()))
        shared = self._options(model, line, ctx)
        rate_hz = int(model.synthesizer.output_sample_rate)
        inner = model.synthesizer.tts_model
        cloned = None if owner is None else self._cloned(inner, owner, ctx)

        def record(text: str, voice: str | None, speed: float) -> Recording:
            import numpy as np

            options = {**shared, **self._speaker(model, voice)}
            if hasattr(inner, "length_scale"):
                inner.length_scale = inner.args.length_scale / speed
            else:
                options["speed"] = speed
            torch.manual_seed(ctx.seed)
            try:
                if cloned is None or voice is not None:
                    samples = model.tts(text=text, split_sentences=False, **options)
                else:
                    samples = inner.inference(text, **options, **cloned)["wav"]
            except (RuntimeError, ValueError, IndexError, AssertionError, KeyError) as error:
                raise ProviderError(f"coqui cannot say this: {_short(error)}", "check that the model speaks the text's language") from error
            return Recording(np.asarray(samples, np.float32).ravel(), rate_hz)

        voice = line.voice or ("reference" if self.reference else self.model)
        take = recite(line, ctx, voice=voice, provider=self.name, record=record)
        return take if cloned is None else take.model_copy(update={"consent": " ".join(self.consent.split())})

    def _is_name(self) -> bool:
        return self.model.startswith("tts_models/") and self.model.count("/") == 3

    def _options(self, model: Any, line: Line, ctx: Context) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if model.is_multi_lingual:
            known = [str(each) for each in model.languages or ()]
            language = next((each for each in known if each == ("zh-cn" if is_chinese(line.language) else primary(line.language))), None)
            if language is None:
                raise WorkflowError(f"the Coqui model does not speak `{line.language}`", f"it speaks {', '.join(known)}")
            options["language"] = language
        return options

    def _cloned(self, inner: Any, owner: NDArray[np.float32], ctx: Context) -> dict[str, Any]:
        """What the voice in a recording, mono at 16 kHz, is to XTTS, and its settings. Raises WorkflowError for a model that cannot clone.

        Coqui itself would open the file through torchcodec, which wants FFmpeg's libraries on the machine, and anew for each sentence.
        """
        if not hasattr(inner, "get_gpt_cond_latents"):
            raise WorkflowError("this Coqui model cannot clone a voice", "use XTTS v2, or leave `reference` out")
        import torch

        from aigc_cli.media.audio.sound import resample

        spoken = torch.from_numpy(resample(owner, HEARD_HZ, _CONDITIONED_HZ))[None, :]
        settings = inner.config
        spoken = spoken[:, : _CONDITIONED_HZ * int(settings.max_ref_len)]
        latents = inner.get_gpt_cond_latents(
            spoken, _CONDITIONED_HZ, length=int(settings.gpt_cond_len), chunk_length=int(settings.gpt_cond_chunk_len)
        )
        ctx.note(f"the voice is cloned from a recording; consent: {' '.join(self.consent.split())}")
        return {
            "gpt_cond_latent": latents,
            "speaker_embedding": inner.get_speaker_embedding(spoken, _CONDITIONED_HZ),
            **{name: getattr(settings, name) for name in ("temperature", "length_penalty", "repetition_penalty", "top_k", "top_p")},
        }

    def _speaker(self, model: Any, voice: str | None) -> dict[str, Any]:
        """The option that names a speaker. Raises WorkflowError that lists those that there are."""
        known = [str(each) for each in model.speakers or ()] if model.is_multi_speaker else []
        if voice is not None and voice not in known:
            raise WorkflowError(f"the Coqui model has no speaker `{voice}`", f"it has {', '.join(known[:20]) or 'one voice: leave it out'}")
        if voice is None and self.reference is not None:
            return {}
        if model.is_multi_speaker and not known:
            raise WorkflowError("this Coqui model needs a voice to clone", "give `reference` and `consent`")
        return {"speaker": voice or known[0]} if known else {}


def _load(model: str, *, is_name: bool) -> Any:
    """The model, on the processor. Raises MissingExtra, MissingModel; never asks a question, never runs a checkpoint's code."""
    checkpoint, config = ("", "") if is_name else _files(place(model))
    try:
        from TTS.api import TTS
    except ImportError as error:
        raise MissingExtra(f"Coqui TTS cannot be loaded: {_short(error)}", _CURE) from error
    try:
        if is_name:
            return TTS(model_name=model, progress_bar=False)
        return TTS(model_path=checkpoint, config_path=config, progress_bar=False)
    except EOFError as error:  # it asks for its licence to be accepted on a terminal, and there is none
        raise MissingModel(
            f"`{model}` has a licence to be accepted first", "load it once by hand, or give a folder with the model"
        ) from error
    except Exception as error:  # every model raises its own for a damaged file
        raise MissingModel(
            f"the Coqui model cannot be loaded: {_short(error)}", "fetch it again; docs/speech-engines.md shows its files"
        ) from error


def _files(path: Path) -> tuple[str, str]:
    """Checkpoint and configuration of a model's folder, for VITS and XTTS. Raises MissingModel, Refused for other families."""
    folder = path if path.is_dir() else path.parent
    settings = folder / "config.json"
    try:
        family = str(json.loads(settings.read_text(encoding="utf-8")).get("model", ""))
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise MissingModel(f"{settings} is not the configuration of a Coqui model", "it comes with the model") from error
    if family not in _FAMILIES:
        raise Refused(f"Coqui models of the kind `{family}` are not used here", f"use one of {', '.join(_FAMILIES)}")
    if family == "xtts":
        return str(folder), str(settings)
    found = path if path.is_file() else next((folder / name for name in _CHECKPOINTS if (folder / name).is_file()), None)
    found = found or next(iter(sorted(folder.glob("*.pth"))), None)
    if found is None:
        raise MissingModel(f"there is no checkpoint in {folder}", "a VITS model has a `model.pth` beside its `config.json`")
    return str(found), str(settings)


def reference(path: Path) -> NDArray[np.float32]:
    """The recording of a voice, mono at 16 kHz, without its silent ends. Raises WorkflowError when nobody speaks, or for too long."""
    import numpy as np

    from aigc_cli.media.speech.listening import hear

    samples: NDArray[np.float32] = hear(path, longest_s=_LONGEST_REFERENCE_S, what="the reference recording")
    spoken = stretches(samples, HEARD_HZ) if float(np.abs(samples).max(initial=0.0)) > 0.003 else []
    heard_s = sum(end - start for start, end in spoken)
    if heard_s < _SHORTEST_REFERENCE_S:
        what = "is silent" if heard_s == 0 else f"holds only {heard_s:.1f} s of speech"
        raise WorkflowError(f"the reference recording {what}", f"record {_SHORTEST_REFERENCE_S:g} to 30 seconds of clear speech")
    return samples[int(spoken[0][0] * HEARD_HZ) : int(spoken[-1][1] * HEARD_HZ)]


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
