"""Translation models of transformers that read one text and write another: Marian, NLLB, M2M100, mBART, T5."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aigc_cli import devices
from aigc_cli.errors import MissingModel, ProviderError, Refused
from aigc_cli.models.local import CURE, Quantize, origin, quantized, running

if TYPE_CHECKING:
    from aigc_cli.models.local import LocalModel

_BATCH = 16
_ROOM = 24
_NAMES = {"en": "English", "de": "German", "fr": "French", "ro": "Romanian", "es": "Spanish", "it": "Italian", "zh": "Chinese"}
_CODES = {
    "ar": ("arb_Arab", "ar_AR", "ara"), "cs": ("ces_Latn", "cs_CZ", "ces"), "de": ("deu_Latn", "de_DE", "deu"), "el": ("ell_Grek", "ell"),
    "en": ("eng_Latn", "en_XX", "eng"), "es": ("spa_Latn", "es_XX", "spa"), "fi": ("fin_Latn", "fi_FI", "fin"),
    "fr": ("fra_Latn", "fr_XX", "fra"), "he": ("heb_Hebr", "he_IL", "heb"), "hi": ("hin_Deva", "hi_IN", "hin"),
    "id": ("ind_Latn", "id_ID", "ind"), "it": ("ita_Latn", "it_IT", "ita"), "ja": ("jpn_Jpan", "ja_XX", "jpn"),
    "ko": ("kor_Hang", "ko_KR", "kor"), "nl": ("nld_Latn", "nl_XX", "nld"), "pl": ("pol_Latn", "pl_PL", "pol"),
    "pt": ("por_Latn", "pt_XX", "por"), "ro": ("ron_Latn", "ro_RO", "ron"), "ru": ("rus_Cyrl", "ru_RU", "rus"),
    "sv": ("swe_Latn", "sv_SE", "swe"), "th": ("tha_Thai", "th_TH", "tha"), "tr": ("tur_Latn", "tr_TR", "tur"),
    "uk": ("ukr_Cyrl", "uk_UA", "ukr"), "vi": ("vie_Latn", "vi_VN", "vie"), "zh": ("zho_Hans", "zh_CN", "cmn_Hans", "zho"),
}  # fmt: skip
"""What the families call a language besides its tag: NLLB (FLORES-200), mBART-50, Marian (ISO 639-3)."""


class Translator:
    """A loaded model with its tokenizer."""

    def __init__(self, options: LocalModel, quantize: Quantize) -> None:
        import transformers

        found = origin(options)
        self.name = options.model
        self.place = devices.place(options.device, options.dtype)
        more = quantized(quantize, self.place.device)
        with devices.quiet(), devices.loading(options.model, CURE):
            config = transformers.AutoConfig.from_pretrained(found.place, **found.arguments)
            if not config.is_encoder_decoder:
                raise MissingModel(f"`{options.model}` is a model of the kind {config.model_type}, which does not translate", "take NLLB")
            self.words = transformers.AutoTokenizer.from_pretrained(found.place, **found.arguments)
            self.model = transformers.AutoModelForSeq2SeqLM.from_pretrained(
                found.place, dtype=self.place.dtype, use_safetensors=True, **found.arguments, **more
            )
            if not more:
                self.model.to(self.place.device)
            self.model.eval()

    def translate(
        self,
        texts: Sequence[str],
        source: str,
        target: str,
        *,
        seed: int,
        number: int,
        beams: int,
        forbidden: tuple[str, ...],
        tell: Callable[[float], None],
    ) -> list[tuple[str, ...]]:
        """Candidates for each text, the likeliest first: the beams of the first try, samples from the second on.

        Texts are translated in batches of about equal length. Raises Refused for a language that the model does not know, and
        ProviderError for a text that is too long for it.
        """
        words = self.words
        prefix, first = self._languages(source, target)
        limit = self._limit()
        rows = [prefix + text for text in texts]
        lengths = [len(words(row)["input_ids"]) for row in rows]
        if max(lengths) > limit:
            raise ProviderError(
                f"a text of {max(lengths)} tokens is too long for `{self.name}`, which reads {limit}", "write shorter sentences"
            )
        banned = [ids for word in forbidden for text in (word, f" {word}") if (ids := words(text, add_special_tokens=False)["input_ids"])]
        wish: dict[str, Any] = {"num_return_sequences": beams, "bad_words_ids": banned or None}
        wish |= {"do_sample": True, "temperature": 0.6 + 0.2 * number, "top_k": 50} if number else {"num_beams": beams, "do_sample": False}
        if first is not None:
            wish["forced_bos_token_id"] = first
        order = sorted(range(len(rows)), key=lambda index: lengths[index])
        found: dict[int, tuple[str, ...]] = {}
        for at in range(0, len(order), _BATCH):
            part = order[at : at + _BATCH]
            given = words([rows[index] for index in part], return_tensors="pt", padding=True).to(self.place.device)
            room = min(limit, 3 * max(lengths[index] for index in part) + _ROOM)
            with running(self.name, self.place.device, seed + 1009 * number + at, "take a smaller model, or `device: cpu`"):
                made = self.model.generate(
                    input_ids=given["input_ids"], attention_mask=given["attention_mask"], max_new_tokens=room, max_length=None, **wish
                )
            said = words.batch_decode(made, skip_special_tokens=True)
            for row, index in enumerate(part):
                found[index] = tuple(dict.fromkeys(said[row * beams : (row + 1) * beams]))
            tell((at + len(part)) / len(order))
        return [found[index] for index in range(len(rows))]

    def _limit(self) -> int:
        told = [int(self.words.model_max_length), getattr(self.model.config, "max_position_embeddings", None)]
        return min([value for value in told if isinstance(value, int) and 0 < value < 10**6] or [512])

    def _languages(self, source: str, target: str) -> tuple[str, int | None]:
        """What goes before the text, and the token that the answer begins with; the tokenizer is told the source's language."""
        known = self.words.get_vocab()
        own = {name: token for name in _forms(source) for token in (name, f"__{name}__") if token in known}
        if own and hasattr(self.words, "src_lang"):
            self.words.src_lang = next(iter(own))
        marks = [f">>{name}<<" for name in _forms(target) if f">>{name}<<" in known]  # Marian of several languages
        if marks:
            return f"{marks[0]} ", None
        if self.model.config.model_type in ("t5", "mt5", "umt5"):
            if source[:2] not in _NAMES or target[:2] not in _NAMES:
                raise Refused(f"`{self.name}` is not known to translate {source} into {target}", "take an NLLB model")
            return f"translate {_NAMES[source[:2]]} to {_NAMES[target[:2]]}: ", None
        first = next((known[token] for name in _forms(target) for token in (name, f"__{name}__") if token in known), None)
        if first is None and own:
            raise Refused(f"`{self.name}` knows no language called {target}", "take a model that does, such as NLLB")
        return "", first


def _forms(language: str) -> tuple[str, ...]:
    base = language.partition("-")[0].lower()
    if language.lower() in ("zh-tw", "zh-hk", "zh-hant"):
        return ("zho_Hant", "cmn_Hant", "zh_TW", "zh")
    return (*_CODES.get(base, ()), language, base)
