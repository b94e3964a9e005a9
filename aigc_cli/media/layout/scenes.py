"""Lays out one scene of a storyboard by its template: which layers it has, where they stand, how they come in.

Words are set first, because they must be readable; the picture takes what they leave. Boxes of a template are fractions
of the stage, the part of the frame that neither an app's buttons nor the captions cover.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import WorkflowError
from aigc_cli.media.layout import clear, furniture, lower_third, motifs, moves, safe, stack, visuals
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.layout.scene_template import BrandMark, Enter, Exit, Header, LowerThird, Pill, SceneTemplate, Shown, SourceLine, load
from aigc_cli.media.layout.scene_template import Words as WordsElement
from aigc_cli.media.layout.stack import Part, Stack, text_of
from aigc_cli.media.layout.staging import Stage
from aigc_cli.media.style.brand import Brand, Tone
from aigc_cli.media.timeline import Animated, Box, Layer, Sprite
from aigc_cli.shapes import Picture
from aigc_cli.storyboard import ChartVisual, MapVisual, Scene

__all__ = ["Laid", "lay_out", "load"]

_GROUP_GAP = 56.0
_LEAST_PICTURE = 0.4  # of the stage's height, when words share its column
_POP_WAIT_MS = 180
_LEAST_ROUND = 0.24
_PANEL_PAD = 44.0
_PILL_HANGS = 0.36  # the share of a pill's height under the picture's edge


@dataclass(frozen=True)
class Laid:
    """A scene, laid out: its layers from the back to the front, and the colours it stands in."""

    layers: tuple[Layer, ...]
    tone: Tone
    notes: tuple[str, ...] = ()


def lay_out(
    scene: Scene,
    *,
    template: SceneTemplate,
    width: int,
    height: int,
    frames: int,
    fps: int,
    brand: Brand,
    picture: Picture | None = None,
    logo: Artifact | None = None,
    index: int = 0,
    count: int = 1,
    fade_frames: int = 0,
    fades_out: bool = False,
    language: str = "",
    has_captions: bool = True,
) -> Laid:
    """The layers of one scene.

    Args:
        scene: what it says and shows.
        template: of its layout, from `load`.
        width: of the frame in pixels.
        height: of the frame in pixels.
        frames: length of the scene.
        fps: frames per second.
        brand: colours and typefaces.
        picture: what is seen, when the scene's visual is an image and there is one.
        logo: a picture of the brand's logo; without one the brand's own mark and name are used.
        index: the scene's place in the clip, from 0.
        count: how many scenes there are.
        fade_frames: frames at its head in which the scene before is still seen.
        fades_out: whether the next scene fades in over this one.
        language: BCP 47 tag of the words.
        has_captions: whether room is kept for captions.

    Raises:
        WorkflowError: a required slot is empty.
        RenderError: a text does not fit even in small type, or no font has a character; both name the scene.
    """
    _check(scene, template)
    stage = Stage(scene, template, (width, height), brand, picture, language, has_captions)
    # What leaves before a cut makes room for what comes; the clip's last frame, and a fade, keep all.
    clock = Clock(frames, fps, stage.k, fade_frames, leaves=not fades_out and index < count - 1)
    return _Director(stage, clock, logo, index).direct()


def _check(scene: Scene, template: SceneTemplate) -> None:
    for name, slot in template.slots.items():
        if slot.required and not text_of(scene.show.get(name)):
            raise WorkflowError(
                f"scene `{scene.id}`: the layout `{template.name}` needs `{name}`",
                f"give the scene `show: {{{name}: ...}}`, or another layout",
            )


@dataclass(frozen=True)
class _Standing:
    """A stack of words in its place. With a panel it covers all of its box of the template."""

    stack: Stack
    x: float
    y: float
    enter: Enter
    exit: Exit
    panel: str
    place: Box

    @property
    def box(self) -> Box:
        if self.panel != "none":
            return self.place
        return Box(x=self.x, y=self.y, w=self.stack.width, h=max(self.stack.height, 1.0))


class _Director:
    """Puts a scene on its stage."""

    def __init__(self, stage: Stage, clock: Clock, logo: Artifact | None, index: int) -> None:
        self.stage, self.clock, self.logo, self.index = stage, clock, logo, index
        # A clip's first frame is its thumbnail: its words are there from the start. Pictures always are: a cut to nothing flickers.
        self.is_first = index == 0
        self.k = stage.k
        self.top = 0.0
        self.order = 0
        self.stacks: list[_Standing] = []
        self.header: tuple[Layer, ...] = ()
        self.pill: tuple[Part, Enter, Exit] | None = None

    def direct(self) -> Laid:
        """All layers of the scene, from the back to the front."""
        stage = self.stage
        for element in stage.template.layers:
            if isinstance(element, Header):
                self.header, self.top = furniture.header(element, stage, self.clock, self.logo, is_first=self.is_first)
            elif isinstance(element, Pill) and stage.words().text(element.slot):
                self.pill = stack.pill(element.slot, stage.words(), stage.box.w * 0.7), element.enter, element.exit
        marks = self._marks()
        standing = {id(element): self._stand(element) for element in stage.template.layers if isinstance(element, WordsElement)}
        self.stacks = [each for each in standing.values() if each]
        ground = Layer(
            id="ground",
            box=stage.frame,
            content=Sprite(drawing=stage.tone.ground(stage.width, stage.height), is_opaque=True),
            role="ground",
        )
        layers: list[Layer] = [ground]
        if stage.has_motif:
            layers += motifs.motif(stage.brand.motif, stage.frame, stage.tone, self.clock.frames, is_mirrored=stage.is_mirrored)
        for element in stage.template.layers:
            if isinstance(element, Header):
                layers += self.header
            elif isinstance(element, Shown):
                layers += self._visual(element, self.stacks)
            elif isinstance(element, WordsElement):
                found = standing[id(element)]
                layers += self._panel(found, self.stacks) if found else []
                layers += self._stack_layers(found)
            elif isinstance(element, SourceLine):
                layers += furniture.source(element, stage, self.clock)
            elif isinstance(element, BrandMark):
                layers += marks
            elif isinstance(element, LowerThird):
                layers += lower_third.layers(element, stage, self.clock, layers)
        return Laid(tuple(layers), stage.tone)

    def _marks(self) -> tuple[Layer, ...]:
        """The closing mark; words stand under it."""
        for element in self.stage.template.layers:
            if isinstance(element, BrandMark):
                layers = furniture.mark(element, self.stage, self.clock, self.logo, self.top)
                if layers:
                    self.top = max(layer.box.bottom for layer in layers) + _GROUP_GAP * self.k
                return layers
        return ()

    # ---- words ----

    def _stand(self, element: WordsElement) -> _Standing | None:
        stage = self.stage
        if element.when != "always" and (element.when == "picture") != stage.has_visual:
            return None
        place = stage.place(element.box, self.top)
        if not stage.has_visual and stage.shown and element.when == "always":
            # Without the picture that they leave room for, the words have the whole stage.
            top = self.top or stage.box.y
            place = Box(x=stage.box.x, y=top, w=stage.box.w, h=stage.box.bottom - top)
        pad = _PANEL_PAD * self.k if element.panel != "none" else 0.0
        is_under = stage.has_visual and stage.shares_column(place, self.top)
        room = place.h - 2 * pad
        if is_under and not stage.is_full and place.h > stage.box.h * (1 - _LEAST_PICTURE):
            room = place.h - stage.box.h * (_LEAST_ROUND if stage.is_round else _LEAST_PICTURE)
        align = element.align
        if align == "auto":
            align = "start" if stage.has_visual and not is_under else "centre"
        part = self.pill[0] if self.pill and not stage.has_visual else None
        over = part.box.h + _GROUP_GAP * self.k if part else 0.0
        words = stage.words(align)
        if element.panel == "strong":
            tone = words.tone
            words = replace(words, tone=replace(tone, ink=tone.on_fill, quiet=tone.on_fill, accent=tone.on_fill))
        found = stack.lay(element.items, words, place.w - 2 * pad, room - over)
        if part:
            parts = (part, *(stack.moved(each, 0, over) for each in found.parts))
            found = Stack(found.width, found.height + over, parts)
        if not found.parts:
            return None
        anchor = self._anchor(element, place)
        spare = place.h - found.height - 2 * pad
        heights = {"top": 0.0, "middle": spare / 2, "bottom": spare}
        if stage.is_full and stage.picture and clear.kept(stage.picture):
            tried = {name: Box(x=place.x, y=place.y + at, w=place.w, h=found.height) for name, at in heights.items()}
            anchor = self._off_faces(anchor, tried)
        y = place.y + pad + heights[anchor]
        if is_under and stage.is_round:
            # A round picture and the words under it are one group, in the middle.
            side = min(place.w, spare - _GROUP_GAP * self.k, visuals.ROUND * self.k)
            y = place.y + (spare + side + _GROUP_GAP * self.k) / 2
        return _Standing(found, place.x + pad, y, element.enter, element.exit, element.panel, place)

    def _off_faces(self, anchor: str, places: Mapping[str, Box]) -> str:
        """The anchor at which words over a picture of the whole frame hide least of the faces in it; the template's own, if it can be."""
        assert self.stage.picture is not None
        picture, frame = self.stage.picture, self.stage.frame
        names = sorted(places, key=lambda name: name != anchor)
        return min(names, key=lambda name: round(clear.aim(picture, frame, (*self._taken(()), places[name]))[1], 2))

    def _taken(self, standing: Sequence[_Standing]) -> tuple[Box, ...]:
        """What of the frame words, the row at the top and captions take."""
        stage = self.stage
        captions = (safe.caption_zone(stage.width, stage.height),) if stage.has_captions else ()
        return (*captions, *(layer.box for layer in self.header), *(each.box for each in standing))

    def _anchor(self, element: WordsElement, place: Box) -> str:
        if not self.stage.has_visual:
            return self.stage.anchor(element.alone or "middle")
        is_under = self.stage.shares_column(place, self.top)
        return self.stage.anchor(element.anchor) if is_under or element.beside is None else element.beside

    def _panel(self, standing: _Standing, all_: Sequence[_Standing]) -> list[Layer]:
        """The surface under a stack."""
        if standing.panel == "none":
            return []
        name = f"panel-{[each for each in all_ if each.panel != 'none'].index(standing)}"
        is_strong = standing.panel == "strong"
        return [visuals.panel(name, standing.box, self.stage.tone, self.clock, is_strong=is_strong, is_seen=self.is_first)]

    def _stack_layers(self, standing: _Standing | None) -> list[Layer]:
        if standing is None:
            return []
        layers = []
        waits = 0
        for part in standing.stack.parts:
            here = stack.moved(part, standing.x, standing.y)
            if part.kind == "pop":
                enter = Enter(
                    name="pop", delay_ms=standing.enter.delay_ms + self.order * standing.enter.stagger_ms + _POP_WAIT_MS * (waits + 1)
                )
                motion = moves.entrance(enter, self.clock)
                waits += 1
            else:
                enter = standing.enter
                motion = moves.entrance(enter, self.clock, order=self.order, is_seen=self.is_first)
                self.order += 1
            layer = self._counter(here, enter) or visuals.sprite(here.id, _grown(here), here.drawing, role="words", motion=motion)
            if here.id == "button":
                pulse = moves.pulsing(layer.motion, self.clock, (here.box.x + here.box.w / 2, here.box.y + here.box.h / 2))
                layer = layer.model_copy(update={"motion": pulse})
            leave = moves.leaving(layer.motion, standing.exit, self.clock, order=self.order - 1)
            layers.append(layer.model_copy(update={"motion": leave}))
        return layers

    def _counter(self, part: Part, enter: Enter) -> Layer | None:
        """A number that counts up; not in a clip's first frame, where it would state what is not so."""
        if not part.counts or self.is_first:
            return None
        # While it counts, figures have one width, which can make the number wider than it is set in the end.
        roomy = part.box.model_copy(update={"w": part.box.w * 1.15})
        layer = visuals.sprite(part.id, roomy, part.drawing, role="words")
        drawing = layer.content.drawing if isinstance(layer.content, Sprite) else ()
        text = drawing[0].model_dump(mode="json") if drawing else {}
        if len(drawing) != 1 or text.get("op") != "text":
            return None
        spec = {key: text[key] for key in ("text", "x", "y", "family", "weight", "size", "tracking", "language", "colour")}
        begin = enter.model_copy(update={"name": "fade", "delay_ms": enter.delay_ms + (self.order - 1) * enter.stagger_ms})
        content = Animated(form="counter", spec=spec, progress=moves.progress(begin, self.clock, 1000))
        return layer.model_copy(update={"content": content, "motion": moves.entrance(begin, self.clock)})

    # ---- picture ----

    def _region(self, element: Shown, standing: Sequence[_Standing], *, is_hung: bool = True) -> Box:
        """What the words leave of the picture's box, and, where a pill hangs from it, the pill."""
        place = self.stage.place(element.box, self.top)
        gap = (28.0 if element.bleed and self.stage.visual else _GROUP_GAP) * self.k
        if self.pill and self.stage.visual is None:
            gap = max(gap, self.pill[0].box.h * _PILL_HANGS + 30 * self.k)
        left, top, right, bottom = place.x, place.y, place.right, place.bottom
        if self.pill and self.stage.visual is None and is_hung:
            bottom = min(bottom, self.stage.box.bottom - self.pill[0].box.h * _PILL_HANGS)
        for each in standing:
            box = each.box
            if box.x >= right - 1 or box.right <= left + 1 or box.y >= bottom or box.bottom <= top:
                continue
            if box.y + box.h / 2 > (place.y + place.bottom) / 2:
                bottom = min(bottom, box.y - gap)
            else:
                top = max(top, box.bottom + gap)
        return Box(x=left, y=top, w=right - left, h=max(bottom - top, 40 * self.k))

    def _visual(self, element: Shown, standing: Sequence[_Standing]) -> tuple[Layer, ...]:
        stage = self.stage
        setting = visuals.Setting(
            tone=stage.tone,
            clock=self.clock,
            enter=element.enter,
            camera=visuals.Camera(stage.scene.motion, self.index, stage.template.camera),
            is_seen=True,
            zoom=element.zoom,
        )
        if not stage.has_visual:
            return ()
        region = self._region(element, standing)
        if stage.visual is not None:
            return self._data_visual(element, region)
        assert stage.picture is not None
        if stage.is_full and element.look == "whole":
            shade_from, taken = stage.box.bottom, self._taken(standing)
            layers = visuals.bleed(stage.picture, stage.frame, setting, shade_from=shade_from, taken=taken, is_whole=True)
            place = region
        elif stage.is_full:
            layers = visuals.full(stage.picture, stage.frame, setting, self._taken(standing))
            place = region
        elif stage.is_round:
            layers = visuals.round_card(stage.picture, region, setting, is_over=element.box != "" and self._is_over(region, standing))
            place = region
        elif element.bleed and (bled := self._bleed_box(self._region(element, standing, is_hung=False))) and not stage.picture.is_cutout:
            header = max((layer.box.bottom for layer in self.header), default=0.0)
            layers = visuals.bleed(stage.picture, bled, setting, shade_from=stage.box.bottom, shade_to=header, taken=self._taken(()))
            place = region
        elif stage.picture.is_cutout:
            layers = visuals.disc(stage.picture, region, setting)
            side = min(region.w, region.h) * 0.9
            place = Box(x=region.x + (region.w - side) / 2, y=region.y + (region.h - side) / 2, w=side, h=side)
        else:
            # Only discs may stand half outside: a card is whole.
            left, right = max(region.x, stage.box.x), min(region.right, stage.box.right)
            tall = min(region.h, (right - left) * element.tallest)
            place = Box(x=left, y=region.y + (region.h - tall) / 2, w=right - left, h=tall)
            layers = visuals.card(stage.picture, place, setting)
        return (*layers, *self._pill_layers(place))

    def _is_over(self, region: Box, standing: Sequence[_Standing]) -> bool:
        """Whether words stand under a picture's place."""
        return any(each.box.x < region.right - 1 and region.x < each.box.right - 1 for each in standing)

    def _bleed_box(self, region: Box) -> Box | None:
        """The region grown to the frame's edges; None when the picture is too small to be blown up that far."""
        stage, picture = self.stage, self.stage.picture
        if picture is None:
            return None
        box = self._bled(region)
        bottom = stage.height if region.bottom > stage.box.bottom - 1 else box.bottom
        # Words over it keep the frame's head for themselves.
        top = region.y if region.y > max(self.top, stage.box.y) + 1 else 0.0
        grown = Box(x=box.x, y=top, w=box.w, h=bottom - top)
        needed = max(grown.w / picture.width, grown.h / picture.height)
        return grown if needed <= visuals.MOST_BLOWN_UP else None

    def _pill_layers(self, place: Box) -> tuple[Layer, ...]:
        if self.pill is None:
            return ()
        part, enter, leave = self.pill
        x = min(place.right - part.box.w + 14 * self.k, self.stage.safe.right - part.box.w)
        here = stack.moved(part, x, place.bottom - part.box.h * (1 - _PILL_HANGS))
        pivot = (here.box.x + here.box.w / 2, here.box.y + here.box.h / 2)
        motion = moves.leaving(moves.entrance(enter, self.clock, pivot=pivot), leave, self.clock)
        return (visuals.sprite(part.id, _grown(here), here.drawing, role="words", motion=motion),)

    def _data_visual(self, element: Shown, region: Box) -> tuple[Layer, ...]:
        from aigc_cli.media.drawing.charts import chart_layers
        from aigc_cli.media.drawing.manner import Manner
        from aigc_cli.media.drawing.maps import map_layers

        stage = self.stage
        is_map = isinstance(stage.visual, MapVisual)
        manner = Manner(
            # Land and water are told apart on the lighter end of the ground.
            colours=stage.tone.palette.model_copy(update={"ground": stage.tone.top}) if is_map else stage.tone.palette,
            alert=stage.brand.alert,
            display=stage.brand.display,
            body=stage.brand.body,
            scale=self.k,
            frames=self.clock.frames,
            fps=self.clock.fps,
            language=stage.language,
            is_seen=self.is_first or is_map,
        )
        if isinstance(stage.visual, MapVisual):
            if not element.bleed:
                return tuple(map_layers(stage.visual, region, manner))
            return tuple(map_layers(stage.visual, self._bled(region), manner, frame=stage.frame, glow=stage.brand.secondary))
        assert isinstance(stage.visual, ChartVisual)
        return tuple(chart_layers(stage.visual, region, manner))

    def _bled(self, region: Box) -> Box:
        """The region grown to the edges of the frame that it comes near."""
        stage = self.stage
        left = 0.0 if region.x < stage.box.x + 1 else region.x
        right = stage.width if region.right > stage.box.right - 1 else region.right
        return Box(x=left, y=region.y, w=right - left, h=region.h)


def _grown(part: Part) -> Box:
    """A part's box with room for its shadow."""
    box, by = part.box, part.margin
    return Box(x=box.x - by, y=box.y - by, w=box.w + 2 * by, h=box.h + 2 * by)
