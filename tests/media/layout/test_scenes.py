"""Scenes: everything that is read stands in the safe area, apart from each other, in colours that can be read."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.errors import RenderError, WorkflowError
from aigc_cli.media.drawing.animate import drawing_at
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.layout import safe, scenes
from aigc_cli.media.style import brand
from aigc_cli.media.style.palettes import contrast
from aigc_cli.media.timeline import Animated, Box, Layer, QrOp, Sprite, Still, TextOp, value_at
from aigc_cli.shapes import Picture
from aigc_cli.storyboard import ChartVisual, ColourVisual, ImageVisual, MapVisual, Place, Scene

TEMPLATES = Templates.beside(None)
LAYOUTS = [name.removesuffix(".yaml") for name in TEMPLATES.names("scenes")]
SIZES = {"9:16": (1080, 1920), "4:5": (1080, 1350), "1:1": (1080, 1080), "16:9": (1920, 1080)}
PHOTO = Path(__file__).parents[3] / "examples" / "pikolo" / "coffee.png"
ARTIFACT = Artifact(digest="1" * 64, media_type="image/png", size=1)

SHORT = {
    "en": {
        "tag": "Alert",
        "kicker": "Single origin",
        "headline": "Ready in 30 seconds",
        "body": "Roasted this week in small batches",
        "unit": "M",
        "number": {"value": 6.4, "text": "6.4"},
        "label": "since the low",
        "index": 2,
        "count": 3,
        "price": "$3.50",
        "cta": "Find your cup",
        "url": "https://example.com/pikolo",
        "items": ["Single origin", "Roasted this week", "Ready in 30 seconds"],
        "source": "Source: USGS, all earthquakes, past week",
        "left": "The queue",
        "left_items": ["Eleven minutes", "Lukewarm"],
        "right": "Pikolo",
        "right_items": ["30 seconds", "Hot"],
    },
    "zh": {
        "tag": "快讯",
        "kicker": "单一产地",
        "headline": "三十秒即可享用",
        "body": "本周小批量新鲜烘焙",
        "unit": "M",
        "number": {"value": 6.4, "text": "6.4"},
        "label": "低点以来",
        "index": 2,
        "count": 3,
        "price": "¥25",
        "cta": "立即购买",
        "url": "https://example.com/pikolo",
        "items": ["单一产地", "本周新鲜烘焙", "三十秒即可享用"],
        "source": "来源：USGS，过去一周全部地震",
        "left": "排队",
        "left_items": ["十一分钟", "温的"],
        "right": "晨光",
        "right_items": ["三十秒", "热的"],
    },
}
LONG = {
    "headline": "Magnitude 6.4 earthquake strikes 22km NNE of Hualian, Taiwan; no tsunami warning",
    "kicker": "Earthquakes this week",
    "body": "The strongest of 1,707 that the network recorded in seven days",
}


def picture(*, is_cutout: bool = False, width: int = 600, height: int = 400) -> Picture:
    return Picture(image=ARTIFACT, width=width, height=height, is_cutout=is_cutout)


def visual_of(layout: str):
    if layout == "map":
        return MapVisual(places=(Place(longitude=121.6, latitude=24.1, label="Hualian", is_news=True),))
    if layout == "chart":
        return ChartVisual(form="area", labels=("Jan", "Feb", "Mar", "Apr"), values=(5, 3, 4, 6), mark=1, mark_label="low")
    return ImageVisual()


@cache
def look(name: str) -> brand.Brand:
    return brand.load(name, TEMPLATES)


def lay(layout: str, size: tuple[int, int], show: dict, *, name: str = "warm", shown: Picture | None = None, **more) -> scenes.Laid:
    template = scenes.load(layout, TEMPLATES).turned(more.pop("turn", 0))
    slots = {slot: value for slot, value in show.items() if slot in template.slots}
    scene = Scene(id="hook", layout=layout, show=slots, visual=more.pop("visual", visual_of(layout)))
    how = {"frames": 90, "fps": 30, "brand": look(name), "picture": shown} | more
    return scenes.lay_out(scene, template=template, width=size[0], height=size[1], **how)


def ink(layer: Layer) -> tuple[Box, np.ndarray]:
    """What a layer of words covers when it has come to rest, and its pixels."""
    content = layer.content
    width, height = round(layer.box.w), round(layer.box.h)
    drawing = content.drawing if isinstance(content, Sprite) else drawing_at(content.form, content.spec, 1.0, width, height)
    pixels = paint(drawing, width, height, lambda _: PHOTO)
    rows, columns = np.where(pixels[..., 3] > 110)  # not a shadow
    assert len(rows), layer.id
    edges = (rows.min(), columns.min(), height - 1 - rows.max(), width - 1 - columns.max())
    assert isinstance(content, Animated) or min(edges) >= 0
    x, y = layer.box.x + columns.min(), layer.box.y + rows.min()
    return Box(x=x, y=y, w=columns.max() - columns.min() + 1, h=rows.max() - rows.min() + 1), pixels


def overlap(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.x, other.x)
    tall = min(one.bottom, other.bottom) - max(one.y, other.y)
    return wide * tall if wide > 0 and tall > 0 else 0.0


def check(laid: scenes.Laid, size: tuple[int, int], *, has_captions: bool = True) -> None:
    words = [layer for layer in laid.layers if layer.role == "words"]
    assert words
    room, zone = safe.safe_area(*size), safe.caption_zone(*size)
    boxes = {layer.id: ink(layer)[0] for layer in words}
    for name, box in boxes.items():
        assert box.x >= room.x - 1, name
        assert box.right <= room.right + 1, name
        assert box.y >= room.y - 1, name
        assert box.bottom <= room.bottom + 1, name
        assert not has_captions or overlap(box, zone) == 0, name
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        # Descenders may reach between the capitals of the next line of one text.
        if one.split(".")[0] != other.split(".")[0]:
            assert overlap(a, b) == 0, (one, other)
    frame = Box(x=0, y=0, w=size[0], h=size[1])
    for layer in laid.layers:
        if isinstance(layer.content, Still):
            assert overlap(layer.box, frame) == pytest.approx(layer.box.w * layer.box.h)
            for name, box in boxes.items():
                if name not in {"price", "tag", "kicker"} and layer.id == "picture" and layer.box.w < size[0]:
                    assert overlap(box, layer.box) == 0, name


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_template_in_every_shape_and_language(layout: str, form: str, language: str) -> None:
    for shown in (picture(), picture(is_cutout=True), None):
        check(lay(layout, SIZES[form], SHORT[language], shown=shown, language=language), SIZES[form])


@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_long_words_still_stand_apart(layout: str, form: str) -> None:
    check(lay(layout, SIZES[form], SHORT["en"] | LONG, shown=picture(), name="elegant", language="en"), SIZES[form])


@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize(("layout", "turn"), [("product", 1), ("feature", 1), ("feature", 2)])
def test_a_layout_used_again_keeps_its_words_apart_too(layout: str, turn: int, form: str) -> None:
    for shown in (picture(), picture(is_cutout=True), None):
        check(lay(layout, SIZES[form], SHORT["en"], shown=shown, turn=turn), SIZES[form])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_captions_the_words_have_their_room(layout: str) -> None:
    size = SIZES["1:1"]
    check(lay(layout, size, SHORT["en"], shown=picture(), has_captions=False), size, has_captions=False)


@pytest.mark.parametrize("size", [(540, 960), (2160, 3840), (480, 360), (200, 600)])
def test_other_sizes_scale(size: tuple[int, int]) -> None:
    check(lay("offer", size, SHORT["en"], shown=picture()), size)


@pytest.mark.parametrize("name", ["plain", "warm", "newsroom", "fresh", "mono", "elegant"])
@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("layout", ["product", "feature", "offer", "headline", "end-card", "source"])
def test_words_can_be_read_on_what_is_really_behind_them(layout: str, form: str, name: str) -> None:
    size = SIZES[form]
    laid = lay(layout, size, SHORT["en"], shown=picture(), name=name)
    ground = laid.layers[0].content
    assert isinstance(ground, Sprite)
    behind = paint(ground.drawing, *size, lambda _: PHOTO)[..., :3]
    for layer in laid.layers:
        if layer.role != "words" or not isinstance(layer.content, Sprite) or any(op.op == "rect" for op in layer.content.drawing):
            continue
        box, _ = ink(layer)
        under = behind[int(box.y) : int(box.bottom) : 7, int(box.x) : int(box.right) : 7].reshape(-1, 3)
        colours = {f"#{r:02X}{g:02X}{b:02X}" for r, g, b in under}
        for op in layer.content.drawing:
            if isinstance(op, TextOp):
                assert min(contrast(op.colour, colour) for colour in colours) >= 4.4, (layer.id, op.text)


def test_a_missing_slot_is_named_with_a_cure() -> None:
    with pytest.raises(WorkflowError, match="scene `hook`: the layout `product` needs `headline`") as caught:
        lay("product", SIZES["9:16"], {"kicker": "New"})
    assert "show" in caught.value.hint


@pytest.mark.parametrize("form", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_text_ten_times_too_long_is_an_error_that_names_the_scene(layout: str, form: str) -> None:
    with pytest.raises(RenderError, match=r"scene `hook`: its .* do(es)? not fit") as caught:
        lay(layout, SIZES[form], SHORT["en"] | {"headline": LONG["headline"] * 10, "name": LONG["headline"] * 10}, shown=picture())
    assert "shorten" in caught.value.hint


def test_a_character_without_a_font_names_the_scene() -> None:
    with pytest.raises(RenderError, match="scene `hook`: no font has the character"):
        lay("product", SIZES["9:16"], {"headline": "A \U00012000"})


def keys(layer: Layer) -> list[int]:
    motion = layer.motion
    return [key.frame for curve in (motion.opacity, motion.dx, motion.dy, motion.scale) for key in curve]


@pytest.mark.parametrize("frames", [20, 48, 90, 150])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_but_the_camera_moves_in_the_last_400_ms(layout: str, frames: int) -> None:
    laid = lay(layout, SIZES["9:16"], SHORT["en"], shown=picture(), frames=frames)
    for layer in laid.layers:
        if layer.role == "words" and not layer.id.startswith("map-"):  # a place's name goes with the camera
            assert max(keys(layer), default=0) <= max(0, frames - 12), layer.id
            if isinstance(layer.content, Animated):
                assert value_at(layer.content.progress, frames - 12, 0) == 1
    for layer in laid.layers:
        if layer.role == "words" and layer.motion.opacity and not layer.id.startswith("map-"):
            assert value_at(layer.motion.opacity, frames - 12, 1) == 1


def test_lines_follow_each_other_and_the_button_comes_last() -> None:
    laid = lay("offer", SIZES["9:16"], SHORT["en"], shown=picture(), index=1)
    starts = {layer.id: layer.motion.opacity[0].frame for layer in laid.layers if layer.motion.opacity}
    assert starts["headline.0"] < starts["headline.1"] < starts["button"] < starts["qr"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_clips_first_frame_shows_its_words_and_every_scene_opens_on_its_picture(layout: str) -> None:
    first, second = (lay(layout, SIZES["9:16"], SHORT["en"], shown=picture(), index=index) for index in (0, 1))
    for laid in (first, second):
        pictures = [layer for layer in laid.layers if layer.role == "picture" and layer.id != "chart"]
        assert all(value_at(layer.motion.opacity, 0, 1) == 1 for layer in pictures)
    line = next((layer.id for layer in first.layers if layer.id.startswith("headline")), None)
    if line is None:  # a film names who speaks, when it has begun
        assert layout == "film"
        return
    seen = [next(value_at(layer.motion.opacity, 0, 1) for layer in laid.layers if layer.id == line) for laid in (first, second)]
    assert seen[0] == 1
    assert seen[1] < 0.5


def test_a_number_is_never_wrong_in_a_still_that_people_share() -> None:
    counts = [
        any(isinstance(layer.content, Animated) for layer in lay("stat", SIZES["9:16"], SHORT["en"] | {"number": text}, index=index).layers)
        for text, index in (("1,707", 1), ("+55%", 1), ("1,707", 0), ("6.4", 1))
    ]
    assert counts == [True, True, False, False]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_only_the_camera_moves_at_the_end_of_first_and_later_scenes(layout: str) -> None:
    for index, frames in ((0, 90), (1, 54)):
        laid = lay(layout, SIZES["9:16"], SHORT["en"], shown=picture(is_cutout=index == 1), index=index, frames=frames)
        for layer in laid.layers:
            if layer.id in {"motif", "picture"} or layer.id.startswith("map-"):  # they move with the camera
                continue
            for curve in (layer.motion.opacity, layer.motion.dx, layer.motion.dy, layer.motion.scale):
                assert all(key.frame <= frames - 12 for key in curve), layer.id
            if isinstance(layer.content, Animated):
                assert layer.content.progress[-1].frame <= frames - 12


def test_panels_that_stand_side_by_side_are_equally_tall() -> None:
    show = SHORT["en"] | {"left_items": ["one", "two", "three"]}
    panels = [layer.box for layer in lay("comparison", SIZES["16:9"], show).layers if layer.id.startswith("panel")]
    assert len(panels) == 2
    assert (panels[0].y, panels[0].h) == (panels[1].y, panels[1].h)


def test_a_map_fills_the_frame_and_the_news_stands_clear_of_the_words() -> None:
    for size in SIZES.values():
        laid = lay("map", size, SHORT["en"])
        drawn = next(layer for layer in laid.layers if layer.id == "map")
        assert (drawn.box.w, drawn.box.h) == size
        dot = next(layer.box for layer in laid.layers if layer.id == "map-dot-0")
        assert all(overlap(dot, ink(layer)[0]) == 0 for layer in laid.layers if layer.role == "words" and not layer.id.startswith("map"))


def test_the_camera_goes_towards_the_subject_and_alternates() -> None:
    shown = picture().model_copy(update={"focus": (0.7, 0.4)})
    stills = []
    for index in (0, 1):
        laid = lay("product", SIZES["9:16"], SHORT["en"], shown=shown, index=index)
        stills.append(next(layer.content for layer in laid.layers if isinstance(layer.content, Still)))
    into, out = stills
    assert into.start.w > into.end.w
    assert out.start.w < out.end.w
    assert 1.03 <= into.start.w / into.end.w <= 1.06
    for still in stills:
        for crop in (still.start, still.end):
            assert crop.x >= 0
            assert crop.y >= 0
            assert crop.right <= still.width + 1e-6
            assert crop.bottom <= still.height + 1e-6


def test_a_small_photo_is_a_card_and_a_large_one_fills_the_frame() -> None:
    small = lay("title", SIZES["9:16"], SHORT["en"], shown=picture())
    large = lay("title", SIZES["9:16"], SHORT["en"], shown=picture(width=2000, height=2600))
    assert next(layer for layer in small.layers if layer.id == "picture").box.w < 1000
    assert next(layer for layer in large.layers if layer.id == "picture").box == Box(x=0, y=0, w=1080, h=1920)
    assert large.tone.is_dark


def test_a_cutout_stands_on_a_disc_and_the_price_without_a_picture_in_the_words() -> None:
    assert any(layer.id == "disc" for layer in lay("feature", SIZES["9:16"], SHORT["en"], shown=picture(is_cutout=True)).layers)
    bare = lay("offer", SIZES["9:16"], SHORT["en"])
    assert any(layer.id == "price" for layer in bare.layers)


def test_the_qr_code_carries_the_address() -> None:
    laid = lay("offer", SIZES["1:1"], SHORT["en"], shown=picture())
    codes = [op for layer in laid.layers if isinstance(layer.content, Sprite) for op in layer.content.drawing if isinstance(op, QrOp)]
    assert [code.text for code in codes] == [SHORT["en"]["url"]]


def test_a_logo_or_a_brand_s_mark_stands_at_the_top() -> None:
    def header(**more) -> Layer:
        laid = lay("product", SIZES["9:16"], SHORT["en"], shown=picture(), **more)
        return next(layer for layer in laid.layers if layer.id == "brand")

    assert header(logo=ARTIFACT).role == "mark"
    own = brand.parse("own", "aigc: {wordmark: PIKOLO, mark: hot-beverage}\n")
    assert header(brand=own).box.y >= safe.safe_area(1080, 1920).y - 1


@pytest.mark.parametrize(
    ("colour", "layout", "shine"),
    [
        ("#0A0A0C", "product", "#FFFFFFF2"),  # black on a dark ground
        ("#FFFFFF", "product", None),
        ("#FFFFFF", "feature", "#000000B3"),  # white on a light one
        ("#0A0A0C", "feature", None),
        ("", "product", None),  # an opaque logo brings its own ground
    ],
)
def test_a_logo_of_nearly_the_grounds_colour_shines(colour: str, layout: str, shine: str | None) -> None:
    own = replace(brand.load("plain", Templates.beside(None)), logo_colour=colour)
    laid = lay(layout, SIZES["9:16"], SHORT["en"], shown=picture(), brand=own, logo=ARTIFACT)
    (op,) = next(layer for layer in laid.layers if layer.id == "brand").content.drawing  # type: ignore[union-attr]
    assert (op.shadow.colour if op.shadow else None) == shine  # type: ignore[union-attr]


def test_a_scene_without_a_visual_breathes_too() -> None:
    laid = lay("end-card", SIZES["9:16"], SHORT["en"], visual=ColourVisual())
    assert any(layer.motion.scale and layer.motion.scale[-1].frame == 90 for layer in laid.layers)


def test_the_same_scene_is_laid_out_the_same_twice() -> None:
    one, other = (lay("offer", SIZES["9:16"], SHORT["zh"], shown=picture(), language="zh") for _ in range(2))
    assert one.layers == other.layers


def write(folder: Path, text: str) -> Templates:
    (folder / "templates" / "scenes").mkdir(parents=True)
    (folder / "templates" / "scenes" / "own.yaml").write_text(text, encoding="utf-8")
    return Templates.beside(folder)


GOOD = """
about: Mine
slots: {headline: {role: headline, required: true}}
boxes: {portrait: {words: [0, 0, 1, 1]}, square: {words: [0, 0, 1, 1]}, landscape: {words: [0, 0, 1, 1]}}
layers: [{draw: words, box: words, items: [headline]}]
"""


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ("about", "abot", r"scenes/own\.yaml:\d+:\d+: `abot?u?t?` "),
        ("role: headline", "role: shout", r"own\.yaml:3:\d+: `slots\.headline\.role`: there is no type role `shout`"),
        ("items: [headline]", "items: [hedline]", r"there is no slot `hedline`"),
        ("box: words", "box: wrds", r"there is no box `wrds` in `boxes\.portrait`"),
        ("square: {words: [0, 0, 1, 1]}, ", "", r"`boxes` has no `square`"),
        ("portrait: {words: [0, 0, 1, 1]}", "portrait: {words: [0, 0, 1]}", r"own\.yaml:4:\d+: `boxes\.portrait\.words`: .*four numbers"),
        ("draw: words", "draw: wrds", r"own\.yaml:5:\d+: `layers\[0\]"),
        ("items: [headline]", "items: [headline], entr: pop", r"own\.yaml:5:\d+: `layers\[0\]\.entr` is not known here"),
    ],
)
def test_a_mistake_in_a_template_is_found_at_its_place(tmp_path: Path, was: str, now: str, message: str) -> None:
    with pytest.raises(WorkflowError, match=message):
        scenes.load("own", write(tmp_path, GOOD.replace(was, now)))


def test_an_editor_s_own_template_is_used(tmp_path: Path) -> None:
    template = scenes.load("own", write(tmp_path, GOOD))
    scene = Scene(id="a", layout="own", show={"headline": "Mine"})
    laid = scenes.lay_out(scene, template=template, width=1080, height=1920, frames=60, fps=30, brand=look("plain"))
    assert [layer.id for layer in laid.layers] == ["ground", "motif", "headline.0"]


OWN = """
about: Test.
slots:
  headline: {role: quote, required: true}
  items: {role: item, marker: MARKER}
boxes:
  portrait: {words: [0, 0, 1, 1], list: [0, 0.5, 1, 0.5], picture: [0, 0, 1, 0.4]}
  square: {words: [0, 0, 1, 1], list: [0, 0.5, 1, 0.5], picture: [0, 0, 1, 0.4]}
  landscape: {words: [0, 0, 0.4, 1], list: [0.5, 0, 0.5, 1], picture: [0.6, 0, 0.4, 1]}
layers:
  - {draw: picture, box: picture}
  - {draw: words, box: words, when: alone, items: [{glyph: "“"}, headline], alone: {portrait: top, landscape: bottom}, exit: fade}
  - {draw: words, box: list, items: [items], exit: none}
"""


def _own(tmp_path: Path, marker: str = "number", **more) -> scenes.Laid:
    template = scenes.load("own", write(tmp_path, OWN.replace("MARKER", marker)))
    show = {"headline": "“Good coffee”", "items": ["One", "Two"]}
    how = {"width": 1080, "height": 1920, "frames": 90, "fps": 30, "brand": look("plain"), "index": 1, "count": 3} | more
    return scenes.lay_out(Scene(id="a", layout="own", show=show), template=template, **how)


def test_a_stack_for_scenes_without_a_picture_stands_where_each_shape_wants_it(tmp_path: Path) -> None:
    tall, wide = _own(tmp_path / "a"), _own(tmp_path / "b", width=1920, height=1080)
    at = [next(layer.box for layer in laid.layers if layer.id == "headline.0") for laid in (tall, wide)]
    assert at[0].y < 1920 * 0.3
    assert at[1].bottom > 1080 * 0.6
    assert not any(layer.id.startswith("headline") for layer in _own(tmp_path / "c", picture=picture()).layers)


def test_the_sign_before_a_quote_takes_the_place_of_its_marks(tmp_path: Path) -> None:
    texts = [op.text for layer in _own(tmp_path).layers if layer.id in {"glyph", "headline.0"} for op in layer.content.drawing]
    assert texts == ["“", "Good coffee"]


def test_a_template_says_what_leaves(tmp_path: Path) -> None:
    motion = {layer.id: layer.motion for layer in _own(tmp_path).layers}
    assert value_at(motion["headline.0"].opacity, 89, 1) < 0.3
    assert not motion["headline.0"].dx
    assert value_at(motion["items.0"].opacity, 89, 1) == 1


@pytest.mark.parametrize("marker", ["bar", "number", "check", "cross"])
def test_every_marker_stands_before_its_item_in_one_column(tmp_path: Path, marker: str) -> None:
    items = [layer for layer in _own(tmp_path, marker).layers if layer.id.startswith("items")]
    words = [next(op.x for op in reversed(layer.content.drawing) if isinstance(op, TextOp)) for layer in items]
    assert len(items) == 2
    assert words[0] == words[1] > 20
    assert len({tuple(op.op for op in layer.content.drawing) for layer in items}) == 1


def test_what_is_read_from_the_right_is_laid_out_from_the_right() -> None:
    boxes = []
    for language in ("en", "he"):
        laid = lay("product", SIZES["16:9"], {"headline": "שלוש סיבות"}, shown=picture(), language=language)
        boxes.append(next(layer.box for layer in laid.layers if layer.id == "picture"))
    assert boxes[0].x < 200
    assert boxes[1].x > 800
