"""`renderer`: films a storyboard on this machine. Every scene is a cached segment, joined without encoding again."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from aigc_cli.artifacts import Artifact
from aigc_cli.contracts import Context, Need, Provider
from aigc_cli.errors import WorkflowError
from aigc_cli.media import film
from aigc_cli.media.audio.foley import effects_of, sounds_at
from aigc_cli.media.audio.soundtrack import Soundtrack
from aigc_cli.media.bookends import Cast, bound, sounds_of, with_films
from aigc_cli.media.captioning import captions, subtitles
from aigc_cli.media.captioning.subtitles import SpokenWord
from aigc_cli.media.files import platforms
from aigc_cli.media.files.delivery import deliver
from aigc_cli.media.files.masters import png_of
from aigc_cli.media.filming import concat
from aigc_cli.media.filming.moving import stand_in
from aigc_cli.media.filming.takes import make_take
from aigc_cli.media.frames import sheet
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.frames.cutout import Cutout
from aigc_cli.media.layout import formats
from aigc_cli.media.moments import frames_asked
from aigc_cli.media.photography import photos
from aigc_cli.media.rhythm import on_beats
from aigc_cli.media.schedule import Slot, schedule
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style import typography
from aigc_cli.media.timeline import Cue, Timeline
from aigc_cli.media.timeline_file import read_timeline, timeline_bytes
from aigc_cli.shapes import (
    Clip,
    ClipRequest,
    ConcatRequest,
    FootageRequest,
    FootageTake,
    Joined,
    Palette,
    Picture,
    Preview,
    PreviewRequest,
    RenderRequest,
    cloned,
)
from aigc_cli.storyboard import Storyboard

_LOGO_PX = 1600  # longer side: no frame shows it larger


class Renderer(Provider):
    """Composes frames in YUV planes, encodes them in process with x264, and mixes the sound to -14 LUFS."""

    name: ClassVar[str] = "renderer"
    version: ClassVar[int] = 4
    needs: ClassVar[tuple[Need, ...]] = (Need("tool", "libEGL and libGL", "on Debian or Ubuntu: `apt-get install libegl1 libgl1`"),)
    is_embedded: ClassVar[bool] = True

    def assemble(self, request: ClipRequest, ctx: Context) -> Clip:
        """One MP4 per format, captions, a poster and a contact sheet. Raises RenderError, StorageError, WorkflowError."""
        plan = self._plan(request, ctx)
        mix = plan.sound.mixed(ctx) if plan.sound else None
        files, albums, timelines = [], [], []
        for number, (form, timeline) in enumerate(plan.timelines.items()):
            whole = _with_sound(timeline, plan, mix)
            count = len(plan.timelines)
            made = deliver(whole, request, formats.file_part(form), ctx, done=number / count, share=1 / count)
            albums.append(made.album)
            files.append(made.file)
            timelines.append(_save_timeline(made.timeline, form, ctx))
        return Clip(
            files=tuple(files),
            captions=(
                ctx.save(subtitles.srt(plan.words).encode(), "application/x-subrip", ".srt"),
                ctx.save(subtitles.vtt(plan.words).encode(), "text/vtt", ".vtt"),
                ctx.save(subtitles.words_json(plan.words, request.script.language).encode(), "application/json", ".words.json"),
            ),
            poster=ctx.save(albums[0].poster(), "image/jpeg", "poster.jpg"),
            contact_sheet=ctx.save(sheet.contact_sheet(albums), "image/jpeg", "contact-sheet.jpg"),
            timelines=tuple(timelines),
            credits=((request.music.credit,) if request.music and request.music.credit else ()) + cloned(request.voice),
            duration_s=plan.frames / request.fps,
            frames=plan.frames,
            fps=request.fps,
            loudness_lufs=mix["loudness_lufs"] if mix else None,
            true_peak_dbtp=mix["true_peak_dbtp"] if mix else None,
        )

    def preview(self, request: PreviewRequest, ctx: Context) -> Preview:
        """Single frames, a contact sheet or a draft of every format; only what is asked for is drawn. Raises as `assemble`."""
        plan = self._plan(request, ctx)
        mix = plan.sound.mixed(ctx) if request.draft and plan.sound else None
        pictures, sheets, files, timelines = [], [], [], []
        for number, (form, timeline) in enumerate(plan.timelines.items()):
            part = formats.file_part(form)
            composer = Composer(timeline, ctx.open)
            asked = frames_asked(timeline, request)
            picture_of = _pictures(timeline, composer, ctx)
            pictures += [ctx.save(picture_of(n), "image/png", f"{part}-frame-{n}.png") for n in asked]
            if request.sheet:
                album = sheet.Album(composer)
                for index in range(len(timeline.shots)):
                    album.add(sheet.glimpse(composer, index))
                    ctx.progress((number + (index + 1) / len(timeline.shots)) / len(plan.timelines), part)
                sheets.append(ctx.save(album.contact_sheet(), "image/jpeg", f"{part}-contact-sheet.jpg"))
            if request.draft:
                whole = _with_sound(timeline, plan, mix)
                count = len(plan.timelines)
                files.append(deliver(whole, request, f"{part}-draft", ctx, done=number / count, share=1 / count).file)
            timelines.append(_save_timeline(timeline, form, ctx))
        return Preview(
            pictures=tuple(pictures),
            sheets=tuple(sheets),
            files=tuple(files),
            timelines=tuple(timelines),
            duration_s=plan.frames / request.fps,
            frames=plan.frames,
            fps=request.fps,
        )

    def render(self, request: RenderRequest, ctx: Context) -> Clip:
        """One MP4 of a timeline as it stands. Raises RenderError, StorageError, and WorkflowError when it is no timeline."""
        timeline = read_timeline(ctx.open(request.timeline))
        made = deliver(timeline, request, request.name or "clip", ctx)
        return Clip(
            files=(made.file,),
            captions=(),
            poster=ctx.save(made.album.poster(), "image/jpeg", "poster.jpg"),
            contact_sheet=ctx.save(made.album.contact_sheet(), "image/jpeg", "contact-sheet.jpg"),
            timelines=(ctx.save(timeline_bytes(made.timeline), "application/json", ".timeline.json"),),
            duration_s=float(timeline.duration),
            frames=timeline.frames,
            fps=timeline.fps,
        )

    def footage(self, request: FootageRequest, ctx: Context) -> FootageTake:
        """A part of a video, upright and at one frame rate. Raises WorkflowError when the file is no video that can be used."""
        return make_take(request, ctx)

    def concat(self, request: ConcatRequest, ctx: Context) -> Joined:
        """Joins ready clips, by copying where they fit. Raises WorkflowError for what is no clip."""
        return concat.join_clips(request, ctx)

    def _plan(self, request: ClipRequest, ctx: Context) -> _Plan:
        """Places and lays out everything; draws nothing."""
        none = (None,) * len(request.script.scenes)
        given = Cast(request.script, request.voice or none, request.pictures or none, request.footage or none, request.sounds)
        own = (*given.pictures, *(stand_in(take) for take in given.films if take))
        look = self._look(request, own, ctx)
        cast = with_films(bound(given, look.brand), look.brand, request.fps, ctx)
        board, takes, films = cast.board, cast.takes, cast.films
        slots = schedule(board, takes, request.fps, request.length_s, request.transitions)
        frames = slots[-1].start + slots[-1].frames
        if request.cuts == "beats":
            slots = self._on_beats(request, board, slots, ctx)
        self._say_length(request, frames / request.fps, ctx)
        self._say_emoji(board, ctx)
        if request.platform != "none":
            sizes = {form: formats.scaled_size(form, 1.0) for form in request.formats}
            platforms.check_before(request.platform, sizes, frames / request.fps, request.fps, request.codec)
        timelines = {
            form: film.film(
                board,
                slots,
                look,
                size=formats.scaled_size(form, request.scale),
                fps=request.fps,
                pictures=cast.pictures,
                takes=takes,
                footage=films,
            )
            for form in request.formats
        }
        placed = tuple((slot.scene, slot.start + slot.speech_start, take) for slot, take in zip(slots, takes, strict=True) if take)
        effects = effects_of(next(iter(timelines.values()))) if request.sound_effects else ()
        rung, logos = sounds_of(cast, slots, look.brand, ctx)
        heard = tuple((slot.start, slot.frames, take) for slot, take in zip(slots, films, strict=True) if take and take.sound)
        struck = sounds_at(board, slots, cast.sounds, request.fps)
        has_sound = bool(placed or request.music or heard or rung or logos or struck)
        sound = Soundtrack(frames, request.fps, placed, request.music, (*effects, *rung), heard, logos, struck) if has_sound else None
        return _Plan(timelines, frames, sound, film.spoken_words(board, slots, takes, request.fps))

    def _on_beats(self, request: ClipRequest, board: Storyboard, slots: tuple[Slot, ...], ctx: Context) -> tuple[Slot, ...]:
        """The scenes with their cuts on beats, or as they were, with a word why."""
        music, frames = request.music, slots[-1].start + slots[-1].frames
        if music is None or not music.beats_s:
            ctx.note("`cuts: beats` changes nothing: no beats are known" if music else "`cuts: beats` changes nothing: there is no music")
            return slots
        if abs(music.duration_s - frames / request.fps) > 1 / request.fps:
            ctx.note(
                f"`cuts: beats` changes nothing: the music lasts {music.duration_s:.2f} s and the clip {frames / request.fps:.2f} s; "
                "give it the length that `video.schedule` finds",
                is_downgrade=True,
            )
            return slots
        return on_beats(board, slots, music.beats_s, request.fps)

    def _say_length(self, request: ClipRequest, length_s: float, ctx: Context) -> None:
        wanted = request.length_s
        if wanted is not None and abs(length_s - wanted) > 0.15 * wanted:
            why = "the words need it" if length_s > wanted else "there is no more to say"
            ctx.note(f"the clip lasts {length_s:.1f} s instead of {wanted:g} s: {why}", is_downgrade=True)

    def _say_emoji(self, board: Storyboard, ctx: Context) -> None:
        lost = typography.lost_emoji([(scene.say, scene.show) for scene in board.scenes])
        if lost:
            ctx.note(f"no drawing has {' '.join(lost)}: left out of what is shown", is_downgrade=True)

    def _look(self, request: ClipRequest, pictures: Sequence[Picture | None], ctx: Context) -> film.Look:
        brand = brands.load(request.brand, ctx.templates, photo=_photo_palette(pictures))
        for note in brand.notes:
            ctx.note(note)
        named = brand.captions if request.captions == "auto" else request.captions
        style = None if named == "none" else captions.load_style(ctx.templates, named)
        logo = request.logo
        if logo is None and brand.logo is not None:
            logo = ctx.save(brand.logo, _media_type(brand.logo), brand.logo.name)
        if logo is not None:
            logo, colour = _opened(logo, ctx)
            brand = replace(brand, logo_colour=colour)
        return film.Look(
            brand=brand,
            templates=ctx.templates,
            captions=style,
            logo=logo,
            has_progress_bar=request.progress_bar,
            credit=request.music.credit if request.music and request.show_credits else "",
            is_transparent=request.background == "transparent",
        )


@dataclass(frozen=True)
class _Plan:
    """A clip laid out in every format, before anything is drawn."""

    timelines: Mapping[str, Timeline]
    frames: int
    sound: Soundtrack | None
    words: tuple[SpokenWord, ...]


def _pictures(timeline: Timeline, composer: Composer, ctx: Context) -> Callable[[int], bytes]:
    """Draws a frame of a timeline as PNG, see-through where the clip will be."""
    if not timeline.is_transparent:
        return lambda n: sheet.png(composer.frame(n))
    cutout = Cutout(timeline, ctx.open)
    return lambda n: png_of(cutout.frame(n))


def _with_sound(timeline: Timeline, plan: _Plan, mix: Mapping[str, Any] | None) -> Timeline:
    """The timeline with what is heard and what the captions say."""
    fps = timeline.fps
    cues = [
        Cue(text=text, start=round(start * fps), frames=max(1, round(end * fps) - round(start * fps)))
        for start, end, text in subtitles.cues(plan.words)
    ]
    heard = {"mix": mix["audio"] if mix else None, "sounds": plan.sound.parts() if plan.sound else ()}
    return timeline.model_copy(update={**heard, "cues": tuple(cues)})


def _save_timeline(timeline: Timeline, form: str, ctx: Context) -> Artifact:
    return ctx.save(timeline_bytes(timeline), "application/json", f"{formats.file_part(form)}.timeline.json")


def _photo_palette(pictures: Sequence[Picture | None]) -> Palette | None:
    """The colours of the first of the user's photos."""
    return next((picture.palette for picture in pictures if picture and picture.is_photo and picture.palette), None)


def _opened(logo: Artifact, ctx: Context) -> tuple[Artifact, str]:
    """The logo as a PNG that the scenes can use, and its colour, empty when nothing of it is see-through.

    Raises WorkflowError, naming its file, when it is no picture.
    """
    buffer = io.BytesIO()
    name = logo.name or "logo"
    image = photos.open_photo(
        ctx.open(logo), name=name, longest_px=_LOGO_PX, cure="use a logo of at least 300 pixels, best with transparency"
    )
    image.save(buffer, "PNG")
    return ctx.save(buffer.getvalue(), "image/png", "logo.png"), photos.visible_colour(image)


def _media_type(path: Path) -> str:
    types = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
    if path.suffix.lower() not in types:
        raise WorkflowError(f"the brand's logo {path.name} is no picture that can be used", "use a PNG, JPEG or WebP file")
    return types[path.suffix.lower()]
