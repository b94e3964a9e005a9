"""`image.describe`: what is said without a model, by a server that sees, and where words can stand."""

from __future__ import annotations

import base64
import io
import json
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aigc_cli.errors import ProviderError, WorkflowError
from aigc_cli.media.photography.calm import calm_of
from aigc_cli.providers.openai_describe import OpenAIDescribe
from aigc_cli.providers.plain_describe import PlainDescribe
from aigc_cli.steps.describing import Describe
from tests.desk import EXAMPLES, Desk
from tests.servers.openai_server import KEY, running


def picture(busy: str = "bottom") -> Image.Image:
    """A brown picture, one side of which is a fine pattern."""
    pixels = np.full((240, 160, 3), (110, 70, 45), np.uint8)
    pattern = np.indices((240, 160)).sum(axis=0) // 3 % 2 * 150
    side = {"bottom": np.s_[160:], "top": np.s_[:80], "left": np.s_[:, :60], "right": np.s_[:, 100:]}[busy]
    pixels[side] = np.minimum(255, pixels[side] + pattern[side][..., None]).astype(np.uint8)
    return Image.fromarray(pixels)


def saved(desk: Desk, image: Image.Image) -> Any:
    data = io.BytesIO()
    image.save(data, "PNG")
    return desk.save(data.getvalue(), "image/png", "photo.png")


@pytest.mark.parametrize(("busy", "calm"), [("bottom", "top"), ("top", "bottom"), ("left", "right"), ("right", "left")])
def test_words_stand_where_the_picture_is_calm(busy: str, calm: str) -> None:
    found = calm_of(picture(busy))
    assert next(iter(found)) == calm
    assert found[busy] == min(found.values())


def test_no_words_on_a_face() -> None:
    found = calm_of(Image.open(EXAMPLES / "people" / "astronaut.jpg"))
    assert min(found.values()) == 0.0


def test_what_is_said_without_a_model(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    image = saved(desk, picture())
    seen = Describe(image=image).run(PlainDescribe(), desk)
    assert seen["alt"].startswith("A photo, mostly brown")
    assert seen["text_side"] == "top"
    assert Describe(image=image, language="zh-CN").run(PlainDescribe(), desk)["alt"].startswith("一张照片，以棕色")
    told = Describe(image=image, hint="A cup on  a table").run(PlainDescribe(), desk)
    assert (told["alt"], told["subject"]) == ("A cup on a table", "A cup on a table")
    assert PlainDescribe().misfit(Describe(image=image, question="Is it hot?")) == "it cannot answer a `question`"


def test_a_file_that_is_no_picture_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(WorkflowError, match=r"notes\.txt"):
        Describe(image=desk.save(b"hello", "image/png", "notes.txt")).run(PlainDescribe(), desk)


@pytest.mark.network
def test_a_server_that_sees_gets_the_picture_and_the_question(tmp_path: Path) -> None:
    desk = Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",))
    photo = desk.save((EXAMPLES / "pikolo" / "coffee.png").read_bytes(), "image/png", "coffee.png")
    answer = {"alt": "**A cup** of coffee on a wooden table.", "subject": "a cup of coffee", "answer": "Yes."}
    with running(answers=deque([json.dumps(answer)])) as server:
        provider = OpenAIDescribe(base_url=server.base_url)
        step = Describe(image=photo, hint="Pikolo Espresso", question="Is it hot?")
        seen = step.run(provider, desk)
        assert (seen["alt"], seen["subject"], seen["answer"]) == ("A cup of coffee on a wooden table.", "a cup of coffee", "Yes.")
        text, image = server.calls[0].body["messages"][-1]["content"]
        assert "Pikolo Espresso" in text["text"]
        assert "Is it hot?" in text["text"]
        sent = Image.open(io.BytesIO(base64.b64decode(image["image_url"]["url"].partition(",")[2])))
        assert sent.format == "JPEG"
        assert max(sent.size) <= 1024
        estimate = provider.estimate(step, desk.templates)
        assert estimate is not None
        assert estimate.units["input_tokens"] >= 3000
        assert desk.bills
        server.answers = deque(["no no no no no no"])
        with pytest.raises(ProviderError, match="no description"):
            step.run(provider, desk)
