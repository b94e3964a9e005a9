"""XTTS v2 by Coqui's own classes, tiny and with random weights: what it says is noise, but all of the way is walked."""

from __future__ import annotations

from pathlib import Path

import torch

CODES = 32


def save_xtts(folder: Path) -> Path:
    """A folder as XTTS v2 comes in: configuration, vocabulary, checkpoint; 90 MB, nearly all of it the vocoder.

    The model never stops by itself but at its length, about a second. What it says at the end is made silence: there the place of a
    code outweighs the code, and the vocoder is deaf to that place; all of its layers without bias keep silence silent.
    """
    from tokenizers import Tokenizer, models
    from TTS.tts.configs.xtts_config import XttsConfig
    from TTS.tts.layers.xtts.tokenizer import VoiceBpeTokenizer
    from TTS.tts.models.xtts import Xtts, XttsArgs

    marks = ["[STOP]", "[UNK]", "[SPACE]", "[START]", "[en]", "[zh-cn]"]
    letters = [*marks, *"abcdefghijklmnopqrstuvwxyz',.!?- "]
    tokenizer = Tokenizer(models.BPE(vocab={text: index for index, text in enumerate(letters)}, merges=[], unk_token="[UNK]"))
    tokenizer.add_special_tokens(marks)
    tokenizer.save(str(folder / "vocab.json"))
    torch.manual_seed(0)
    args = XttsArgs(
        gpt_layers=1,
        gpt_n_model_channels=64,
        gpt_n_heads=1,
        gpt_max_audio_tokens=30,
        gpt_max_text_tokens=96,
        gpt_max_prompt_tokens=40,
        gpt_num_audio_tokens=CODES + 2,
        gpt_start_audio_token=CODES,
        gpt_stop_audio_token=CODES + 1,
        gpt_use_perceiver_resampler=True,
        decoder_input_dim=64,
    )
    model = Xtts(XttsConfig(model_args=args, languages=["en", "zh-cn"]))
    model.tokenizer = VoiceBpeTokenizer(str(folder / "vocab.json"))
    model.init_models()
    with torch.no_grad():
        model.gpt.mel_head.bias[CODES + 1] = -100.0
        rest = torch.randn(64)
        rest = (rest - rest.mean()) / rest.std()
        model.gpt.mel_pos_embedding.emb.weight[-12:] = 100 * rest
        vocoder = model.hifigan_decoder.waveform_decoder
        for name, weight in vocoder.named_parameters():
            if name.endswith("bias"):
                weight.zero_()
        for name, weight in vocoder.named_parameters():
            if "cond" in name:
                weight.mul_(0.02)  # the voice is heard, and hardly in the silence
        towards = rest / rest.norm()
        first = vocoder.conv_pre.weight
        first -= torch.einsum("oik,i->ok", first, towards)[:, None, :] * towards[None, :, None]
    model.config.save_json(str(folder / "config.json"))
    torch.save({"model": model.state_dict()}, folder / "model.pth")
    return folder
