import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.errors import RenderError
from aigc_cli.media.drawing.animate import drawing_at
from aigc_cli.media.drawing.charts import chart_layers
from aigc_cli.media.drawing.figures import counted, domain, formatted, tick_names, ticks
from aigc_cli.media.drawing.manner import Manner
from aigc_cli.media.style import fonts
from aigc_cli.media.timeline import Animated, Box, PathOp, RectOp, TextOp
from aigc_cli.shapes import Palette
from aigc_cli.storyboard import ChartVisual

COLOURS = Palette(ground="#101418", ink="#FFFFFF", accent="#0FB5AE", quiet="#8FA0AA")
FORMS = ("line", "area", "bar", "ranked", "donut")


def layer(visual, *, w=912, h=620, scale=1.0, frames=120, language="en"):
    about = {"alert": "#FF9F1C", "display": "Manrope", "body": "Inter", "scale": scale, "fps": 30}
    return chart_layers(visual, Box(x=84, y=560, w=w, h=h), Manner(colours=COLOURS, frames=frames, language=language, **about))


def drawn(visual, progress=1.0, *, w=912, h=620, **how):
    (found,) = layer(visual, w=w, h=h, **how)
    assert isinstance(found.content, Animated)
    return drawing_at("chart", found.content.spec, progress, w, h)


def chart(form, values, **more):
    more.setdefault("labels", tuple(f"day {n}" for n in range(len(values))))
    return ChartVisual(form=form, values=tuple(values), **more)


def text_box(op):
    width = fonts.width(op.text, family=op.family, weight=op.weight, size=op.size, language=op.language)
    return op.x, op.y - op.size * 0.74, op.x + width, op.y + op.size * 0.05


def texts(drawing):
    return [op for op in drawing if isinstance(op, TextOp)]


def extent(op):
    if isinstance(op, RectOp):
        grow = op.stroke_width / 2
        return op.box.x - grow, op.box.y - grow, op.box.right + grow, op.box.bottom + grow
    if isinstance(op, PathOp):
        grow = op.stroke_width / 2
        xs, ys = op.rings[0][::2], op.rings[0][1::2]
        return min(xs) - grow, min(ys) - grow, max(xs) + grow, max(ys) + grow
    return text_box(op)


values = st.lists(st.floats(-1e7, 1e7).map(lambda value: round(value, 3)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FORMS), values, st.data())
def test_any_chart_stays_in_its_box_and_its_words_apart(form, numbers, data):
    mark = data.draw(st.none() | st.integers(0, len(numbers) - 1))
    w, h = data.draw(st.sampled_from([(912, 620), (700, 400), (1000, 900)]))
    decimals, unit = data.draw(st.integers(0, 2)), data.draw(st.sampled_from(["", "$", "%", "km"]))
    progress = data.draw(st.sampled_from([0.0, 0.3, 0.95, 1.0]))
    drawing = drawn(chart(form, numbers, mark=mark, decimals=decimals, unit=unit), progress, w=w, h=h)
    for op in drawing:
        left, top, right, bottom = extent(op)
        assert left >= -1, op
        assert top >= -1, op
        assert right <= w + 1, op
        assert bottom <= h + 1, op
    boxes = [text_box(op) for op in texts(drawing)]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            is_apart = one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
            assert is_apart, (drawing, one, other)


@pytest.mark.parametrize("form", ["line", "area"])
def test_the_finding_is_named_and_of_the_dates_only_the_first_and_the_last(form):
    numbers = [100 - 60 * math.exp(-((n - 12) ** 2) / 8) for n in range(25)]
    found = [op.text for op in texts(drawn(chart(form, numbers, mark=12, decimals=1, unit="$", mark_label="the low")))]
    assert "$40.0" in found
    assert "the low" in found
    assert [text for text in found if text.startswith("day")] == ["day 0", "day 24"]


def test_a_line_grows_from_the_left():
    numbers = [3, 5, 2, 8, 4]

    def end(progress):
        strokes = [op for op in drawn(chart("line", numbers), progress) if isinstance(op, PathOp) and op.stroke]
        return max(strokes[0].rings[0][::2]) if strokes else 0

    assert end(0) == 0 < end(0.3) < end(0.5) < end(0.8) == end(1)
    assert not any(op.text == "8" for op in texts(drawn(chart("line", numbers, mark=3), 0.5)) if op.family == "Manrope")


def test_heights_of_bars_are_as_their_values():
    drawing = drawn(chart("bar", [10, 20, -5]))
    heights = [op.box.h for op in drawing if isinstance(op, RectOp) and op.radius]
    assert heights[1] == pytest.approx(2 * heights[0])
    assert heights[2] == pytest.approx(heights[0] / 2)


def test_a_ranking_begins_with_the_largest_and_keeps_the_finding():
    drawing = drawn(chart("ranked", [3, 9, 1, 7, 6, 5, 8, 2, 4, 0.5], mark=9, decimals=1))
    assert [op.text for op in texts(drawing)][:4] == ["day 1", "9.0", "day 6", "8.0"]
    assert "0.5" in [op.text for op in texts(drawing)]


def test_a_chart_stands_still_before_its_scene_ends():
    for frames in (20, 60, 300):
        (found,) = layer(chart("line", [1, 2]), frames=frames)
        assert found.content.progress[-1].frame <= max(frames - 12, 1)
        assert found.content.progress[-1].value == 1


def test_no_values_no_chart_and_missing_labels_are_empty():
    assert layer(ChartVisual(labels=(), values=())) == ()
    assert drawn(ChartVisual(labels=("a",), values=(1, 2, 3), mark=9))


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 5)), st.floats(-1e9, 1e9).map(lambda x: round(x, 5)), st.integers(3, 7))
def test_ticks_are_round_cover_the_range_and_are_few(one, other, most):
    low, high = min(one, other), max(one, other)
    found = ticks(low, high, most)
    assert 2 <= len(found) <= most
    slack = (found[-1] - found[0]) * 1e-6
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    assert len(set(tick_names(found, "$"))) == len(found)


def test_names_of_ticks_are_exact():
    assert tick_names((4.5, 4.75, 5.0)) == ["4.50", "4.75", "5.00"]
    assert tick_names((0, 500_000, 1_000_000), "$") == ["$0.0", "$0.5M", "$1.0M"]
    assert tick_names((0, 50_000, 100_000), "元", "zh") == ["0元", "5万元", "10万元"]
    assert tick_names((-10, 0, 10), "%") == ["-10%", "0%", "10%"]


@pytest.mark.parametrize(
    ("value", "decimals", "unit", "text"),
    [
        (1707, 0, "", "1,707"),
        (-3.5, 2, "$", "-$3.50"),
        (-0.001, 1, "%", "0.0%"),
        (12.34, 1, "mm", "12.3 mm"),
        (3, 0, "万", "3万"),
    ],
)
def test_numbers_are_written_as_readers_expect(value, decimals, unit, text):
    assert formatted(value, decimals, unit) == text


def test_an_axis_begins_at_zero_when_that_is_near():
    assert domain([2, 9], from_zero=False) == (0, 9)
    assert domain([700, 1400], from_zero=False) == (700, 1400)
    assert domain([700, 1400], from_zero=True) == (0, 1400)
    assert domain([-9, -2], from_zero=False) == (-9, 0)


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("1,707", "854"),
        ("$3.20", "$1.60"),
        ("+55%", "+28%"),
        ("M 6.4", "M 3.2"),
        ("3.2 of 10", "1.6 of 10"),
        ("-8", "-4"),
        ("2009", "2009"),
        ("no number", "no number"),
        ("30 秒", "15 秒"),
    ],
)
def test_a_number_counts_up_in_its_own_format(text, half):
    assert counted(text, 0.5) == half
    assert counted(text, 1.0) == text


@given(st.from_regex(r"[$€+\-]?\d{1,3}(,\d{3}){0,3}(\.\d{1,3})?%?", fullmatch=True), st.floats(0, 1))
def test_counting_never_passes_the_end_nor_changes_the_form(text, progress):
    now = counted(text, progress)
    assert len(now) <= len(text) + 1
    assert counted(text, 1) == text
    assert ("." in now) == ("." in text)


def test_a_counter_and_a_bar_are_drawn_and_unknown_forms_refused():
    spec = {"text": "$3.50", "x": 300, "y": 90, "family": "Manrope", "weight": 800, "size": 80, "colour": "#FFFFFF"}
    assert drawing_at("counter", spec, 1, 400, 100)[0].text == "$3.50"
    assert drawing_at("counter", spec | {"align": "right"}, 1, 400, 100)[0].x < 300
    bar = {"colour": "#FFFFFF", "track": "#FFFFFF29", "start": 0.2, "end": 0.6}
    assert [op.box.w for op in drawing_at("bar", bar, 0.5, 1000, 10)] == [1000, pytest.approx(400)]
    assert len(drawing_at("bar", {"colour": "#FFFFFF"}, 0, 1000, 10)) == 0
    with pytest.raises(RenderError, match="`wheel` is not a form"):
        drawing_at("wheel", {}, 0, 10, 10)
