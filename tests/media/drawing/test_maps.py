import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aigc_cli.media.drawing import geography
from aigc_cli.media.drawing.manner import Manner
from aigc_cli.media.drawing.maps import map_layers
from aigc_cli.media.drawing.paint import paint
from aigc_cli.media.timeline import Box, Sprite, Still, TextOp, value_at
from aigc_cli.shapes import Palette
from aigc_cli.storyboard import MapVisual, Place

COLOURS = Palette(ground="#0E1A2B", ink="#FFFFFF", accent="#FF9F1C", quiet="#6E93C4")
HUALIAN = Place(longitude=121.6, latitude=24.0, label="Hualian, Taiwan", is_news=True)
FRAMES = 150


def layers(*places, span=60.0, box=None, frames=FRAMES):
    box = box or Box(x=0, y=210, w=1080, h=900)
    visual = MapVisual(places=places, span_degrees=span)
    manner = Manner(colours=COLOURS, alert="#FF3B30", display="Manrope", body="Inter", scale=1.0, fps=30, frames=frames)
    return map_layers(visual, box, manner)


def named(found, start):
    return [layer for layer in found if layer.id.startswith(start)]


def still_of(found):
    (layer,) = named(found, "map") if len(found) == 1 else [layer for layer in found if layer.id == "map"]
    assert isinstance(layer.content, Still)
    return layer.content


def middle(layer, frame):
    """The middle of a layer in the frame."""
    dx, dy = value_at(layer.motion.dx, frame, 0), value_at(layer.motion.dy, frame, 0)
    return layer.box.x + layer.box.w / 2 + dx, layer.box.y + layer.box.h / 2 + dy


def seen(still, box, spot, frame):
    """Where a point of the map's drawing is seen at a frame."""
    share = min(frame / FRAMES, 1)
    x, y, w = (a + (b - a) * share for a, b in ((still.start.x, still.end.x), (still.start.y, still.end.y), (still.start.w, still.end.w)))
    return box.x + (spot[0] - x) * box.w / w, box.y + (spot[1] - y) * box.w / w


def test_the_news_is_in_the_middle_and_keeps_its_place_while_the_map_is_pushed_in():
    box = Box(x=0, y=210, w=1080, h=900)
    dot = named(layers(HUALIAN), "map-dot-0")[0]
    for frame in (0, 40, 149):
        assert middle(dot, frame) == pytest.approx((540, 660), abs=1.0)
    still = still_of(layers(HUALIAN))
    assert still.end.w < still.start.w
    assert still.width / still.height == pytest.approx(box.w / box.h, abs=0.01)


def test_marks_ride_on_the_map():
    box = Box(x=0, y=210, w=1080, h=900)
    places = (HUALIAN, Place(longitude=140, latitude=36, label="Tokyo", weight=0.5, is_news=True))
    found = layers(*places)
    still = still_of(found)
    view = geography.view_of([(place.longitude, place.latitude) for place in places], 60, box.w, box.h)
    for number, place in enumerate(places):
        spot = [part * still.width / box.w for part in view.at(place.longitude, place.latitude)]
        dot = named(found, f"map-dot-{number}")[0]
        for frame in (0, 33, 80, 149):
            assert middle(dot, frame) == pytest.approx(seen(still, box, spot, frame), abs=0.6)


@settings(max_examples=40, deadline=None)
@example([(0.0, 0.0, "a"), (0.0, 6.375, "aaa")], 157.0, Box(x=0, y=210, w=1080, h=900))
@given(
    st.lists(st.tuples(st.floats(-180, 360), st.floats(-75, 80), st.text("abc 台湾", max_size=12)), min_size=1, max_size=6),
    st.floats(5, 360),
    st.sampled_from([Box(x=0, y=210, w=1080, h=900), Box(x=84, y=150, w=912, h=620), Box(x=960, y=60, w=880, h=960)]),
)
def test_all_news_is_inside_and_names_meet_neither_each_other_nor_the_edge(spots, span, box):
    places = [Place(longitude=lon, latitude=lat, label=label.strip(), is_news=True) for lon, lat, label in spots]
    found = layers(*places, span=span, box=box)
    for dot in named(found, "map-dot"):
        x, y = middle(dot, 0)
        assert box.x <= x <= box.right
        assert box.y <= y <= box.bottom
    names = [layer.box for layer in named(found, "map-name")]
    for at, one in enumerate(names):
        assert one.x >= box.x
        assert one.right <= box.right
        for other in names[at + 1 :]:
            pad = 8  # the margin around the letters may meet
            assert (
                one.x + pad >= other.right - pad
                or other.x + pad >= one.right - pad
                or one.y + pad >= other.bottom - pad
                or other.y + pad >= one.bottom - pad
            )


def test_two_places_on_both_sides_of_the_date_line_are_neighbours():
    view = geography.view_of([(178.5, -17.8), (-175, -21)], 40, 912, 900)
    assert view.span == pytest.approx(40, abs=1)
    assert abs(abs(view.longitude) - 178.25) < 0.5
    (x0, _), (x1, _) = view.at(178.5, -17.8), view.at(-175, -21)
    assert 0 < x0 < x1 < 912
    assert view.at(185, -21) == pytest.approx(view.at(-175, -21))


@pytest.mark.parametrize(
    ("longitude", "latitude", "is_land"),
    [
        (100, 35, True),
        (-160, 0, False),
        (25, 0, True),
        (178, 66.5, True),
        (-176, 66.6, True),
        (0, -80, True),
        (120, -80, True),
        (-30, 40, False),
        (135, -25, True),
        (51, 42, False),
    ],
)
@pytest.mark.parametrize("span", [40.0, 300.0])
def test_land_is_where_it_is_in_the_world(longitude, latitude, is_land, span):
    if (longitude, span) == (51, 300.0):
        pytest.skip("the coarse outlines are coarser than the Caspian's shore")
    view = geography.view_of([(longitude, latitude)], span, 400, 300)
    x, y = view.at(longitude, latitude)
    inside = 0
    for rings in geography.land(view, 0.5):
        for ring in rings:
            points = list(zip(ring[::2], ring[1::2], strict=True))
            for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
                if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                    inside += 1
    assert (inside % 2 == 1) is is_land


@pytest.mark.parametrize("longitude", [0, 90, 179.5, -179.5, 300])
def test_no_outline_runs_across_the_view(longitude):
    view = geography.view_of([(longitude, 10)], 200, 900, 500)
    for line in [*geography.coasts(view, 1), *geography.borders(view, 1)]:
        for (ax, ay), (bx, by) in zip(line, line[1:], strict=False):
            assert abs(ax - bx) + abs(ay - by) < 150


def test_a_full_width_map_fades_out_above_and_below_and_a_card_has_round_corners():
    def pixels(found):
        still = still_of(found)
        return paint(still.source, still.width, still.height, lambda artifact: None), still

    drawn, still = pixels(layers(Place(longitude=100, latitude=45, is_news=True)))
    edge = round(still.end.y)
    assert drawn[:edge, :, 3].max() <= 12
    assert drawn[still.height // 2, :, 3].max() == 255
    drawn, still = pixels(layers(HUALIAN, box=Box(x=84, y=150, w=912, h=620)))
    assert still.radius == 48
    assert drawn[..., 3].min() == 255


def test_quiet_places_are_drawn_and_only_the_news_is_marked_and_named():
    quiet = Place(longitude=125, latitude=20, label="not shown", weight=0.6)
    found = layers(HUALIAN, quiet)
    words = [op.text for layer in found if isinstance(layer.content, Sprite) for op in layer.content.drawing if isinstance(op, TextOp)]
    assert words == ["Hualian, Taiwan"]
    assert len(named(found, "map-dot")) == 1
    assert still_of(found).source != still_of(layers(HUALIAN)).source


@pytest.mark.parametrize("frames", [20, 60, 150, 400])
def test_nothing_but_the_camera_moves_in_the_last_moment(frames):
    for layer in named(layers(HUALIAN, frames=frames), "map-pulse"):
        assert layer.start + layer.frames <= frames - 12
        assert value_at(layer.motion.opacity, layer.start + layer.frames, 1) == 0


def test_without_places_the_whole_world_is_shown():
    found = layers()
    assert [layer.id for layer in found] == ["map"]
    assert geography.view_of([], 60, 1080, 900).span == pytest.approx(360)
