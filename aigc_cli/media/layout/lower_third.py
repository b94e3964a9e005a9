"""The lower third: who is seen, in the manner of the brand, over the foot of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aigc_cli.media.layout import clear, visuals
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.layout.scene_template import LowerThird
from aigc_cli.media.layout.staging import Stage
from aigc_cli.media.style import typography
from aigc_cli.media.style.palettes import contrast, mix, reach, with_alpha
from aigc_cli.media.style.tones import READABLE, Tone
from aigc_cli.media.timeline import Box, Curve, GradientFill, Key, Layer, Motion, Op, RectOp

_PAD_X, _PAD_Y = 34.0, 22.0
_BAR = 12.0
_GAP = 6.0  # between name and title
_WIDEST = 0.86  # of the stage
_OPACITY = 0.92  # of a surface: a little of the picture is felt
_IN_MS, _OUT_MS, _WORDS_MS = 420, 260, 160
_FOOT = 60.0  # over the foot of the safe area, where no caption stands; a source may
_SHADE = 1.32  # how much wider than its words the shade of `line` is
_STEP = 0.2  # of its height, when it gives way to a face
_LEAST_MS = 1200  # a shorter scene keeps it to its end


def layers(element: LowerThird, stage: Stage, clock: Clock, under: Sequence[Layer] = ()) -> tuple[Layer, ...]:
    """The strip and its words; nothing when no name is given.

    It stands at the foot on the brand's side; where a face of the picture among the layers `under` it is seen there, on the other
    side, else as little higher as frees the face.

    Its surface opens from the side where reading begins, words follow, and all leave after the brand's own seconds. Words keep
    4.5:1 on the surface whatever picture shines through. Raises RenderError when a name is too long even in small type.
    """
    words = stage.words()
    name, title = words.text(element.name), words.text(element.title) if element.title else ""
    if not name:
        return ()
    k, look, tone = stage.k, stage.brand.lower_third, stage.brand.tone("dark")
    widest = stage.box.w * _WIDEST
    blocks = []
    for slot, text, weight in ((element.name, name, 800), (element.title or "", title, 500)):
        if text:
            style = replace(words.style(slot), lines=1 if slot == element.name else 2, weight=weight)
            room = widest - (2 * _PAD_X + _BAR) * k
            blocks.append(typography.set_text(text, style, room, 150 * k, language=stage.language, scene=stage.scene.id, slot=slot))
    wide = max(block.width for block in blocks) + (2 * _PAD_X + _BAR) * k
    heights = [block.height + 2 * _PAD_Y * k for block in blocks]
    high = sum(block.height for block in blocks) + (2 * _PAD_Y + _GAP * (len(blocks) - 1)) * k
    if look.style == "split":
        high = sum(heights)
    x = stage.safe.x if look.side == "start" else (stage.width - wide) / 2
    bottom = stage.box.bottom if stage.has_captions and stage.scene.say else stage.safe.bottom - _FOOT * k
    spread = _SHADE if look.style == "line" else 1.0
    usual = Box(x=round(x), y=round(bottom - high), w=round(wide * spread), h=round(high))
    box = _off_faces(usual, stage, under).model_copy(update={"w": round(wide)})
    seen = mix(tone.bottom, "#FFFFFF", 1 - _OPACITY)  # the brightest picture behind it
    quiet = _ink(mix(tone.ink, seen, 0.2), seen)
    inks = [_ink(tone.ink, seen), quiet]
    left = box.x + (_PAD_X + (0 if look.style == "split" else _BAR)) * k
    if look.style == "split":
        inks = [tone.on_fill, quiet]
    patches = [(block.width + 2 * _PAD_X * k, each) for block, each in zip(blocks, heights, strict=True)]
    surfaces = _surfaces(look.style, box, patches, tone, k)
    drawn: list[Op] = []
    y = box.y + _PAD_Y * k
    for block, colour in zip(blocks, inks, strict=False):
        drawn += block.ops(colour, left, y)
        y += block.height + (2 * _PAD_Y if look.style == "split" else _GAP) * k
    begin, end = _times(element, look.seconds, clock)
    whole = Box(x=box.x, y=box.y, w=wide * spread if spread > 1 else box.w, h=box.h)
    opening = Motion(reveal=_opens(begin, clock), opacity=_leaves(end, clock))
    shown = begin + clock.at(_WORDS_MS)
    lit = (Key(frame=shown, value=0), Key(frame=shown + clock.at(_IN_MS) // 2, value=1, ease="out"))
    slide = (Key(frame=shown, value=-24 * k), Key(frame=shown + clock.at(_IN_MS), value=0, ease="out-expo"))
    return (
        visuals.sprite("lower-third", whole, surfaces, role="decor", motion=opening),
        visuals.sprite(
            "lower-third-words", whole, tuple(drawn), role="words", motion=Motion(opacity=(*lit, *_leaves(end, clock)), dx=slide)
        ),
    )


def _off_faces(usual: Box, stage: Stage, under: Sequence[Layer]) -> Box:
    """The usual place, or where no face and no other words are: across the frame first, then up in small steps."""
    heads = clear.heads_in(under, stage.picture)
    if not heads:
        return usual
    ends = (usual.x, max(stage.safe.right - usual.w, stage.safe.x))
    steps = int((usual.y - stage.safe.y) / (usual.h * _STEP))
    rises = [round(usual.y - number * usual.h * _STEP) for number in range(steps + 1)]
    places = [usual.model_copy(update={"x": round(x), "y": y}) for y in rises for x in ends]
    return clear.freest(places, heads, [layer.box for layer in under if layer.role in ("words", "mark")])


def _surfaces(style: str, box: Box, patches: list[tuple[float, float]], tone: Tone, k: float) -> tuple[Op, ...]:
    """What the words stand on; `patches` are width and height around each of them."""
    bar, solid = Box(x=box.x, y=box.y, w=_BAR * k, h=box.h), with_alpha(tone.bottom, _OPACITY)
    if style == "split":
        upper = Box(x=box.x, y=box.y, w=round(patches[0][0]), h=round(patches[0][1]))
        lower = tuple(RectOp(box=Box(x=box.x, y=upper.bottom, w=round(w), h=box.bottom - upper.bottom), fill=solid) for w, _ in patches[1:])
        return (*lower, RectOp(box=upper, fill=tone.fill))
    if style == "line":
        shade = GradientFill(
            colours=tuple(with_alpha(tone.bottom, share) for share in (_OPACITY, _OPACITY, 0.0)), stops=(0, 0.76, 1), angle=0
        )
        return (RectOp(box=Box(x=box.x, y=box.y, w=round(box.w * _SHADE), h=box.h), fill=shade), RectOp(box=bar, fill=tone.accent))
    return (RectOp(box=box, radius=8 * k, fill=solid), RectOp(box=bar, radius=_BAR * k / 2, fill=tone.accent))


def _ink(colour: str, ground: str) -> str:
    return colour if contrast(colour, ground) >= READABLE else reach(colour, ground, READABLE)


def _times(element: LowerThird, seconds: float, clock: Clock) -> tuple[int, int]:
    """When it begins to come and to leave, in frames; in a short scene it stays."""
    begin = clock.head // 2 + min(clock.at(element.delay_ms), max(0, clock.frames // 4))
    end = begin + clock.at(seconds * 1000)
    stays = end + clock.at(_OUT_MS) > clock.frames - clock.at(_OUT_MS) or clock.frames - begin < clock.at(_LEAST_MS)
    return begin, clock.frames * 2 if stays else end


def _opens(begin: int, clock: Clock) -> Curve:
    return (Key(frame=begin, value=0.0), Key(frame=begin + clock.at(_IN_MS), value=1.0, ease="out-expo"))


def _leaves(end: int, clock: Clock) -> Curve:
    return (Key(frame=end, value=1.0), Key(frame=end + clock.at(_OUT_MS), value=0.0, ease="in"))
