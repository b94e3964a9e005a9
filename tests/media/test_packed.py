import json
import math
import tracemalloc

import numpy as np
import pytest
from pydantic import ValidationError

from aigc_cli.artifacts import Artifact
from aigc_cli.media.packed import Packed
from aigc_cli.media.timeline import Animated, Box, Key, Layer, Motion, RectOp, Shot, Sprite, Still, TextOp, Timeline

PICTURE = Artifact(digest="0" * 64, media_type="image/jpeg", size=3, name="a.jpg")


def layers(count=40, seed=0):
    random = np.random.default_rng(seed)
    boxes = [Box(x=float(x), y=math.pi * k, w=1 / 3, h=1e-9 + k) for k, x in enumerate(random.normal(0, 1e3, count))]
    words = TextOp(text="caffè 每日 🌍 \\ \x01", x=-0.0, y=1e300, family="Manrope", weight=800, size=64, colour="#FFFFFF")
    contents = (
        Sprite(drawing=(words, RectOp(box=boxes[0], fill="#0000008C"))),
        Still(source=PICTURE, width=2000, height=2600, start=boxes[1], end=boxes[2]),
        Animated(form="counter", spec={"to": 10**30, "parts": [1, 1.0, None, True, {"a": "b"}]}, progress=(Key(frame=0, value=0.1),)),
    )
    motion = Motion(opacity=(Key(frame=3, value=0.1 + 0.2, ease="out-back"),))
    return tuple(Layer(id=f"l{k}", box=box, content=contents[k % 3], start=k, motion=motion) for k, box in enumerate(boxes))


def timeline(shots):
    return Timeline(title="t", language="en", width=64, height=48, safe=Box(x=0, y=0, w=1, h=1), shots=shots)


def test_what_was_packed_is_what_is_read():
    whole = layers()
    packed = Packed(whole, Layer)
    assert tuple(packed) == whole
    assert len(packed) == len(whole)
    assert packed[-1] == whole[-1]
    assert packed[2:5] == whole[2:5]
    assert repr(packed[0].content.drawing[0].x) == "-0.0"
    with pytest.raises(IndexError):
        packed[len(whole)]


def test_equality_is_that_of_the_models():
    one, same, other = (Packed(layers(seed=seed), Layer) for seed in (0, 0, 1))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != Packed([layer.box for layer in layers()], Box)


def test_a_shot_holds_its_layers_small_and_its_file_is_that_of_a_plain_one():
    whole = layers()
    shot = Shot(id="a", start=0, frames=50, layers=whole)
    assert isinstance(shot.layers, Packed)
    assert [layer["id"] for layer in json.loads(timeline((shot,)).model_dump_json())["shots"][0]["layers"]] == [each.id for each in whole]
    assert shot.model_dump(mode="json")["layers"] == [each.model_dump(mode="json") for each in whole]
    assert Shot.model_validate(shot.model_dump()) == shot
    assert Shot.model_validate_json(shot.model_dump_json()) == shot
    assert shot.model_copy(update={"layers": Packed(whole[1:], Layer)}) != shot


def test_packed_layers_pass_on_without_being_opened():
    shot = Shot(id="a", start=0, frames=50, layers=layers())
    assert Shot(id="b", start=0, frames=9, layers=shot.layers).layers is shot.layers


def test_a_fault_in_a_layer_is_told_with_its_place():
    value = timeline((Shot(id="a", start=0, frames=50, layers=layers()),)).model_dump(mode="json")
    value["shots"][0]["layers"][7]["box"]["w"] = -1
    for read in (Timeline.model_validate, lambda wrong: Timeline.model_validate_json(json.dumps(wrong))):
        with pytest.raises(ValidationError) as caught:
            read(value)
        assert caught.value.errors()[0]["loc"] == ("shots", 0, "layers", 7, "box", "w")


def test_many_shots_can_be_read_in_turn():
    shots = tuple(Shot(id=f"s{k}", start=10 * k, frames=10, layers=layers(4, seed=k)) for k in range(30))
    made = Timeline.model_validate_json(timeline(shots).model_dump_json())
    for _ in range(2):
        for k, shot in enumerate(made.shots):
            assert tuple(shot.layers) == layers(4, seed=k)


def test_a_long_timeline_takes_little_memory():
    def read():
        return Timeline.model_validate_json(text)

    text = timeline(tuple(Shot(id=f"s{k}", start=10 * k, frames=10, layers=layers(20, seed=k)) for k in range(100))).model_dump_json()
    read()  # the first builds what reads it
    assert held_by(read) < held_by(lambda: [tuple(shot.layers) for shot in read().shots]) / 4


def held_by(make):
    """Bytes that live on in what a function gives."""
    tracemalloc.start()
    made = make()
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del made
    return size
