"""From storyboard to timeline: every scene is laid out for one format, its captions laid over it, shot by shot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.media import bookends
from aigc_cli.media.captioning.captions import CaptionStyle, caption_layers
from aigc_cli.media.captioning.subtitles import SpokenWord
from aigc_cli.media.filming.moving import stand_in, with_footage
from aigc_cli.media.layout import clear, credit, safe, scenes
from aigc_cli.media.layout.moves import Clock
from aigc_cli.media.schedule import Slot
from aigc_cli.media.style.brand import Brand
from aigc_cli.media.style.palettes import mix
from aigc_cli.media.timeline import Animated, Box, Key, Layer, Shot, Timeline
from aigc_cli.shapes import FootageTake, Picture, Speech, Word, cloned
from aigc_cli.storyboard import Storyboard

_BAR_HEIGHT = 10.0


@dataclass(frozen=True)
class Look:
    """What all formats of a clip share: the brand, the caption style, the logo, the templates."""

    brand: Brand
    templates: Templates
    captions: CaptionStyle | None = None
    logo: Artifact | None = None
    has_progress_bar: bool = False
    credit: str = ""
    """Whose music is heard, to be said on the last scene."""
    is_transparent: bool = False


def film(
    board: Storyboard,
    slots: Sequence[Slot],
    look: Look,
    *,
    size: tuple[int, int],
    fps: int,
    pictures: Sequence[Picture | None],
    takes: Sequence[Speech | None],
    footage: Sequence[FootageTake | None] = (),
) -> Timeline:
    """Lays out a clip in one format.

    Args:
        board: the scenes.
        slots: where each scene stands in time, as `schedule` gives it.
        look: brand, captions, logo, templates.
        size: width and height in pixels, even.
        fps: frames per second.
        pictures: one per scene, or None.
        takes: one per scene, or None.
        footage: a part of a video per scene, or None; it stands where the scene's picture would, or before it when it is see-through.

    Raises WorkflowError for a template that is not there or a slot that is missing, RenderError for text that does not fit.
    """
    width, height = size
    total = slots[-1].start + slots[-1].frames
    last = max(index for index, scene in enumerate(board.scenes) if scene.id not in bookends.IDS)
    layouts = [scene.layout for scene in board.scenes]
    shots = []
    for index, (scene, slot) in enumerate(zip(board.scenes, slots, strict=True)):
        after = slots[index + 1].fade_frames if index + 1 < len(slots) else 0
        moving = footage[index] if footage else None
        picture = pictures[index]
        if moving and not (moving.has_matte and picture):  # a film that is see-through has the scene's picture behind it
            picture = stand_in(moving)
        laid = scenes.lay_out(
            scene,
            template=scenes.load(scene.layout, look.templates).turned(layouts[:index].count(scene.layout)),
            width=width,
            height=height,
            frames=slot.frames,
            fps=fps,
            brand=look.brand,
            picture=picture,
            logo=look.logo,
            index=index,
            count=len(board.scenes),
            fade_frames=slot.fade_frames,
            fades_out=after > 0,
            language=board.language,
            has_captions=look.captions is not None and scene.id not in bookends.IDS,
        )
        behind = laid.tone.disc, mix(laid.tone.disc, laid.tone.bottom, 0.5)
        layers = with_footage(laid.layers, moving, behind) if moving else [*laid.layers]
        take = takes[index]
        if look.captions is not None and take is not None:
            usual = safe.caption_zone(width, height)
            zone = clear.free_zone(usual, clear.heads_in(layers, picture), layers, safe.safe_area(width, height))
            if zone != usual:
                layers.append(clear.veil(zone, Box(x=0, y=0, w=width, h=height), laid.tone.bottom))
            layers += caption_layers(
                [_shifted(word, slot.speech_start / fps) for word in take.words],
                zone,
                look.captions,
                colours=laid.tone.captions,
                ground=laid.tone.bottom,
                frames=slot.frames,
                fps=fps,
                language=board.language,
                family=look.brand.display,
                scale=safe.scale_of(width, height),
            )
        if look.credit and index == last:
            clock = Clock(slot.frames, fps, safe.scale_of(width, height), slot.fade_frames)
            words = credit.credit_words(look.credit, board.language)
            layers.append(credit.credit_layer(words, size, look.brand, laid.tone, clock, language=board.language, scene=scene.id))
        if look.has_progress_bar:
            layers.append(_progress_bar(slot, total, size, laid.tone.accent))
        fade = slot.fade_frames
        shots.append(
            Shot(
                id=scene.id,
                start=slot.start,
                frames=slot.frames,
                transition=slot.transition if fade else "cut",
                transition_frames=fade,
                layers=tuple(layers),
            )
        )
    return Timeline(
        title=board.title,
        language=board.language,
        comment=" ".join(cloned(takes)),
        width=width,
        height=height,
        fps=fps,
        safe=safe.safe_area(width, height),
        is_transparent=look.is_transparent,
        shots=tuple(shots),
    )


def spoken_words(board: Storyboard, slots: Sequence[Slot], takes: Sequence[Speech | None], fps: int) -> tuple[SpokenWord, ...]:
    """All words of the clip in seconds from its start."""
    words: list[SpokenWord] = []
    for scene, slot, take in zip(board.scenes, slots, takes, strict=True):
        offset = (slot.start + slot.speech_start) / fps
        words += [SpokenWord(**_shifted(word, offset).model_dump(), scene=scene.id) for word in (take.words if take else ())]
    return tuple(words)


def _shifted(word: Word, offset_s: float) -> Word:
    return word.model_copy(update={"start_s": word.start_s + offset_s, "end_s": word.end_s + offset_s})


def _progress_bar(slot: Slot, total: int, size: tuple[int, int], colour: str) -> Layer:
    width, height = size
    thick = max(4.0, round(_BAR_HEIGHT * safe.scale_of(width, height) / 2) * 2.0)
    return Layer(
        id="progress",
        box=Box(x=0, y=height - thick, w=width, h=thick),
        content=Animated(
            form="bar",
            spec={"colour": colour, "track": "#FFFFFF29", "radius": 0},
            progress=(
                Key(frame=0, value=slot.start / total),
                Key(frame=slot.frames, value=(slot.start + slot.frames) / total),
            ),
        ),
    )
