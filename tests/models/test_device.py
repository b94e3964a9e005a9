"""Models of transformers hold their device alone while they are loaded and at work, and make room for each other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aigc_cli.errors import ProviderError, Refused
from aigc_cli.providers.transformers_describe import TransformersDescribe
from aigc_cli.providers.transformers_music import TransformersMusic
from aigc_cli.providers.transformers_sound import TransformersSound
from aigc_cli.providers.transformers_text import TransformersText
from aigc_cli.providers.transformers_translate import TransformersTranslate
from aigc_cli.shapes import DescribeRequest, MusicRequest, SoundRequest
from aigc_cli.steps.text import Translate, Write
from tests.desk import Desk
from tests.models import test_transformers_describe as describing
from tests.models import test_transformers_translate as translating
from tests.models import tiny, tiny_music


class Watched(Desk):
    """A desk that writes down on which device a model was loaded and told of its progress; `full` is how often memory is short."""

    def __init__(self, scratch: Path, full: int = 0) -> None:
        super().__init__(scratch, seed=3)
        self.full, self.released = full, 0
        self.held: list[str] = []
        self.loads: list[str] = []
        self.told: set[str] = set()

    @contextlib.contextmanager
    def alone(self, thing: str) -> Iterator[None]:
        self.held.append(thing)
        try:
            yield
        finally:
            self.held.remove(thing)

    def load(self, name: str, make: Callable[[], Any]) -> Any:
        self.loads.append(" ".join(self.held))
        if self.full:
            self.full -= 1
            raise ProviderError("`it` does not fit into memory")
        return make()

    def progress(self, fraction: float, text: str = "") -> None:
        self.told.add(" ".join(self.held))

    def release(self, keep: str = "") -> int:
        self.released += 1
        return 1


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("models")
    eye = tiny.save(describing.vit_gpt2(), tiny.tokenizer(has_chat=False), folder / "eye")
    describing.lens().save_pretrained(eye)
    return {
        "text": str(tiny.save(tiny.llama(longest=8192), tiny.tokenizer(), folder / "text")),
        "translate": str(tiny.save(translating.m2m(), translating.words(), folder / "translate")),
        "describe": str(eye),
        "music": str(tiny_music.save(tiny_music.musicgen(), folder / "music")),
        "sound": str(tiny_music.save(tiny_music.musicgen(), folder / "sound")),
    }


def ask(capability: str, place: str, desk: Desk, **options: Any) -> None:
    if capability == "text":
        TransformersText(model=place, attempts=1, **options).write(
            Write(facts={"product": "Pikolo", "points": ["Small"]}, length_s=8), desk
        )
    elif capability == "translate":
        TransformersTranslate(model=place, attempts=1, beams=1, **options).translate(
            Translate(script=translating.SCRIPT, language="de"), desk
        )
    elif capability == "describe":
        describing.scene("red").save(desk.scratch / "photo.png")
        photo = desk.save((desk.scratch / "photo.png").read_bytes(), "image/png", "photo.png")
        TransformersDescribe(model=place, most_tokens=8, **options).describe(DescribeRequest(image=photo), desk)
    elif capability == "music":
        TransformersMusic(model=place, **options).compose(MusicRequest(duration_s=1), desk)
    else:
        TransformersSound(model=place, **options).sound(SoundRequest(prompt="a dog barks", duration_s=0.5), desk)


@pytest.mark.parametrize("capability", ["text", "translate", "describe", "music", "sound"])
def test_the_device_is_held_while_a_model_is_loaded_and_works(capability: str, places: dict[str, str], tmp_path: Path) -> None:
    desk = Watched(tmp_path)
    with contextlib.suppress(ProviderError):  # what a random model says is refused
        ask(capability, places[capability], desk, device="cpu")
    assert desk.loads and set(desk.loads) == {"cpu"}
    assert desk.told <= {"cpu"}
    assert desk.held == []


@pytest.mark.parametrize("capability", ["describe", "music"])
def test_a_model_that_does_not_fit_makes_others_go(capability: str, places: dict[str, str], tmp_path: Path) -> None:
    desk = Watched(tmp_path, full=1)
    with contextlib.suppress(ProviderError):
        ask(capability, places[capability], desk)
    assert (desk.released, len(desk.loads)) == (1, 2)
    assert any("dropped from memory" in note for note in desk.notes)
    with pytest.raises(ProviderError, match="does not fit"):
        ask(capability, places[capability], Watched(tmp_path, full=2))


def test_a_device_that_is_not_there_is_told(places: dict[str, str], tmp_path: Path) -> None:
    import torch

    missing = "mps" if not torch.backends.mps.is_available() else "cuda"
    with pytest.raises(Refused, match=f"no `{missing}` device"):
        ask("music", places["music"], Watched(tmp_path), device=missing)
