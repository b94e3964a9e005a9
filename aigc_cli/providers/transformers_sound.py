"""Sounds from words by Bark or MusicGen through transformers."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.contracts import Context, Step
from aigc_cli.models.local import LocalModel
from aigc_cli.models.sound import BARK, MUSICGEN, SoundModel, bark_words
from aigc_cli.shapes import SoundRequest, SoundTake

_USUAL_S = 3.0
_PEAK = 0.9
_QUIET = 0.02  # of the peak: what is softer at both ends is silence
_LEAD_S, _TAIL_S = 0.01, 0.15


class TransformersSound(LocalModel):
    """Bark or MusicGen on this machine makes a sound from words. Mind the licence: MusicGen's weights are for non-commercial use."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1

    look: str = Field("sound effect, clean recording, no music", max_length=500, description="What is added to the words for MusicGen.")
    guidance: float = Field(3.0, ge=1, le=20, description="How closely MusicGen follows the words; 1 not at all.")

    def misfit(self, step: Step) -> str | None:
        """No model, one that is not pinned, or no words."""
        request: Any = step
        if not request.prompt.strip() and not request.name:
            return "there is no `prompt`"
        return super().misfit(step)

    def sound(self, request: SoundRequest, ctx: Context) -> SoundTake:
        """48 kHz stereo, silence at both ends cut off, at most as long as asked. The same seed gives the same samples.

        Raises MissingExtra, MissingModel and Refused for a model that cannot be loaded, and ProviderError when memory runs out or
        the sound is silent or holds no numbers.
        """
        import numpy as np

        from aigc_cli.media.audio.sound import RATE_HZ, as_stereo, resample, write_wav

        with self.working(ctx, "sounds by transformers"):
            model = self.loaded_once(ctx, f"sound:{self.handle}", lambda: SoundModel(self, (*BARK, *MUSICGEN)))
            prompt = request.prompt.strip() or str(request.name)
            words = bark_words(prompt) if model.kind in BARK else f"{prompt}, {self.look}"
            seconds = request.duration_s or _USUAL_S
            sampling = {} if model.kind in BARK else {"guidance_scale": self.guidance}
            played = model.play(
                words,
                seconds,
                seed=ctx.seed,
                tell=lambda share: ctx.progress(share, "sounding"),
                hint="give a smaller `duration_s`, or take a smaller model",
                **sampling,
            )
        take = as_stereo(resample(played, model.rate_hz, RATE_HZ))
        loud = np.flatnonzero(np.abs(take).max(axis=1) > _QUIET * np.abs(take).max())
        start, end = max(0, loud[0] - round(_LEAD_S * RATE_HZ)), loud[-1] + round(_TAIL_S * RATE_HZ)
        take = take[start : min(end, start + round(seconds * RATE_HZ) if request.duration_s else end)]
        edge = min(round(_TAIL_S * RATE_HZ), len(take) // 2)
        take = take * np.float32(_PEAK / np.abs(take).max())
        take[len(take) - edge :] *= np.cos(np.linspace(0, np.pi / 2, edge, dtype=np.float32))[:, None]
        path = ctx.scratch / "sound.wav"
        write_wav(path, take)
        ctx.note(f"sound by `{self.model}` ({model.licence or 'a licence that its page names'}), on {model.place.words}")
        audio = ctx.save(path, "audio/wav", "sound.wav")
        return SoundTake(audio=audio, duration_s=len(take) / RATE_HZ, credit=f"made by the model {model.title}")
