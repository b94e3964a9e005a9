"""Text by any chat or completion model that transformers loads, from a hub id or a folder; safetensors only, no foreign code."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from aigc_cli import weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingExtra, MissingModel, ProviderError, Refused
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import drafting, prompting
from aigc_cli.writing.prompting import Message
from aigc_cli.writing.skeleton import Gap, skeleton

_CURE = "pip install 'aigc[transformers]'"


class TransformersText(Provider):
    """A language model on this machine, through transformers. It is held to the draft's form while it decodes."""

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "torch", _CURE), Need("extra", "transformers", _CURE))
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A model's folder, or its id on the hub such as `owner/name`.")
    revision: str = Field("", max_length=40, description="The commit that an id is pinned to, 40 characters.")
    prompt: str = Field(
        "product-clip", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float = Field(0.7, ge=0, le=2, description="How freely it writes; 0 always takes the likeliest word.")
    top_p: float = Field(0.95, gt=0, le=1, description="Share of the likely words to choose from.")
    attempts: int = Field(3, ge=1, le=6, description="Drafts at most: one that fails a check is sent back with what is wrong.")
    device: Literal["auto", "cpu", "cuda", "mps"] = Field("auto", description="Where it runs; auto takes a GPU when there is one.")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="Precision; auto: bfloat16 on a GPU, else float32."
    )
    quantize: Literal["none", "8bit", "4bit"] = Field("none", description="Smaller weights, on CUDA with `bitsandbytes`.")

    def misfit(self, step: Step) -> str | None:
        """No model, or one that is not pinned."""
        if not self.model:
            return "no `model` is named: a folder, or an id with its `revision`"
        return weights.check_name(self.model, self.revision)

    def requires(self) -> tuple[Need, ...]:
        """The libraries; an id that is not on this machine yet is found out by the library, which says so."""
        return self.needs

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of the prompt, and of the model's folder."""
        found = dict(prompting.materials(templates, self.prompt, getattr(step, "language", "en")))
        if weights.is_folder(self.model):
            found["model"] = weights.digest(weights.folder_of(self.model))
        return found

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises WorkflowError for facts that cannot be used, MissingModel and Refused for a model that cannot be loaded, and
        ProviderError when the prompt does not fit the model or no draft passes the checks.
        """
        name = f"transformers:{self.model}@{self.revision}:{self.device}:{self.dtype}:{self.quantize}"
        model = ctx.load(name, lambda: _Model(self, is_offline=ctx.is_offline))
        product = " ".join(str(request.facts.get("product", "")).split())
        gaps, end = skeleton(product, drafting.scene_count(request))

        def ask(turns: list[Message], number: int) -> str:
            def tell(share: float) -> None:
                ctx.progress((number + 0.9 * share) / (self.attempts + 1), f"draft {number + 1}")

            return model.fill(turns, gaps, end, seed=ctx.seed + number, options=self, forbidden=request.forbidden, tell=tell)

        return drafting.write(request, ctx, prompt=self.prompt, who=f"`{self.model}`", attempts=self.attempts, ask=ask)


class _Model:
    """A loaded model with its tokenizer."""

    def __init__(self, options: TransformersText, *, is_offline: bool) -> None:
        import torch
        import transformers

        transformers.utils.logging.set_verbosity_error()
        transformers.utils.logging.disable_progress_bar()
        place = options.model
        if weights.is_folder(place):
            place = str(weights.folder_of(place))
            weights.must_load(weights.folder_of(place))
        if options.device == "cuda" and not torch.cuda.is_available():
            raise Refused("there is no CUDA device on this machine", "leave `device` at `auto`")
        device = options.device if options.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        dtype = {"auto": torch.bfloat16 if device == "cuda" else torch.float32}.get(options.dtype) or getattr(torch, options.dtype)
        common: dict[str, Any] = {"trust_remote_code": False, "local_files_only": is_offline or weights.is_folder(options.model)}
        if options.revision:
            common["revision"] = options.revision
        more = _quantized(options.quantize, device)
        with _told(options.model):
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(place, **common)
            self.model = transformers.AutoModelForCausalLM.from_pretrained(place, dtype=dtype, use_safetensors=True, **common, **more)
            if not more:
                self.model.to(device)
            self.model.eval()
        self.device = device
        self.name = options.model
        self._plain: Any = None

    def fill(
        self, turns: list[Message], gaps: tuple[Gap, ...], end: str, *, seed: int, options: Any, forbidden: tuple[str, ...], tell: Any
    ) -> str:
        """The draft's fixed text with its gaps filled by the model; the same seed gives the same words."""
        import torch
        import transformers

        prompt = self._encode(turns)
        form = _Form(self, prompt.shape[1], gaps, end, tell)
        most = form.most
        limit = getattr(self.model.config, "max_position_embeddings", None)
        if isinstance(limit, int) and prompt.shape[1] + most > limit:
            raise ProviderError(
                f"the prompt of {prompt.shape[1]} tokens and an answer of {most} do not fit `{self.name}`, which takes {limit}",
                "shorten the prompt template, give fewer points, or take a model with a longer context",
            )
        sampling: dict[str, Any] = {"do_sample": options.temperature > 0}
        if options.temperature > 0:
            sampling |= {"temperature": options.temperature, "top_p": options.top_p, "top_k": 0}
        banned = [ids for word in forbidden for text in (word, f" {word}", word.capitalize()) if (ids := self.ids(text))]
        devices = [torch.cuda.current_device()] if self.device == "cuda" else []
        config = transformers.GenerationConfig(
            max_new_tokens=most,
            pad_token_id=form.stop,
            eos_token_id=None,
            bad_words_ids=banned or None,
            **sampling,
        )
        with torch.random.fork_rng(devices=devices), torch.inference_mode(), _told(self.name):
            torch.manual_seed(seed % 2**63)
            output = self.model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                generation_config=config,
                logits_processor=transformers.LogitsProcessorList([form.hold]),
                stopping_criteria=transformers.StoppingCriteriaList([form.is_done]),
            )
        return str(self.tokenizer.decode(output[0, prompt.shape[1] :], skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _encode(self, turns: list[Message]) -> Any:
        if self.tokenizer.chat_template:
            text = self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        else:
            text = "\n\n".join(turn["content"] if turn["role"] != "assistant" else turn["content"] + "\n" for turn in turns) + "\n\n"
        import torch

        return torch.tensor([self.ids(text)], device=self.model.device)

    def ids(self, text: str) -> list[int]:
        """The tokens of a text, no special ones added."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

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


class _Form:
    """Holds decoding to the draft's form: fixed text is forced token by token, gaps take plain tokens until they close."""

    def __init__(self, model: _Model, start: int, gaps: tuple[Gap, ...], end: str, tell: Any) -> None:
        self._model = model
        self._start = start
        self._parts = [(model.ids(gap.before), gap.tokens) for gap in gaps] + [(model.ids(end), 0)]
        self._tell = tell
        self._at = 0
        self._inside = -1
        self._fixed = 0
        self.stop = self._parts[-1][0][-1]
        self.most = sum(len(ids) + tokens for ids, tokens in self._parts)

    def hold(self, ids: Any, scores: Any) -> Any:
        """Masks the scores of the next token."""
        import torch

        self._follow(ids)
        fixed, _ = self._parts[self._at]
        allowed = torch.zeros_like(scores[0], dtype=torch.bool)
        if self._inside < 0:
            allowed[fixed[self._fixed]] = True
            scores = torch.where(allowed, torch.zeros_like(scores), scores)  # a banned word never blocks the fixed text
        else:
            following = self._parts[self._at + 1][0][0]
            if self._inside < self._parts[self._at][1]:
                allowed |= self._model.plain(scores.shape[1])
            allowed[following] = True
            if not torch.isfinite(scores[0][allowed]).any():
                scores = torch.where(allowed, torch.zeros_like(scores), scores)
        return scores.masked_fill(~allowed, float("-inf"))

    def _follow(self, ids: Any) -> None:
        """Takes note of the token that was chosen last."""
        if ids.shape[1] == self._start:
            return
        last = int(ids[0, -1])
        if self._inside < 0:
            self._fixed += 1
            if self._fixed == len(self._parts[self._at][0]) and self._at < len(self._parts) - 1:
                self._inside = 0
        elif last == self._parts[self._at + 1][0][0]:
            self._at, self._inside, self._fixed = self._at + 1, -1, 1
            self._tell(self._at / len(self._parts))
            if self._fixed == len(self._parts[self._at][0]) and self._at < len(self._parts) - 1:
                self._inside = 0
        else:
            self._inside += 1

    def is_done(self, ids: Any, scores: Any, **_: Any) -> Any:
        """True when the fixed text at the end has been written."""
        import torch

        tail = self._parts[-1][0]
        is_last = self._at == len(self._parts) - 1 or (self._at == len(self._parts) - 2 and self._inside >= 0)
        done = is_last and ids[0, -len(tail) :].tolist() == tail
        return torch.full((ids.shape[0],), done, device=ids.device, dtype=torch.bool)


def _quantized(wish: str, device: str) -> dict[str, Any]:
    if wish == "none":
        return {}
    import importlib.util

    import transformers

    if device != "cuda":
        raise Refused(f"`quantize: {wish}` needs a CUDA device", "leave it out, or run where there is one")
    if importlib.util.find_spec("bitsandbytes") is None:
        raise MissingExtra(f"`quantize: {wish}` needs the Python package `bitsandbytes`", "pip install bitsandbytes")
    config = transformers.BitsAndBytesConfig(load_in_8bit=wish == "8bit", load_in_4bit=wish == "4bit")
    return {"quantization_config": config, "device_map": "auto"}


@contextlib.contextmanager
def _told(model: str) -> Iterator[None]:
    """The library's errors as ours."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise ProviderError(
            f"`{model}` does not fit into the GPU's memory", "take a smaller model, `quantize: 4bit`, or `device: cpu`"
        ) from error
    except (OSError, ValueError, KeyError, json.JSONDecodeError, ImportError) as error:
        text = " ".join(str(error).split())
        if "trust_remote_code" in text or "custom code" in text:
            raise Refused(f"`{model}` brings code of its own, which is not run", "take a model that the library knows by itself") from error
        if isinstance(error, ImportError):
            raise MissingExtra(f"`{model}` needs a Python package: {text[:200]}", _CURE) from error
        raise MissingModel(f"`{model}` cannot be loaded: {text[:200]}", "`aigc models check` tells what is wrong with a folder") from error
    except Exception as error:
        if type(error).__name__ == "SafetensorError":
            raise MissingModel(f"the weights of `{model}` are damaged: {error}", "get them again") from error
        raise
