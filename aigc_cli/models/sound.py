"""Models of transformers that turn words into sound: MusicGen for music and what is like it, Bark for voices, laughter and noises."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aigc_cli import devices
from aigc_cli.errors import MissingModel, ProviderError
from aigc_cli.models.local import CURE, LocalModel, origin, running

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

MUSICGEN = ("musicgen", "musicgen_melody")
BARK = ("bark",)
SILENT = 1e-4
_LEAST_TOKENS = 24


class SoundModel:
    """A loaded model with its tokenizer."""

    def __init__(self, options: LocalModel, kinds: tuple[str, ...]) -> None:
        import transformers

        found = origin(options)
        self.name, self.title, self.licence = options.model, found.title, found.licence
        self.place = devices.place(options.device, options.dtype)
        with devices.quiet(), devices.loading(options.model, CURE):
            self.kind = str(transformers.AutoConfig.from_pretrained(found.place, **found.arguments).model_type)
            if self.kind not in kinds:
                raise MissingModel(
                    f"`{options.model}` is a model of the kind {self.kind}, not one of {'music' if kinds == MUSICGEN else 'sound'}",
                    f"take one of {', '.join(kinds)}",
                )
            self.words = transformers.AutoTokenizer.from_pretrained(found.place, **found.arguments)
            self.model = transformers.AutoModelForTextToWaveform.from_pretrained(
                found.place, dtype=self.place.dtype, use_safetensors=True, **found.arguments
            )
            self.model.to(self.place.device).eval()
        codec = self.model.config.codec_config if self.kind in BARK else self.model.config.audio_encoder
        self.rate_hz = int(codec.sampling_rate)
        self.frames_per_s = float(codec.frame_rate)

    def play(self, words: str, seconds: float, *, seed: int, tell: Callable[[float], None], hint: str, **sampling: Any) -> Samples:
        """(samples, channels) at `rate_hz`; the same seed gives the same samples. Bark ends by itself, so it may be shorter or longer.

        Raises ProviderError when memory runs out, and for sound that is silent or holds no numbers.
        """
        import numpy as np

        with running(self.name, self.place.device, seed, hint):
            made = self._bark(words, tell) if self.kind in BARK else self._musicgen(words, seconds, tell, sampling)
        sound: Samples = np.ascontiguousarray(made.float().cpu().numpy().T)
        if not np.isfinite(sound).all():
            raise ProviderError(f"`{self.name}` gave no sound but NaN, in {self.place.words}", "set `dtype: float32`")
        if not len(sound) or np.abs(sound).max() < SILENT:
            raise ProviderError(f"`{self.name}` gave silence", "try another `--seed`")
        return sound

    def _musicgen(self, words: str, seconds: float, tell: Callable[[float], None], sampling: dict[str, Any]) -> Any:
        import math

        import torch
        import transformers

        books = int(self.model.config.decoder.num_codebooks)
        tokens = math.ceil(seconds * self.frames_per_s) + books  # the books of codes are played one frame apart
        given = self.words([words], return_tensors="pt").to(self.place.device)

        def told(ids: Any, scores: Any, **_: Any) -> Any:
            tell(min(0.95, ids.shape[-1] / tokens))
            return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)

        made = self.model.generate(
            input_ids=given["input_ids"],
            attention_mask=given["attention_mask"],
            do_sample=True,
            max_new_tokens=tokens,
            stopping_criteria=transformers.StoppingCriteriaList([told]),
            **sampling,
        )
        return made[0]

    def _bark(self, words: str, tell: Callable[[float], None]) -> Any:
        semantic = self.model.generation_config.semantic_config
        length = int(semantic["max_input_semantic_length"] if isinstance(semantic, dict) else semantic.max_input_semantic_length)
        rows = self.words([words], add_special_tokens=False)["input_ids"]
        if len(rows[0]) > length:
            raise ProviderError(
                f"the prompt of {len(rows[0])} tokens is too long for `{self.name}`, which reads {length}", "say it in fewer words"
            )
        given = self.words([words], return_tensors="pt", add_special_tokens=False, padding="max_length", max_length=length)
        tell(0.1)
        made = self.model.generate(
            given["input_ids"].to(self.place.device), attention_mask=given["attention_mask"].to(self.place.device), do_sample=True
        )
        return made[:1] if made.dim() == 2 else made[None]


def bark_words(prompt: str) -> str:
    """How Bark is told of a sound that is no speech: in brackets, as in `[rain on a window]`; words in quotation marks are spoken."""
    return prompt if re.search(r"\[|“|\"|♪", prompt) else f"[{prompt.strip()}]"
