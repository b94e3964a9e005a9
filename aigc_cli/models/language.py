"""Language models of transformers: a chat or completion model that is held to a form while it decodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field

from aigc_cli import devices
from aigc_cli.contracts import Context
from aigc_cli.errors import ProviderError
from aigc_cli.models.local import CURE, LocalModel, Quantize, origin, quantized, running
from aigc_cli.writing.composing import holds
from aigc_cli.writing.prompting import Message
from aigc_cli.writing.skeleton import Gap

Tell = Callable[[float, int], None]
"""Hears how far an answer is, 0 to 1, and how many words it has."""


class LanguageOptions(LocalModel):
    """The options of a language model on this machine."""

    temperature: float = Field(0.7, ge=0, le=2, description="How freely it writes; 0 always takes the likeliest word.")
    top_p: float = Field(0.95, gt=0, le=1, description="Share of the likely words to choose from.")
    attempts: int = Field(3, ge=1, le=6, description="Drafts at most: one that fails a check is sent back with what is wrong.")
    quantize: Quantize = Field("none", description="Smaller weights, by `bitsandbytes` or `torchao` where one is installed.")

    def loaded(self, ctx: Context) -> LanguageModel:
        """The model, loaded once per worker. Raises MissingExtra, MissingModel and Refused for one that cannot be loaded."""
        devices.need_packages("a language model on this machine", CURE, "torch", "transformers")
        return self.loaded_once(ctx, f"transformers:{self.handle}:{self.quantize}", lambda: LanguageModel(self))


class LanguageModel:
    """A loaded model with its tokenizer."""

    def __init__(self, options: LanguageOptions) -> None:
        import transformers

        found = origin(options)
        self.place = devices.place(options.device, options.dtype)
        more = quantized(options.quantize, self.place.device)
        with devices.quiet(), devices.loading(options.model, CURE):
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(found.place, **found.arguments)
            self.model = transformers.AutoModelForCausalLM.from_pretrained(
                found.place, dtype=self.place.dtype, use_safetensors=True, **found.arguments, **more
            )
            if not more:
                self.model.to(self.place.device)
            self.model.eval()
        self.name = options.model
        self._plain: Any = None

    def fill(
        self,
        turns: list[Message],
        gaps: tuple[Gap, ...],
        end: str,
        *,
        seed: int,
        options: LanguageOptions,
        forbidden: tuple[str, ...] = (),
        must_include: tuple[str, ...] = (),
        tell: Tell = lambda share, words: None,
    ) -> str:
        """The form's fixed text with its gaps filled by the model; the same seed gives the same words.

        Args:
            turns: the conversation.
            gaps: the fixed text before each gap, and how many tokens the gap takes at most.
            end: the fixed text after the last gap.
            seed: chooses among the likely words.
            options: temperature and share of likely words.
            forbidden: words that are not decoded.
            must_include: words that are decoded, each in one of the gaps that may hold them: by the model's own choice, else before
                such a gap closes.
            tell: hears of progress.

        Raises ProviderError when the prompt and the answer do not fit the model, or memory runs out.
        """
        import torch
        import transformers

        prompt = self._encode(turns)
        form = _Form(self, prompt.shape[1], gaps, end, terms=must_include, tell=tell)
        limit = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        if isinstance(limit, int) and prompt.shape[1] + form.most > limit:
            raise ProviderError(
                f"the prompt of {prompt.shape[1]} tokens and an answer of {form.most} do not fit `{self.name}`, which takes {limit}",
                "shorten the prompt template, give fewer points, or take a model with a longer context",
            )
        sampling: dict[str, Any] = {"do_sample": options.temperature > 0}
        if options.temperature > 0:
            sampling |= {"temperature": options.temperature, "top_p": options.top_p, "top_k": 0}
        banned = [ids for word in forbidden for text in (word, f" {word}", word.capitalize()) if (ids := self.ids(text))]
        config = transformers.GenerationConfig(
            max_new_tokens=form.most,
            pad_token_id=form.stop,
            eos_token_id=None,
            bad_words_ids=banned or None,
            **sampling,
        )
        with running(self.name, self.place.device, seed, "take a smaller model, `quantize: 4bit`, or `device: cpu`"):
            output = self.model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                generation_config=config,
                logits_processor=transformers.LogitsProcessorList([form.hold]),
                stopping_criteria=transformers.StoppingCriteriaList([form.is_done]),
            )
        return self.text(output[0, prompt.shape[1] :])

    def _encode(self, turns: list[Message]) -> Any:
        import torch

        return torch.tensor([self.ids(self._written(turns))], device=self.model.device)

    def _written(self, turns: list[Message]) -> str:
        """The conversation in the model's own template; without one as plain paragraphs, as a model that only completes reads it."""
        from jinja2 import TemplateError

        if not self.tokenizer.chat_template:
            return "\n\n".join(turn["content"] if turn["role"] != "assistant" else turn["content"] + "\n" for turn in turns) + "\n\n"
        wish: dict[str, Any] = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
        try:
            return str(self.tokenizer.apply_chat_template(turns, **wish))
        except TemplateError:  # some models know no system's turn: it goes before the first question
            if turns[0]["role"] != "system" or len(turns) < 2:
                raise
        first = {**turns[1], "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}
        return str(self.tokenizer.apply_chat_template([first, *turns[2:]], **wish))

    def ids(self, text: str) -> list[int]:
        """The tokens of a text, no special ones added."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def text(self, ids: Any) -> str:
        """The text of tokens, without special ones."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def plain(self, size: int) -> Any:
        """Which tokens may stand inside a string, as a mask over the vocabulary: no quotes, backslashes, line breaks, special ones."""
        if self._plain is None or len(self._plain) != size:
            import torch

            known = min(size, len(self.tokenizer))
            texts = self.tokenizer.batch_decode([[each] for each in range(known)])
            special = set(self.tokenizer.all_special_ids)
            good = [
                bool(text) and each not in special and not any(char in '"\\' or ord(char) < 32 for char in text)
                for each, text in enumerate(texts)
            ]
            self._plain = torch.tensor(good + [False] * (size - known), device=self.model.device)
        return self._plain


_State = Literal["fixed", "gap", "due"]


class _Form:
    """Holds decoding to a form: fixed text is forced token by token, gaps take plain tokens until they close.

    A term that must be included falls due in one of the last gaps made for it, so that the model may say it by itself; when that
    gap would close and the term is in no text yet, its tokens are forced before the gap's end.
    """

    def __init__(self, model: LanguageModel, start: int, gaps: tuple[Gap, ...], end: str, *, terms: tuple[str, ...], tell: Tell) -> None:
        self._model = model
        self._start = start
        self._tell = tell
        self._fixed_ids = [*(model.ids(gap.before) for gap in gaps), model.ids(end)]
        self._room = [gap.tokens for gap in gaps]
        places = [index for index, gap in enumerate(gaps) if gap.takes_terms] or [0]
        self._due: dict[int, list[str]] = {}
        for number, term in enumerate(terms):
            self._due.setdefault(places[-1 - number % len(places)], []).append(term)
        self._forced: list[int] = []
        self._state: _State = "fixed"
        self._at = 0
        self._used = 0
        self.stop = self._fixed_ids[-1][-1]
        extra = sum(len(model.ids(f" {term}.")) for term in terms)
        self.most = sum(len(ids) for ids in self._fixed_ids) + sum(self._room) + extra

    def hold(self, ids: Any, scores: Any) -> Any:
        """Masks the scores of the next token."""
        import torch

        self._follow(ids)
        allowed = torch.zeros_like(scores[0], dtype=torch.bool)
        if self._state == "fixed":
            return self._only(scores, allowed, self._fixed_ids[self._at][self._used])
        if self._state == "due":
            return self._only(scores, allowed, self._forced[0])
        closing = self._fixed_ids[self._at + 1][0]
        is_full = self._used >= self._room[self._at]
        if self._due.get(self._at) and (is_full or int(scores[0].argmax()) == closing):
            self._forced = self._missing(ids)
            if self._forced:
                self._state = "due"
                return self._only(scores, allowed, self._forced[0])
        if not is_full:
            allowed |= self._model.plain(scores.shape[1])
        allowed[closing] = True
        if not torch.isfinite(scores[0][allowed]).any():
            scores = torch.where(allowed, torch.zeros_like(scores), scores)
        return scores.masked_fill(~allowed, float("-inf"))

    @staticmethod
    def _only(scores: Any, allowed: Any, token: int) -> Any:
        import torch

        allowed[token] = True  # a banned word never blocks the fixed text
        return torch.where(allowed, torch.zeros_like(scores), scores).masked_fill(~allowed, float("-inf"))

    def _missing(self, ids: Any) -> list[int]:
        """The tokens of the terms that are due in this gap and stand nowhere yet."""
        said = self._model.text(ids[0, self._start :])
        terms = [term for term in self._due.pop(self._at) if not holds((term,), said)]
        if not terms:
            return []
        joint = "" if said[-1:] in ('"', " ") else " "
        return self._model.ids(joint + " ".join(f"{term}." for term in terms))

    def _follow(self, ids: Any) -> None:
        """Takes note of the token that was chosen last."""
        if ids.shape[1] == self._start:
            return
        last = int(ids[0, -1])
        if self._state == "due":
            self._forced.pop(0)
            if not self._forced:
                self._state, self._used = "gap", self._room[self._at]  # nothing but the gap's end may follow
        elif self._state == "fixed":
            self._used += 1
            self._open_gap()
        elif last == self._fixed_ids[self._at + 1][0]:
            self._at, self._state, self._used = self._at + 1, "fixed", 1
            self._tell(self._at / len(self._fixed_ids), len(self._model.text(ids[0, self._start :]).split()))
            self._open_gap()
        else:
            self._used += 1

    def _open_gap(self) -> None:
        if self._used == len(self._fixed_ids[self._at]) and self._at < len(self._room):
            self._state, self._used = "gap", 0

    def is_done(self, ids: Any, scores: Any, **_: Any) -> Any:
        """True when the fixed text at the end has been written."""
        import torch

        tail = self._fixed_ids[-1]
        is_last = self._at == len(self._room) or (self._at == len(self._room) - 1 and self._state == "gap")
        done = is_last and ids[0, -len(tail) :].tolist() == tail
        return torch.full((ids.shape[0],), done, device=ids.device, dtype=torch.bool)
