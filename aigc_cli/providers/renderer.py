"""`renderer`: films a storyboard on this machine. Every scene is a cached segment, joined without encoding again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, cast

from aigc_cli.artifacts import Artifact, to_json
from aigc_cli.contracts import Context, Need, Provider
from aigc_cli.errors import WorkflowError
from aigc_cli.media import brand as brands
from aigc_cli.media import captions, film, footage, formats, loudness, mixing, photos, reels, segments, sheet, sound, subtitles
from aigc_cli.media.compose import Composer
from aigc_cli.media.effects import Effect
from aigc_cli.media.encode import EncoderOptions
from aigc_cli.media.focus import focus_of
from aigc_cli.media.foley import effects_of
from aigc_cli.media.moments import frames_asked
from aigc_cli.media.moving import stand_in
from aigc_cli.media.palettes import palette_of
from aigc_cli.media.planes import to_rgb
from aigc_cli.media.schedule import schedule
from aigc_cli.media.subtitles import SpokenWord
from aigc_cli.media.timeline import Cue, Timeline
from aigc_cli.media.timeline import Sound as PlacedSound
from aigc_cli.media.timeline_file import read_timeline, timeline_bytes
from aigc_cli.shapes import (
    Clip,
    ClipRequest,
    FootageRequest,
    FootageTake,
    Palette,
    Picture,
    Preview,
    PreviewRequest,
    RenderRequest,
    Speech,
    Track,
)

_MIX_VERSION = 3
_LOGO_PX = 1600  # longer side: no frame shows it larger


class Renderer(Provider):
    """Composes frames in YUV planes, encodes them in process with x264, and mixes the sound to -14 LUFS."""

    name: ClassVar[str] = "renderer"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("tool", "libEGL and libGL", "on Debian or Ubuntu: `apt-get install libegl1 libgl1`"),)
    is_embedded: ClassVar[bool] = True

    def assemble(self, request: ClipRequest, ctx: Context) -> Clip:
        """One MP4 per format, captions, a poster and a contact sheet. Raises RenderError, StorageError, WorkflowError."""
        plan = self._plan(request, ctx)
        mix = plan.sound.mixed(ctx) if plan.sound else None
        files, albums, timelines = [], [], []
        for number, (form, timeline) in enumerate(plan.timelines.items()):
            whole = _with_sound(timeline, plan, mix)
            album, file, rendered = self._render(request, whole, formats.file_part(form), (number, len(plan.timelines)), ctx)
            albums.append(album)
            files.append(file)
            timelines.append(_save_timeline(rendered, form, ctx))
        return Clip(
            files=tuple(files),
            captions=(
                ctx.save(subtitles.srt(plan.words).encode(), "application/x-subrip", ".srt"),
                ctx.save(subtitles.vtt(plan.words).encode(), "text/vtt", ".vtt"),
                ctx.save(subtitles.words_json(plan.words, request.script.language).encode(), "application/json", ".words.json"),
            ),
            poster=ctx.save(albums[0].poster(), "image/jpeg", "poster.jpg"),
            contact_sheet=ctx.save(albums[0].contact_sheet(), "image/jpeg", "contact-sheet.jpg"),
            timelines=tuple(timelines),
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
            pictures += [ctx.save(sheet.png(composer.frame(n)), "image/png", f"{part}-frame-{n}.png") for n in asked]
            if request.sheet:
                album = sheet.Album(composer)
                for index in range(len(timeline.shots)):
                    album.add(sheet.glimpse(composer, index))
                    ctx.progress((number + (index + 1) / len(timeline.shots)) / len(plan.timelines), part)
                sheets.append(ctx.save(album.contact_sheet(), "image/jpeg", f"{part}-contact-sheet.jpg"))
            if request.draft:
                whole = _with_sound(timeline, plan, mix)
                _, file, _ = self._render(request, whole, f"{part}-draft", (number, len(plan.timelines)), ctx)
                files.append(file)
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
        album, file, rendered = self._render(request, timeline, request.name or "clip", (0, 1), ctx)
        return Clip(
            files=(file,),
            captions=(),
            poster=ctx.save(album.poster(), "image/jpeg", "poster.jpg"),
            contact_sheet=ctx.save(album.contact_sheet(), "image/jpeg", "contact-sheet.jpg"),
            timelines=(ctx.save(timeline_bytes(rendered), "application/json", ".timeline.json"),),
            duration_s=float(timeline.duration),
            frames=timeline.frames,
            fps=timeline.fps,
        )

    def footage(self, request: FootageRequest, ctx: Context) -> FootageTake:
        """A part of a video, upright and at one frame rate. Raises WorkflowError when the file is no video that can be used."""
        from PIL import Image

        source = ctx.open(request.file)
        name = request.file.name or "the video"
        trim = footage.Trim(request.start_s, request.end_s, request.speed, request.fps)
        target = ctx.scratch / "footage.mp4"
        made = footage.make_film(source, target, trim, name=name, progress=lambda part: ctx.progress(part, name))
        for note in made.notes:
            ctx.note(note)
        heard = None
        if made.has_sound and request.sound != "drop":
            wav = ctx.scratch / "footage.wav"
            sound.write_wav(wav, footage.sound_of(source, trim, made.frames, name=name))
            heard = ctx.save(wav, "audio/wav", "footage.wav")
        rgb = to_rgb(reels.Reel(target).frame(int(made.frames * 0.4)))
        still = Image.fromarray(rgb)
        return FootageTake(
            video=ctx.save(target, "video/mp4", "footage.mp4"),
            poster=ctx.save(sheet.jpeg(rgb, quality=92), "image/jpeg", "footage.jpg"),
            sound=heard,
            width=made.width,
            height=made.height,
            fps=request.fps,
            frames=made.frames,
            is_ducked=request.sound == "duck",
            fit=request.fit,
            focus=focus_of(still),
            palette=palette_of(still),
        )

    def _render(
        self, request: ClipRequest | RenderRequest, timeline: Timeline, name: str, place: tuple[int, int], ctx: Context
    ) -> tuple[sheet.Album, Artifact, Timeline]:
        """The album, the finished file, and the timeline with its segments."""
        options = EncoderOptions(preset=request.preset, crf=request.crf)
        composer = Composer(timeline, ctx.open)
        album = sheet.Album(composer)
        parts = _Reel(composer, album, options, ctx, place[0] / place[1], 1 / place[1]).segments()
        target = ctx.scratch / f"{name}.mp4"
        audio = ctx.open(timeline.mix) if timeline.mix else None
        segments.join([ctx.open(part) for part in parts], audio, target, fps=timeline.fps, title=timeline.title, language=timeline.language)
        file = ctx.save(target, "video/mp4", target.name)
        target.unlink()
        shots = [
            shot.model_copy(update={"segment": part, "rendered_as": segments.look_of(timeline, index)})
            for index, (shot, part) in enumerate(zip(timeline.shots, parts, strict=True))
        ]
        return album, file, timeline.model_copy(update={"shots": tuple(shots)})

    def _plan(self, request: ClipRequest, ctx: Context) -> _Plan:
        """Places and lays out everything; draws nothing."""
        board = request.script
        takes = request.voice or (None,) * len(board.scenes)
        pictures = request.pictures or (None,) * len(board.scenes)
        films = request.footage or (None,) * len(board.scenes)
        slots = schedule(board, takes, request.fps, request.length_s, request.transitions)
        frames = slots[-1].start + slots[-1].frames
        self._say_length(request, frames / request.fps, ctx)
        look = self._look(request, (*pictures, *(stand_in(take) for take in films if take)), ctx)
        timelines = {
            form: film.film(
                board,
                slots,
                look,
                size=formats.scaled_size(form, request.scale),
                fps=request.fps,
                pictures=pictures,
                takes=takes,
                footage=films,
            )
            for form in request.formats
        }
        placed = tuple((slot.scene, slot.start + slot.speech_start, take) for slot, take in zip(slots, takes, strict=True) if take)
        effects = effects_of(next(iter(timelines.values()))) if request.sound_effects else ()
        heard = tuple((slot.start, slot.frames, take) for slot, take in zip(slots, films, strict=True) if take and take.sound)
        sound = _Sound(frames, request.fps, placed, request.music, effects, heard) if placed or request.music or heard else None
        return _Plan(timelines, frames, sound, film.spoken_words(board, slots, takes, request.fps))

    def _say_length(self, request: ClipRequest, length_s: float, ctx: Context) -> None:
        wanted = request.length_s
        if wanted is not None and abs(length_s - wanted) > 0.15 * wanted:
            why = "the words need it" if length_s > wanted else "there is no more to say"
            ctx.note(f"the clip lasts {length_s:.1f} s instead of {wanted:g} s: {why}", is_downgrade=True)

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
            logo = _opened(logo, ctx)
        return film.Look(brand=brand, templates=ctx.templates, captions=style, logo=logo, has_progress_bar=request.progress_bar)


@dataclass(frozen=True)
class _Sound:
    """What a clip's sound is made of."""

    frames: int
    fps: int
    takes: tuple[tuple[str, int, Speech], ...]
    """(scene, first frame, take)."""
    music: Track | None
    effects: tuple[Effect, ...]
    footage: tuple[tuple[int, int, FootageTake], ...] = ()
    """(first frame, frames, film): what is heard of the user's own videos."""

    def mixed(self, ctx: Context) -> Mapping[str, Any]:
        """The clip's sound as AAC and its measures. Cached apart: new pictures keep the mix."""
        music = self.music
        material = to_json(
            {
                "frames": self.frames,
                "fps": self.fps,
                "takes": [[frame, take.audio.key()] for _, frame, take in self.takes],
                "music": music and [music.audio.key(), list(music.beats_s)],
                "footage": [[start, length, take.is_ducked, take.sound and take.sound.key()] for start, length, take in self.footage],
                "effects": [[each.frame, each.kind, each.gain_db] for each in self.effects],
            }
        )

        def make() -> dict[str, Any]:
            ctx.progress(0, "mixing")
            master = mixing.finish(
                self.frames,
                self.fps,
                [(frame, sound.read_wav(ctx.open(take.audio))) for _, frame, take in self.takes],
                sound.read_wav(ctx.open(music.audio)) if music else None,
                self.effects,
                beats_s=music.beats_s if music else (),
                ambience=[
                    (start, sound.read_wav(ctx.open(take.sound))[: mixing.sample_at(length, self.fps)], take.is_ducked)
                    for start, length, take in self.footage
                    if take.sound
                ],
            )
            is_silent = master.loudness_lufs <= loudness.SILENCE_LUFS
            return {
                "audio": ctx.save(master.encoded, "audio/mp4", "mix.m4a"),
                # the finished files carry these very packets
                "loudness_lufs": None if is_silent else round(master.loudness_lufs, 2),
                "true_peak_dbtp": None if is_silent else round(master.true_peak_dbtp, 2),
            }

        return cast(Mapping[str, Any], ctx.memo("audio.mix", _MIX_VERSION, material, make))

    def parts(self) -> tuple[PlacedSound, ...]:
        """The takes and the music, each where it is heard."""
        found = [
            PlacedSound(name=scene, role="narration", audio=take.audio, start=start, frames=max(1, round(take.duration_s * self.fps)))
            for scene, start, take in self.takes
        ]
        if self.music is not None:
            length = min(self.frames, max(1, round(self.music.duration_s * self.fps)))
            found.append(PlacedSound(name="music", role="music", audio=self.music.audio, start=0, frames=length))
        return tuple(found)


@dataclass(frozen=True)
class _Plan:
    """A clip laid out in every format, before anything is drawn."""

    timelines: Mapping[str, Timeline]
    frames: int
    sound: _Sound | None
    words: tuple[SpokenWord, ...]


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


@dataclass
class _Reel:
    """The rendering of one format; `done` and `share` say which part of all the work it is."""

    composer: Composer
    album: sheet.Album
    options: EncoderOptions
    ctx: Context
    done: float
    share: float
    is_fresh: bool = True
    """The last segment was not in the cache, so the next will hardly be."""

    def segments(self) -> list[Artifact]:
        """The segments, from the cache where they are there; what is seen in them goes to the album."""
        return [self._segment(index) for index in range(len(self.composer.timeline.shots))]

    def _segment(self, index: int) -> Artifact:
        timeline, ctx = self.composer.timeline, self.ctx
        onlooker = sheet.Onlooker(timeline, index)

        def make() -> dict[str, Any]:
            target = ctx.scratch / f"segment-{timeline.width}x{timeline.height}-{index}.mp4"
            segments.render_segment(
                self.composer,
                index,
                target,
                self.options,
                lambda part: self._tell(index, part),
                see=onlooker.see,
                is_followed=self.is_fresh,
            )
            video = ctx.save(target, "video/mp4")
            target.unlink()
            seen = onlooker.glimpse()
            return {"video": video, "glimpse": ctx.save(seen.strip, "image/jpeg"), "liveliness": seen.liveliness}

        material = segments.segment_material(timeline, index, self.options)
        made = cast(Mapping[str, Any], ctx.memo("video.segment", segments.VERSION, material, make))
        self.is_fresh = onlooker.best is not None
        self.album.add(sheet.Glimpse(ctx.open(made["glimpse"]).read_bytes(), made["liveliness"]), onlooker.best)
        ctx.open(made["video"])  # it is there, or it says so
        return cast(Artifact, made["video"])

    def _tell(self, index: int, part: float) -> None:
        timeline = self.composer.timeline
        shot = timeline.shots[index]
        self.ctx.progress(
            self.done + self.share * (shot.start + shot.frames * part) / timeline.frames, f"{timeline.width}x{timeline.height}"
        )


def _photo_palette(pictures: Sequence[Picture | None]) -> Palette | None:
    """The colours of the first of the user's photos."""
    return next((picture.palette for picture in pictures if picture and picture.is_photo and picture.palette), None)


def _opened(logo: Artifact, ctx: Context) -> Artifact:
    """The logo as a PNG that the scenes can use. Raises WorkflowError, naming its file, when it is no picture."""
    buffer = io.BytesIO()
    photos.open_photo(ctx.open(logo), name=logo.name or "logo", longest_px=_LOGO_PX).save(buffer, "PNG")
    return ctx.save(buffer.getvalue(), "image/png", "logo.png")


def _media_type(path: Path) -> str:
    types = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
    if path.suffix.lower() not in types:
        raise WorkflowError(f"the brand's logo {path.name} is no picture that can be used", "use a PNG, JPEG or WebP file")
    return types[path.suffix.lower()]
