"""A brand's intro and outro: scenes before and after those of a storyboard, with all that is filmed with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from aigc_cli.artifacts import Artifact, to_json
from aigc_cli.contracts import Context
from aigc_cli.errors import AigcError, WorkflowError
from aigc_cli.media.audio import sound
from aigc_cli.media.audio.effects import Effect
from aigc_cli.media.filming import animations
from aigc_cli.media.filming.probe import probe
from aigc_cli.media.filming.takes import make_take
from aigc_cli.media.schedule import LAST_HOLD_S, Slot
from aigc_cli.media.style.brand import Brand
from aigc_cli.media.style.signatures import Bookend
from aigc_cli.shapes import FootageRequest, FootageTake, Picture, Speech
from aigc_cli.storyboard import ClipVisual, Scene, Storyboard

_VERSION = 1
_INTRO, _OUTRO = "brand-intro", "brand-outro"
IDS = (_INTRO, _OUTRO)
"""Ids of the scenes that a brand adds."""


@dataclass(frozen=True)
class Cast:
    """A storyboard and what is filmed with it, one or None per scene."""

    board: Storyboard
    takes: tuple[Speech | None, ...]
    pictures: tuple[Picture | None, ...] = ()
    films: tuple[FootageTake | None, ...] = ()
    sounds: tuple[Any, ...] = ()
    """What scenes ask to be heard beside their words."""


def bound(cast_: Cast, brand: Brand) -> Cast:
    """The same with the brand's intro and outro, as far as it has them. Raises WorkflowError for a file that is no video."""
    before = [_scene(_INTRO, brand.intro, brand)] if brand.intro else []
    after = [_scene(_OUTRO, brand.outro, brand)] if brand.outro else []
    if not before and not after:
        return cast_
    taken = set(IDS) & {scene.id for scene in cast_.board.scenes}
    if taken:
        raise WorkflowError(f"scene `{sorted(taken)[0]}`: this id is kept for the brand's own card", "call the scene otherwise")

    def padded(items: Sequence[Any]) -> tuple[Any, ...]:
        return ((None,) * len(before) + (*items,) + (None,) * len(after)) if items else ()

    board = cast_.board.model_copy(update={"scenes": (*before, *cast_.board.scenes, *after)})
    return replace(
        cast_,
        board=board,
        takes=padded(cast_.takes),
        pictures=padded(cast_.pictures),
        films=padded(cast_.films),
        sounds=padded(cast_.sounds),
    )


def _scene(name: str, bookend: Bookend, brand: Brand) -> Scene:
    if bookend.is_card:
        seconds = bookend.seconds if name == _INTRO else max(bookend.seconds - LAST_HOLD_S, 0.1)  # the last scene is held
        show = {"headline": brand.wordmark or brand.title or brand.name.replace("-", " ").title(), "body": bookend.line}
        return Scene.model_validate({"id": name, "layout": name.removeprefix("brand-"), "show": show, "min_s": seconds})
    visual = ClipVisual(file=0, end_s=_length_s(bookend), fit="blur", sound="keep")
    return Scene(id=name, layout="film", visual=visual, transition="auto" if name == _INTRO else "fade")


def _length_s(bookend: Bookend) -> float:
    path = Path(bookend.show)
    if animations.is_picture(path):
        return bookend.seconds
    try:
        video = probe(path).video
        if video is None:
            raise WorkflowError("it holds no pictures", "use a video, a GIF or a picture")
        return max(0.1, min(video.duration_s, bookend.seconds))
    except AigcError as error:
        raise WorkflowError(f"the brand's `{path.name}` cannot be used: {error.message}", error.hint) from error


def with_films(cast_: Cast, brand: Brand, fps: int, ctx: Context) -> Cast:
    """The same with the films of the brand's own intro and outro. Made once, then from the cache."""
    films = list(cast_.films or (None,) * len(cast_.board.scenes))
    for index, scene in enumerate(cast_.board.scenes):
        bookend = _bookend_of(scene.id, brand)
        if bookend is None or bookend.is_card:
            continue
        path = Path(bookend.show)
        file = ctx.save(path, "application/octet-stream", path.name)
        heard = "drop" if bookend.sound != "auto" else "keep"
        request = FootageRequest.model_validate({"file": file, "end_s": bookend.seconds, "sound": heard, "fit": "blur", "fps": fps})

        def make(request: FootageRequest = request) -> dict[str, Any]:
            return dict(make_take(request, ctx))

        material = to_json([file.key(), request.model_dump(mode="json", exclude={"file"})])
        films[index] = FootageTake.model_validate(dict(ctx.memo("video.bookend", _VERSION, material, make)))
    return replace(cast_, films=tuple(films))


def sounds_of(
    cast_: Cast, slots: Sequence[Slot], brand: Brand, ctx: Context
) -> tuple[tuple[Effect, ...], tuple[tuple[int, Artifact], ...]]:
    """The sound logos of intro and outro: those that are computed, and those that are files, with the frames they begin at."""
    effects, files = [], []
    for scene, slot in zip(cast_.board.scenes, slots, strict=True):
        bookend = _bookend_of(scene.id, brand)
        if bookend is None:
            continue
        name = bookend.sound if bookend.sound != "auto" else "chime" if bookend.is_card else "none"
        at = slot.start + slot.fade_frames // 2
        if name in ("chime", "pulse"):
            effects.append(Effect(at, cast(Any, name)))
        elif name != "none":
            files.append((at, _wav(Path(name), ctx)))
    return tuple(effects), tuple(files)


def _bookend_of(scene: str, brand: Brand) -> Bookend | None:
    return {_INTRO: brand.intro, _OUTRO: brand.outro}.get(scene)


def _wav(path: Path, ctx: Context) -> Artifact:
    """A sound logo as WAV. Raises WorkflowError when it is no sound."""
    try:
        if probe(path).audio is None:
            raise WorkflowError(f"the brand's `{path.name}` holds no sound", "use a WAV, MP3 or M4A file")
        target = ctx.scratch / "logo.wav"
        sound.write_wav(target, sound.decode(path))
    except AigcError as error:
        raise WorkflowError(f"the brand's `{path.name}` cannot be heard: {error.message}", error.hint) from error
    return ctx.save(target, "audio/wav", "logo.wav")
