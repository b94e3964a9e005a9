"""Prompts: what an editor writes into `templates/prompts/NAME.LANG.yaml`, read, checked and filled."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, JsonValue, ValidationError

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.storyboard import Shape
from aigc_cli.writing.copytext import slots

_SLOT = re.compile(r"\{(\w+)\}")
_MAX_BYTES = 1 << 18
KNOWN = (
    *("product", "facts", "length", "words", "scenes", "tone", "photos", "must_include", "forbidden", "language", "line"),
    *("texts", "source", "target", "keep", "glossary", "title", "question"),
)
_HIDDEN = ("url",)

Message = dict[str, str]
"""One turn of a conversation: `role` (system, user, assistant) and `content`."""


class Example(Shape):
    """A question and its good answer, about something else."""

    user: str
    answer: dict[str, JsonValue]

    @property
    def answer_text(self) -> str:
        """The answer as a model would write it."""
        return json.dumps(self.answer, ensure_ascii=False)


class Prompt(Shape):
    """A prompt template: who the model is, what it is asked, and how a good answer looks."""

    version: Literal[1] = Field(alias="prompt")
    system: str = Field(min_length=1)
    user: str = Field(min_length=1)
    example: Example | None = None
    examples: tuple[Example, ...] = Field((), max_length=8, description="More than one, where a model needs them.")

    @property
    def shown(self) -> tuple[Example, ...]:
        """Every example, in order."""
        return (*((self.example,) if self.example is not None else ()), *self.examples)

    @property
    def example_words(self) -> str:
        """All words of the examples' answers: none of them may turn up as a fact."""
        return "\n".join(text for example in self.shown for text in _texts(example.answer))


def file_name(name: str, language: str) -> str:
    """The file of a prompt in a language: `product-clip` in `zh-CN` is `product-clip.zh.yaml`."""
    return f"{name}.{language.partition('-')[0].lower()}.yaml"


def materials(templates: Templates, name: str, language: str) -> Mapping[str, str]:
    """The digest of the prompt that will be used, for a cache key."""
    file = _found(templates, name, language)
    return {f"prompts/{file}": templates.digest("prompts", file)}


def load(templates: Templates, name: str, language: str) -> Prompt:
    """The prompt for a language, the English one when the language has none. Raises WorkflowError when it is damaged."""
    file = _found(templates, name, language)
    return _read(templates.find("prompts", file), file)


def _found(templates: Templates, name: str, language: str) -> str:
    own, english = file_name(name, language), file_name(name, "en")
    return own if templates.has("prompts", own) or not templates.has("prompts", english) else english


def _read(path: Path, name: str) -> Prompt:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if path.stat().st_size > _MAX_BYTES:
        raise WorkflowError(f"the prompt `{name}` is larger than 256 KiB", "shorten it")
    try:
        prompt = Prompt.model_validate(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}" if mark is not None else ""
        raise WorkflowError(f"the prompt `{name}`{place} is not YAML", "check the file") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise WorkflowError(f"the prompt `{name}` at `{place}`: {first['msg'].lower()}", "docs/models.md explains the form") from error
    unknown = [slot for slot in (*slots(prompt.system), *slots(prompt.user)) if slot not in KNOWN]
    if unknown:
        raise WorkflowError(f"the prompt `{name}` names `{{{unknown[0]}}}`", f"use {', '.join(f'{{{slot}}}' for slot in KNOWN)}")
    return prompt


def messages(prompt: Prompt, values: Mapping[str, str]) -> list[Message]:
    """The conversation that asks for a first draft. A fact is never a template: slots are filled once."""
    turns = [{"role": "system", "content": _filled(prompt.system, values)}]
    for example in prompt.shown:
        turns += [{"role": "user", "content": example.user.strip()}, {"role": "assistant", "content": example.answer_text}]
    return [*turns, {"role": "user", "content": _filled(prompt.user, values)}]


def _filled(text: str, values: Mapping[str, str]) -> str:
    lines = [line for line in text.strip().split("\n") if all(values.get(slot) for slot in slots(line))]
    return "\n".join(_SLOT.sub(lambda match: values.get(match[1], ""), line) for line in lines)


def fact_lines(facts: Mapping[str, JsonValue]) -> list[str]:
    """The facts as lines of text, one each; the product's name and addresses stand elsewhere."""
    lines: list[str] = []
    for name, value in facts.items():
        if name == "product" or name in _HIDDEN or value in (None, "", []):
            continue
        many = value if isinstance(value, list | tuple) else [value]
        lines += [_one_line(each) if name == "points" else f"{name}: {_one_line(each)}" for each in many if each not in (None, "")]
    return lines


def _one_line(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return []
