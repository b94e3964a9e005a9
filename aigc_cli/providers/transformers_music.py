"""Music by MusicGen through transformers: a take from words that say the mood, cut or repeated to the exact length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from aigc_cli import devices, weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.shapes import MusicRequest, Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from aigc_cli.media.audio.signals import Signal

    Samples = NDArray[np.float32]

_CURE = "pip install 'aigc[transformers]'"
_KINDS = ("musicgen", "musicgen_melody")
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
_SILENT = 1e-4


class TransformersMusic(Provider):
    """MusicGen on this machine, from a folder or a hub id. Mind the licence: the published weights are for non-commercial use."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "torch", _CURE), Need("extra", "transformers", _CURE))
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A model's folder, or its id on the hub such as `owner/name`.")
    revision: str = Field("", max_length=40, description="The commit that an id is pinned to, 40 characters.")
    look: str = Field("no vocals, well mixed", max_length=500, description="What is added to the words of the mood.")
    guidance: float = Field(3.0, ge=1, le=20, description="How closely the words are followed; 1 not at all.")
    temperature: float = Field(1.0, gt=0, le=2, description="How freely it plays.")
    top_k: int = Field(250, ge=0, le=2048, description="From how many likely sounds it chooses; 0 from all.")
    take_s: float = Field(
        _LONGEST_TAKE_S, ge=1, le=_LONGEST_TAKE_S, description="Longest take in seconds; a longer piece repeats its middle."
    )
    device: devices.Device = Field("auto", description="Where it runs; auto takes a GPU when there is one.")
    dtype: devices.Dtype = Field("auto", description="Precision; auto: bfloat16 or float16 on a GPU, else float32.")

    def misfit(self, step: Step) -> str | None:
        """No model, or one that is not pinned."""
        if not self.model:
            return "no `model` is named: a folder, or an id with its `revision`"
        return weights.check_name(self.model, self.revision)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The digest of the model's folder; an id stands for itself, by its commit."""
        return {"model": weights.digest(weights.folder_of(self.model))} if weights.is_folder(self.model) else {}

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

        devices.need_packages("music by transformers", _CURE, "torch", "transformers")
        player = ctx.load(
            f"musicgen:{self.model}@{self.revision}:{self.device}:{self.dtype}", lambda: _Player(self, is_offline=ctx.is_offline)
        )
        tempo = request.tempo_bpm or STYLES[request.mood].tempo_bpm
        energy = "calm and sparse" if request.energy < 0.34 else "energetic, full" if request.energy > 0.67 else ""
        key = f"in {request.key.removesuffix('m')} {'minor' if request.key.endswith('m') else 'major'}" if request.key else ""
        words = ", ".join(part for part in (_WORDS[request.mood], energy, f"{tempo:.0f} bpm", key, self.look) if part)
        sound = player.play(words, min(request.duration_s, self.take_s), self, ctx)
        if not np.isfinite(sound).all():
            raise ProviderError(f"`{self.model}` gave no sound but NaN, in {player.place.words}", "set `dtype: float32`")
        if not len(sound) or np.abs(sound).max() < _SILENT:
            raise ProviderError(f"`{self.model}` gave silence", "try another `--seed`")
        take = as_stereo(resample(sound, player.rate_hz, RATE_HZ))
        length = round(request.duration_s * RATE_HZ)
        music = fit_music(Held(take), length)
        fade = min(round(_FADE_S * RATE_HZ), length // 2)
        gain = min(1.0, _PEAK / max(*(float(np.abs(piece).max()) for piece in pieces(music)), _SILENT))
        path = ctx.scratch / "music.wav"
        write_wav(path, _faded(music, fade, gain))
        for text in player.facts:
            ctx.note(text)
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


class _Player:
    """A loaded model with its tokenizer."""

    def __init__(self, options: TransformersMusic, *, is_offline: bool) -> None:
        import transformers

        self.name = options.model
        self.place = devices.place(options.device, options.dtype)
        where, licence, size = options.model, "", ""
        if weights.is_folder(where):
            folder = weights.folder_of(where)
            weights.must_load(folder)
            found = weights.inspect(folder)
            where, licence, size = str(folder), found.licence, f"{devices.gigabytes(found.size)}, "
        common: dict[str, Any] = {"trust_remote_code": False, "local_files_only": is_offline or weights.is_folder(options.model)}
        if options.revision:
            common["revision"] = options.revision
        with devices.quiet(), devices.loading(options.model, _CURE):
            kind = str(transformers.AutoConfig.from_pretrained(where, **common).model_type)
            if kind not in _KINDS:
                raise MissingModel(f"`{options.model}` is a model of the kind {kind}, not one of music", f"take one of {', '.join(_KINDS)}")
            self.words = transformers.AutoTokenizer.from_pretrained(where, **common)
            self.model = transformers.AutoModelForTextToWaveform.from_pretrained(
                where, dtype=self.place.dtype, use_safetensors=True, **common
            )
            self.model.to(self.place.device).eval()
        codec = self.model.config.audio_encoder
        self.rate_hz = int(codec.sampling_rate)
        self.frames_per_s = float(codec.frame_rate)
        pinned = f" at {options.revision[:12]}" if options.revision else ""
        self.title = options.model.rstrip("/").rpartition("/")[2] + pinned + (f", {licence}" if licence else "")
        terms = licence or "a licence that its page names, often for non-commercial use only"
        self.facts = [f"music by `{options.model}`{pinned} ({size}{terms}), on {self.place.words}"]

    def play(self, words: str, seconds: float, options: TransformersMusic, ctx: Context) -> Samples:
        """(samples, channels) at `rate_hz`."""
        import numpy as np
        import torch
        import transformers

        books = int(self.model.config.decoder.num_codebooks)
        tokens = int(np.ceil(seconds * self.frames_per_s)) + books  # the books of codes are played one frame apart
        given = self.words([words], return_tensors="pt").to(self.place.device)

        def told(ids: Any, scores: Any, **_: Any) -> Any:
            ctx.progress(min(0.95, ids.shape[-1] / tokens), "playing")
            return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)

        on = [torch.cuda.current_device()] if self.place.device == "cuda" else []
        try:
            with torch.random.fork_rng(devices=on), torch.inference_mode():
                torch.manual_seed(ctx.seed % 2**63)
                made = self.model.generate(
                    input_ids=given["input_ids"],
                    attention_mask=given["attention_mask"],
                    do_sample=True,
                    guidance_scale=options.guidance,
                    temperature=options.temperature,
                    top_k=options.top_k,
                    max_new_tokens=tokens,
                    stopping_criteria=transformers.StoppingCriteriaList([told]),
                )
        except Exception as error:
            if devices.is_out_of_memory(error):
                raise ProviderError(
                    f"there is not enough memory on {self.place.device} for `{self.name}` to play {seconds:.0f} s",
                    "set `take_s` lower: a longer piece repeats its middle",
                ) from error
            raise
        sound: Samples = np.ascontiguousarray(made[0].float().cpu().numpy().T)
        return sound
