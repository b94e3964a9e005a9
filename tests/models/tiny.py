"""Tiny models that a test builds, saves and loads back by path: a byte-level tokenizer, a small Llama, taught a text or random."""

from __future__ import annotations

from pathlib import Path
from typing import Any

CHAT = "{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}"


def tokenizer(*, has_chat: bool = True) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {"<pad>": 0, "<eos>": 1, **{char: number for number, char in enumerate(alphabet, start=2)}}
    raw = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    raw.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="<eos>")
    if has_chat:
        made.chat_template = CHAT
    return made


def llama(seed: int = 0, *, longest: int = 4096) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=258, hidden_size=96, intermediate_size=192, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
        max_position_embeddings=longest, pad_token_id=0, eos_token_id=1, bos_token_id=None, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def near_sighted(seed: int = 0) -> Any:
    """A model of two layers that each look back 64 tokens: what stands more than 128 tokens ago changes nothing."""
    import torch
    from transformers import MistralConfig, MistralForCausalLM

    torch.manual_seed(seed)
    config = MistralConfig(
        vocab_size=258, hidden_size=96, intermediate_size=192, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4,
        max_position_embeddings=16384, sliding_window=64, pad_token_id=0, eos_token_id=1, bos_token_id=None, tie_word_embeddings=True,
    )  # fmt: skip
    return MistralForCausalLM(config)


def taught(prompt: str, answer: str, *, seed: int = 0, steps: int = 400, model: Any = None) -> Any:
    """A model that answers this prompt with this text: trained on it until it knows it by heart."""
    import torch

    model, words = model or llama(seed), tokenizer()
    start, rest = words(prompt, add_special_tokens=False)["input_ids"], words(answer, add_special_tokens=False)["input_ids"]
    ids = torch.tensor([start + rest])
    labels = torch.tensor([[-100] * len(start) + rest])
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(steps):
        loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if float(loss.detach()) < 0.01:
            break
    return model.eval()


def save(model: Any, words: Any, folder: Path) -> Path:
    model.save_pretrained(folder, safe_serialization=True)
    words.save_pretrained(folder)
    return folder
