"""Music by MusicGen through transformers: a take from words that say the mood, cut or repeated to the exact length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from aigc_cli.contracts import Context
from aigc_cli.models.local import LocalModel
from aigc_cli.models.sound import MUSICGEN, SILENT, SoundModel
from aigc_cli.shapes import MusicRequest, Track

if TYPE_CHECKING:
    from aigc_cli.media.audio.signals import Signal
    from aigc_cli.models.sound import Samples

_WORDS = {
    "calm": "calm ambient music, soft electric piano, warm pads",
    "upbeat": "upbeat pop instrumental, bright guitars, claps",
    "corporate": "light corporate background music, piano, warm strings, gentle beat",
    "cinematic": "cinematic orchestral music, strings, deep drums, building slowly",
    "newsroom": "television news theme, driving pulse, brass accents, tense strings",
    "playful": "playful light music, pizzicato strings, marimba, ukulele",
}
_LONGEST_TAKE_S = 30.0  # MusicGen was trained on takes of 30 s (Copet et al. 2023, section 3.1)
_FADE_S = 2.0
_PEAK = 0.9


class TransformersMusic(LocalModel):
    """MusicGen on this machine, from a folder or a hub id. Mind the licence: the published weights are for non-commercial use."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1

    look: str = Field("no vocals, well mixed", max_length=500, description="What is added to the words of the mood.")
    guidance: float = Field(3.0, ge=1, le=20, description="How closely the words are followed; 1 not at all.")
    temperature: float = Field(1.0, gt=0, le=2, description="How freely it plays.")
    top_k: int = Field(250, ge=0, le=2048, description="From how many likely sounds it chooses; 0 from all.")
    take_s: float = Field(
        _LONGEST_TAKE_S, ge=1, le=_LONGEST_TAKE_S, description="Longest take in seconds; a longer piece repeats its middle."
    )

    def compose(self, request: MusicRequest, ctx: Context) -> Track:
        """48 kHz stereo, as long as asked to the sample, faded out at its end. The same seed gives the same samples.

        The tempo is the one asked for, or the mood's; beats are not known. Raises MissingExtra, MissingModel and Refused for
        a model that cannot be loaded, and ProviderError when memory runs out or the sound is silent or holds no numbers.
        """
        import numpy as np

        from aigc_cli.media.audio.mixing import fit_music
        from aigc_cli.media.audio.music.styles import STYLES
        from aigc_cli.media.audio.signals import Held, pieces
        from aigc_cli.media.audio.sound import RATE_HZ, as_stereo, resample, write_wav

        tempo = request.tempo_bpm or STYLES[request.mood].tempo_bpm
        energy = "calm and sparse" if request.energy < 0.34 else "energetic, full" if request.energy > 0.67 else ""
        key = f"in {request.key.removesuffix('m')} {'minor' if request.key.endswith('m') else 'major'}" if request.key else ""
        words = ", ".join(part for part in (_WORDS[request.mood], energy, f"{tempo:.0f} bpm", key, self.look) if part)
        with self.working(ctx, "music by transformers"):
            player = self.loaded_once(ctx, f"sound:{self.handle}:music", lambda: SoundModel(self, MUSICGEN))
            sound = player.play(
                words,
                min(request.duration_s, self.take_s),
                seed=ctx.seed,
                tell=lambda share: ctx.progress(share, "playing"),
                hint="set `take_s` lower: a longer piece repeats its middle",
                guidance_scale=self.guidance,
                temperature=self.temperature,
                top_k=self.top_k,
            )
        take = as_stereo(resample(sound, player.rate_hz, RATE_HZ))
        length = round(request.duration_s * RATE_HZ)
        music = fit_music(Held(take), length)
        fade = min(round(_FADE_S * RATE_HZ), length // 2)
        gain = min(1.0, _PEAK / max(*(float(np.abs(piece).max()) for piece in pieces(music)), SILENT))
        path = ctx.scratch / "music.wav"
        write_wav(path, _faded(music, fade, gain))
        terms = player.licence or "a licence that its page names, often for non-commercial use only"
        ctx.note(f"music by `{self.model}` ({terms}), on {player.place.words}")
        return Track(
            audio=ctx.save(path, "audio/wav", "music.wav"),
            duration_s=length / RATE_HZ,
            tempo_bpm=tempo,
            beats_s=(),
            mood=request.mood,
            credit=f"made by the model {player.title}",
        )


def _faded(music: Signal, fade: int, gain: float) -> Iterator[Samples]:
    """The pieces of a signal with a gain, its last `fade` samples faded along a quarter of a cosine."""
    import numpy as np

    from aigc_cli.media.audio.signals import pieces

    start = fade - music.length
    for piece in pieces(music):
        late = np.clip(np.arange(start, start + len(piece)), 0, None) * (np.pi / 2 / max(fade - 1, 1))
        yield piece * (gain * np.cos(late)).astype(np.float32)[:, None]
        start += len(piece)
