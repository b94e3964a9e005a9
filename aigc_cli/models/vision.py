"""Models of transformers that see: captions (BLIP, GIT, ViT with GPT-2), visual questions (BLIP, ViLT), chat models that take pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aigc_cli import devices
from aigc_cli.errors import MissingModel, Refused
from aigc_cli.models.local import CURE, LocalModel, origin, running

if TYPE_CHECKING:
    from PIL import Image

_CURE_MEMORY = "take a smaller model, or `device: cpu`"


class VisionModel:
    """A loaded model with what makes its input."""

    def __init__(self, options: LocalModel) -> None:
        import transformers

        found = origin(options)
        self.name = options.model
        self.place = devices.place(options.device, options.dtype)
        with devices.quiet(), devices.loading(options.model, CURE):
            config = transformers.AutoConfig.from_pretrained(found.place, **found.arguments)
            names = [str(name) for name in config.architectures or ()]
            self.answers = any("QuestionAnswering" in name for name in names)
            kinds = transformers.models.auto.modeling_auto
            known = kinds.MODEL_FOR_VISUAL_QUESTION_ANSWERING_MAPPING if self.answers else kinds.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
            if type(config) not in known and config.model_type != "vision-encoder-decoder":
                raise MissingModel(
                    f"`{options.model}` is a model of the kind {config.model_type}, which does not describe pictures",
                    "take BLIP, or a chat model that takes pictures",
                )
            kind = transformers.AutoModelForVisualQuestionAnswering if self.answers else transformers.AutoModelForImageTextToText
            if config.model_type == "vision-encoder-decoder":
                kind = transformers.VisionEncoderDecoderModel
            self.model = kind.from_pretrained(found.place, dtype=self.place.dtype, use_safetensors=True, **found.arguments)
            self.lens, self.words, self.processor = self._parts(found.place, found.arguments)
        self.model.to(self.place.device).eval()

    @property
    def chats(self) -> bool:
        """True for a chat model: it is asked in words, and answers questions."""
        return bool(getattr(self.processor, "chat_template", None))

    @property
    def _room(self) -> int:
        """Tokens that a captioning model can write at most."""
        limit = getattr(self.model.config.get_text_config(decoder=True), "max_position_embeddings", None)
        return limit - 2 if isinstance(limit, int) and limit > 2 else 10**6

    def _parts(self, place: str, arguments: Any) -> tuple[Any, Any, Any]:
        """What reads pictures, what reads words, and the processor that does both where the model has one."""
        import transformers

        processor = transformers.AutoProcessor.from_pretrained(place, **arguments)
        if hasattr(processor, "image_processor") and hasattr(processor, "tokenizer"):
            return processor.image_processor, processor.tokenizer, processor
        words = transformers.AutoTokenizer.from_pretrained(place, **arguments)
        return transformers.AutoImageProcessor.from_pretrained(place, **arguments), words, None

    def caption(self, picture: Image.Image, *, seed: int, tokens: int) -> str:
        """What a captioning model says of a picture (RGB)."""
        given = self._seen(picture)
        with running(self.name, self.place.device, seed, _CURE_MEMORY):
            made = self.model.generate(**given, max_new_tokens=min(tokens, self._room), num_beams=3, do_sample=False)
        return str(self.words.decode(made[0], skip_special_tokens=True)).strip()

    def answer(self, picture: Image.Image, question: str, *, seed: int, tokens: int) -> str:
        """What a model made for questions answers. Raises Refused for one that only captions."""
        if not self.answers:
            raise Refused(f"`{self.name}` describes pictures and answers no questions", "take a model made for it, or a chat model")
        words = self.words(question, return_tensors="pt", truncation=False)
        given = {**self._seen(picture), "input_ids": words["input_ids"].to(self.place.device)}
        given["attention_mask"] = words["attention_mask"].to(self.place.device)
        with running(self.name, self.place.device, seed, _CURE_MEMORY):
            if hasattr(self.model.config, "id2label") and self.model.config.model_type == "vilt":  # a choice among known answers
                return str(self.model.config.id2label[int(self.model(**given).logits.argmax())])
            made = self.model.generate(**given, max_new_tokens=tokens)
        return str(self.words.decode(made[0], skip_special_tokens=True)).strip()

    def chat(self, picture: Image.Image, turns: list[dict[str, str]], *, seed: int, tokens: int) -> str:
        """What a chat model answers to words that go with a picture."""
        last = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": turns[-1]["content"]}]}
        before = [{"role": turn["role"], "content": [{"type": "text", "text": turn["content"]}]} for turn in turns[:-1]]
        text = self.processor.apply_chat_template([*before, last], add_generation_prompt=True, tokenize=False)
        given = self.processor(images=[picture], text=[text], return_tensors="pt").to(self.place.device)
        if "pixel_values" in given:
            given["pixel_values"] = given["pixel_values"].to(self.place.dtype)
        with running(self.name, self.place.device, seed, _CURE_MEMORY):
            made = self.model.generate(**given, max_new_tokens=tokens, do_sample=False)
        return str(self.words.decode(made[0, given["input_ids"].shape[1] :], skip_special_tokens=True)).strip()

    def _seen(self, picture: Image.Image) -> dict[str, Any]:
        seen = self.lens(images=picture, return_tensors="pt")["pixel_values"]
        return {"pixel_values": seen.to(self.place.device, self.place.dtype)}
