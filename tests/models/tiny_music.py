"""A tiny random MusicGen that a test builds, saves and loads back by path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.models import tiny


def musicgen(seed: int = 0) -> Any:
    import torch
    from transformers import EncodecConfig, MusicgenConfig, MusicgenDecoderConfig, MusicgenForConditionalGeneration, T5Config

    torch.manual_seed(seed)
    model = MusicgenForConditionalGeneration(
        MusicgenConfig(
            text_encoder=T5Config(vocab_size=258, d_model=16, d_kv=4, d_ff=32, num_layers=1, num_heads=2, pad_token_id=0, eos_token_id=1),
            audio_encoder=EncodecConfig(
                sampling_rate=3200, num_filters=8, hidden_size=32, codebook_size=64, codebook_dim=32, upsampling_ratios=[8, 8],
                target_bandwidths=[0.6], num_lstm_layers=1,
            ),
            decoder=MusicgenDecoderConfig(
                vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=32, num_codebooks=2, pad_token_id=64,
                bos_token_id=64, max_position_embeddings=2048,
            ),
        )
    )  # fmt: skip
    for layer in model.audio_encoder.quantizer.layers:  # its codes are learnt, so new ones are all nothing
        layer.codebook.embed.normal_()
    for parameter in model.decoder.parameters():  # new weights are so small that no words are heard
        if parameter.dim() > 1:
            parameter.data.mul_(15)
    model.generation_config.decoder_start_token_id = 64
    model.generation_config.pad_token_id = 64
    model.generation_config.bos_token_id = 64
    return model


def save(model: Any, folder: Path) -> Path:
    tiny.save(model, tiny.tokenizer(has_chat=False), folder)
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\nA tiny random model.\n")
    return folder
