from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from aigc_cli import registry
from aigc_cli.artifacts import Artifact, Store
from aigc_cli.contracts import Context
from aigc_cli.providers.fake import FakeMusic
from aigc_cli.shapes import Mood, MusicRequest, Track
from aigc_cli.steps.music import Compose
from tests.desk import Desk


class Bench:
    def __init__(self, folder: Path) -> None:
        self.scratch, self.seed, self.store = folder, 0, Store(folder / "store")

    def save(self, content: Path, media_type: str, name: str = "") -> Artifact:
        return self.store.put_file(content, media_type, name)

    def progress(self, fraction: float, text: str = "") -> None: ...


def test_the_registry_knows_the_step_and_its_embedded_provider() -> None:
    assert registry.step("music.compose") is Compose
    assert [each.name for each in registry.embedded("music")] == ["composer"]


def test_its_value_is_a_track(tmp_path: Path) -> None:
    provider = registry.provider("music", "composer")()
    value = Compose(mood="calm", duration_s=3).run(provider, Bench(tmp_path))
    assert set(value) == set(Compose.outputs) == set(Track.model_fields)
    assert Track(**value).duration_s == 3


def test_the_schema_lists_the_moods_and_describes_every_field() -> None:
    fields = Compose.model_json_schema()["properties"]
    assert fields["mood"]["enum"] == ["auto", *get_args(Mood)]
    assert all(field["description"] for field in fields.values())


@pytest.mark.parametrize("wrong", [{"duration_s": 0}, {"duration_s": 4000}, {"mood": "sad"}, {"key": "c"}, {"lenght_s": 3}])
def test_wrong_parameters_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Compose.model_validate({"duration_s": 5, **wrong})


def test_the_brand_decides_the_mood_when_nobody_else_does(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    told: list[str] = []

    class Listening(FakeMusic):
        def compose(self, request: MusicRequest, ctx: Context) -> Track:
            told.append(request.mood)
            return super().compose(request, ctx)

    for options in ({"brand": "elegant"}, {"brand": "elegant", "mood": "playful"}, {}):
        Compose(duration_s=1, **options).run(Listening(), desk)
    assert told == ["cinematic", "playful", "upbeat"]
    assert Compose(duration_s=1, brand="warm").materials(desk.templates) != Compose(duration_s=1, brand="fresh").materials(desk.templates)
    assert Compose(duration_s=1, brand="warm", mood="calm").materials(desk.templates) == {}
