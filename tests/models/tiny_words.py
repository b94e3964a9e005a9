"""Tokenizers as published translation models bring them: two sentencepiece files for Marian, a BPE with language codes for NLLB."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

TEXTS = ("Meet Pikolo.", "Das ist Pikolo.", "In 30 s.", "In 30 s fertig.", "Meet", "Neu", "a cup of coffee", "eine Tasse Kaffee")


def marian_words(folder: Path) -> Any:
    """A `MarianTokenizer` over a sentencepiece model that is trained here on a few sentences."""
    import sentencepiece
    from transformers import MarianTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 20), model_writer=trained, vocab_size=64, character_coverage=1.0, hard_vocab_limit=False,
        minloglevel=2,
    )  # fmt: skip
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(trained.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    texts = ["</s>", "<unk>", *(pieces.id_to_piece(index) for index in range(3, pieces.get_piece_size())), ">>deu<<", "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({text: index for index, text in enumerate(dict.fromkeys(texts))}))
    return MarianTokenizer(str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json"))


def nllb_words() -> Any:
    """An `NllbTokenizer` with the 200 language codes of FLORES-200, its pieces single letters."""
    from transformers import NllbTokenizer

    letters = sorted({letter for text in TEXTS for letter in text if letter != " "} | {"▁"})
    vocab = {text: index for index, text in enumerate(["<s>", "<pad>", "</s>", "<unk>", *letters])}
    return NllbTokenizer(vocab=vocab, merges=[])


def teach(model: Any, given: Any, labels: Any) -> Any:
    """The model, trained until it knows these answers by heart."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    model.train()
    for _ in range(400):
        loss = model(input_ids=given["input_ids"], attention_mask=given["attention_mask"], labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if float(loss.detach()) < 0.005:
            break
    return model.eval()
