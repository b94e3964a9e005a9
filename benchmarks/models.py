"""What the providers of words and music add to the library called directly: the same small model, the same inputs, in turn."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure

GOAL = 1.05


def measure(*, is_short: bool = False) -> list[Figure]:
    from tests.contracts.speech import SharedDesk

    rounds = 7 if is_short else 15
    with tempfile.TemporaryDirectory() as folder:
        desk = SharedDesk(Path(folder) / "desk", seed=3)
        return [_text(Path(folder), rounds), _translation(Path(folder), desk, rounds), _music(Path(folder), desk, rounds)]


def _text(folder: Path, rounds: int) -> Figure:
    """A draft of two scenes, held to its form, against as many tokens sampled freely. Four layers, so that the model works too."""
    import torch
    import transformers
    from transformers import LlamaConfig, LlamaForCausalLM

    from aigc_cli.models.language import LanguageModel
    from aigc_cli.providers.transformers_text import TransformersText
    from aigc_cli.writing.skeleton import skeleton
    from tests.models import tiny

    torch.manual_seed(3)
    size = {"hidden_size": 256, "intermediate_size": 768, "num_hidden_layers": 4, "num_attention_heads": 8, "vocab_size": 258}
    made = LlamaForCausalLM(LlamaConfig(**size, max_position_embeddings=4096, pad_token_id=0, eos_token_id=1, bos_token_id=None))
    options = TransformersText(model=str(tiny.save(made, tiny.tokenizer(), folder / "text")))
    ours = LanguageModel(options)
    turns = [{"role": "user", "content": "Sell Pikolo, which is ready in 30 seconds. " * 10}]
    gaps, end = skeleton("Pikolo", 2)

    def through() -> str:
        return ours.fill(turns, gaps, end, seed=3, options=options)

    count = len(ours.ids(through()))
    asked = ours.tokenizer.apply_chat_template(turns, return_tensors="pt", add_generation_prompt=True, return_dict=True)

    def alone() -> str:
        torch.manual_seed(3)
        with torch.inference_mode():
            said = made.generate(**asked, generation_config=config)
        return str(ours.tokenizer.decode(said[0]))

    config = transformers.GenerationConfig(  # no token ends it: both write as many
        max_new_tokens=count, do_sample=True, temperature=0.7, top_p=0.95, top_k=0, eos_token_id=10**6, pad_token_id=0
    )
    made.eval()
    return ratio(f"a draft of {count} tokens, held to its form, over as many by transformers", alone, through, max(3, rounds // 3))


def _translation(folder: Path, desk: Any, rounds: int) -> Figure:
    import torch

    from aigc_cli.providers.transformers_translate import TransformersTranslate
    from aigc_cli.steps.text import Translate
    from tests.models import tiny
    from tests.models.test_transformers_translate import SCRIPT, WORDS, taught, words

    model, reader = taught(WORDS, layers=4), words()  # so that the model works too
    provider = TransformersTranslate(model=str(tiny.save(model, reader, folder / "translator")))
    request = Translate(script=SCRIPT, language="de", keep=("Pikolo",))

    def alone() -> list[str]:
        given = reader(list(WORDS), return_tensors="pt", padding=True)
        with torch.inference_mode():
            made = model.generate(
                **given, num_beams=4, num_return_sequences=4, do_sample=False, max_new_tokens=63, max_length=None,
                forced_bos_token_id=reader.convert_tokens_to_ids("deu_Latn"),
            )  # fmt: skip
        return list(reader.batch_decode(made, skip_special_tokens=True))

    name = "three texts translated through the provider, checks included, over transformers"
    return ratio(name, alone, lambda: provider.translate(request, desk), rounds)


def _music(folder: Path, desk: Any, rounds: int) -> Figure:
    import torch
    import transformers

    from aigc_cli.media.audio.sound import RATE_HZ, as_stereo, resample, write_wav
    from aigc_cli.providers.transformers_music import TransformersMusic
    from aigc_cli.shapes import MusicRequest
    from tests.models import tiny_music

    place = tiny_music.save(tiny_music.musicgen(), folder / "music")
    model = transformers.MusicgenForConditionalGeneration.from_pretrained(place)
    words = transformers.AutoTokenizer.from_pretrained(place)
    provider = TransformersMusic(model=str(place))

    def alone() -> None:  # in the same mode as the provider: without it, torch keeps versions of tensors, and the provider seems faster
        torch.manual_seed(3)
        asked = words(["upbeat pop instrumental, bright guitars, claps, 118 bpm, no vocals, well mixed"], return_tensors="pt")
        with torch.inference_mode():
            made = model.generate(
                input_ids=asked["input_ids"], attention_mask=asked["attention_mask"], do_sample=True, guidance_scale=3.0, temperature=1.0,
                top_k=250, max_new_tokens=502,
            )  # fmt: skip
        write_wav(folder / "alone.wav", as_stereo(resample(made[0].numpy().T, 3200, RATE_HZ)))

    return ratio(
        "10 s of music through the provider over transformers", alone, lambda: provider.compose(MusicRequest(duration_s=10), desk), rounds
    )


def ratio(name: str, alone: Callable[[], object], through: Callable[[], object], rounds: int) -> Figure:
    alone(), through()  # both loaded
    pairs = []
    for number in range(rounds):  # in turn, so that a busy machine slows both alike; processor time, so that others do not count
        taken = {}
        for each in (alone, through) if number % 2 else (through, alone):  # whoever comes second finds warm caches
            start = time.process_time()
            each()
            taken[each] = time.process_time() - start
        pairs.append((taken[alone], taken[through]))
    own, ours = (statistics.median(each) for each in zip(*pairs, strict=True))
    return Figure(name, ours / own, "times", GOAL, f"{own:.2f} s alone, processor time, medians of {rounds}")
