"""The image provider against a real server on the loopback interface."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from aigc_cli.errors import AigcError, ProviderError, Refused
from aigc_cli.providers.openai_image import OpenAIImage
from aigc_cli.shapes import ImageRequest, Picture
from aigc_cli.steps.image import Create
from tests.desk import EXAMPLES, Desk
from tests.servers.openai_server import KEY, OpenAIServer, png, running

pytestmark = pytest.mark.network


def paint(body: Any) -> bytes:
    width, height = (int(side) for side in str(body.get("size", "1024x1024")).split("x"))
    is_clear = body.get("background") == "transparent"
    image = Image.new("RGBA" if is_clear else "RGB", (width, height), (0, 0, 0, 0) if is_clear else (200, 180, 150))
    ImageDraw.Draw(image).ellipse((width * 0.3, height * 0.3, width * 0.7, height * 0.7), fill=(120, 40, 20))
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=1)
    return target.getvalue()


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running(paint=paint) as state:
        yield state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, is_offline=False, keys={"127.0.0.1": KEY}, trusted=("127.0.0.1",))


def draw(server: OpenAIServer, desk: Desk, request: ImageRequest, **options: Any) -> Picture:
    return OpenAIImage(base_url=server.base_url, **options).draw(request, desk)


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(1080, 1920, "1024x1536"), (1920, 1080, "1536x1024"), (1080, 1080, "1024x1024"), (1080, 1350, "1024x1536")],
)
def test_the_nearest_size_is_asked_for_and_cropped_to_the_frame(
    server: OpenAIServer, desk: Desk, width: int, height: int, size: str
) -> None:
    picture = draw(server, desk, ImageRequest(prompt="a cup of coffee", width=width, height=height))
    assert server.calls[0].body["size"] == size
    assert "a cup of coffee" in server.calls[0].body["prompt"]
    assert picture.width / picture.height == pytest.approx(width / height, rel=0.01)
    with Image.open(desk.open(picture.image)) as image:
        assert image.size == (picture.width, picture.height)
        assert image.getpixel((image.width // 2, image.height // 2))[:3] == pytest.approx((120, 40, 20), abs=14)


def test_a_drawing_is_asked_for_on_nothing(server: OpenAIServer, desk: Desk) -> None:
    picture = draw(server, desk, ImageRequest(prompt="a kettle", style="drawing"))
    assert server.calls[0].body["background"] == "transparent"
    assert picture.is_cutout
    assert not picture.is_photo


def test_a_photo_stays_as_it_is_and_costs_nothing_unless_an_edit_is_asked_for(server: OpenAIServer, desk: Desk) -> None:
    photo = desk.save(EXAMPLES / "pikolo" / "coffee.png", "image/png", "coffee.png")
    request = ImageRequest(prompt="coffee", photo=photo, width=1080, height=1920)
    assert draw(server, desk, request).is_photo
    assert (server.calls, desk.bills) == ([], [])
    edited = draw(server, desk, request, edit="put it on a marble table")
    assert edited.is_photo
    call = server.calls[0]
    assert call.path == "/v1/images/edits"
    assert call.headers["Content-Type"].startswith("multipart/form-data")
    assert b"put it on a marble table" in call.raw
    assert b"\x89PNG" in call.raw or b"\xff\xd8\xff" in call.raw


def test_another_seed_is_another_request(server: OpenAIServer, desk: Desk) -> None:
    for seed in (1, 1, 2):
        desk.seed = seed
        draw(server, desk, ImageRequest(prompt="a cup"))
    marks = [call.headers["Idempotency-Key"] for call in server.calls]
    assert marks[0] == marks[1] != marks[2]


@pytest.mark.parametrize(
    ("failure", "kind", "message"),
    [
        ("refused", Refused, "refused the content"),
        ("html", ProviderError, "web page"),
        ("half", ProviderError, "half an answer"),
        ("status:500", ProviderError, "500"),
    ],
)
def test_failures_are_typed(server: OpenAIServer, desk: Desk, failure: str, kind: type[AigcError], message: str) -> None:
    server.failures = deque([failure])
    with pytest.raises(kind, match=message):
        draw(server, desk, ImageRequest(prompt="a cup"))
    assert desk.bills == []


NONE = {"blank": png(64, 64, (0, 0, 0)), "broken": b"GIF89a no", "svg": b"<svg/>", "empty": b""}


@pytest.mark.parametrize(
    ("name", "message"), [("blank", "one colour"), ("broken", "read|not a picture"), ("svg", "not a"), ("empty", "no picture")]
)
def test_a_picture_that_is_none_is_refused(server: OpenAIServer, desk: Desk, name: str, message: str) -> None:
    server.paint = lambda _: NONE[name]
    with pytest.raises(ProviderError, match=message):
        draw(server, desk, ImageRequest(prompt="a cup"))


def test_what_it_costs_is_told(server: OpenAIServer, desk: Desk) -> None:
    draw(server, desk, ImageRequest(prompt="a cup"), quality="high")
    (used,) = desk.bills
    assert (used.server, used.units["images"]) == ("127.0.0.1", 1)
    estimate = OpenAIImage(base_url=server.base_url, quality="high").estimate(Create(prompt="a cup"), desk.templates)
    assert estimate is not None
    assert estimate.units["output_tokens"] >= used.units["output_tokens"]


def test_it_says_what_it_cannot_do() -> None:
    assert OpenAIImage().misfit(Create(prompt="")) is not None
    assert OpenAIImage(sizes=("big",)).misfit(Create(prompt="a cup")) is not None
    assert OpenAIImage().misfit(Create(prompt="a cup")) is None
