"""`renderer`: films a storyboard on this machine. Every scene is a cached segment, joined without encoding again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from aigc_cli.artifacts import Artifact, to_json
from aigc_cli.contracts import Context, Need, Provider
from aigc_cli.errors import WorkflowError
from aigc_cli.media import aac, captions, film, formats, loudness, mixing, segments, sheet, sound, subtitles
from aigc_cli.media import brand as brands
from aigc_cli.media.compose import Composer
from aigc_cli.media.encode import EncoderOptions
from aigc_cli.media.schedule import Slot, schedule
from aigc_cli.media.timeline import Timeline
from aigc_cli.shapes import Clip, ClipRequest, Palette, Picture, Speech, Track

if TYPE_CHECKING:
    from aigc_cli.media.sound import Samples

_MIX_VERSION = 1


class Renderer(Provider):
    """Composes frames in YUV planes, encodes them in process with x264, and mixes the sound to -14 LUFS."""

    name: ClassVar[str] = "renderer"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("tool", "libEGL and libGL", "on Debian or Ubuntu: `apt-get install libegl1 libgl1`"),)
    is_embedded: ClassVar[bool] = True

    def assemble(self, request: ClipRequest, ctx: Context) -> Clip:
        """One MP4 per format, captions, a poster and a contact sheet. Raises RenderError, StorageError, WorkflowError."""
        board = request.script
        count = len(board.scenes)
        takes = request.voice or (None,) * count
        pictures = request.pictures or (None,) * count
        slots = schedule(board, takes, request.fps, request.length_s)
        frames = slots[-1].start + slots[-1].frames
        self._say_length(request, frames / request.fps, ctx)
        look = self._look(request, pictures, ctx)
        timelines = [
            film.film(board, slots, look, size=size, fps=request.fps, pictures=pictures, takes=takes)
            for size in (formats.scaled_size(form, request.scale) for form in request.formats)
        ]
        mixed = self._mix(slots, takes, request.music, request.fps, ctx)
        options = EncoderOptions(preset=request.preset, crf=request.crf)
        files = []
        for number, (form, timeline) in enumerate(zip(request.formats, timelines, strict=True)):
            parts = _render(timeline, options, ctx, number / len(timelines), 1 / len(timelines))
            target = ctx.scratch / f"{formats.file_part(form)}.mp4"
            segments.join(parts, mixed, target, fps=request.fps, title=board.title, language=board.language)
            files.append(ctx.save(target, "video/mp4", target.name))
        lufs, peak = _measured(ctx.open(files[0])) if mixed is not None else (None, None)
        composer = Composer(timelines[0], ctx.open)
        words = film.spoken_words(board, slots, takes, request.fps)
        return Clip(
            files=tuple(files),
            captions=(
                ctx.save(subtitles.srt(words).encode(), "application/x-subrip", ".srt"),
                ctx.save(subtitles.vtt(words).encode(), "text/vtt", ".vtt"),
                ctx.save(subtitles.words_json(words, board.language).encode(), "application/json", ".words.json"),
            ),
            poster=ctx.save(sheet.poster(composer), "image/jpeg", "poster.jpg"),
            contact_sheet=ctx.save(sheet.contact_sheet(composer), "image/jpeg", "contact-sheet.jpg"),
            duration_s=frames / request.fps,
            frames=frames,
            fps=request.fps,
            loudness_lufs=lufs,
            true_peak_dbtp=peak,
        )

    def _say_length(self, request: ClipRequest, length_s: float, ctx: Context) -> None:
        wanted = request.length_s
        if wanted is not None and abs(length_s - wanted) > 0.15 * wanted:
            why = "the words need it" if length_s > wanted else "there is no more to say"
            ctx.note(f"the clip lasts {length_s:.1f} s instead of {wanted:g} s: {why}", is_downgrade=True)

    def _look(self, request: ClipRequest, pictures: Sequence[Picture | None], ctx: Context) -> film.Look:
        brand = brands.load(request.brand, ctx.templates, photo=_photo_palette(pictures))
        for note in brand.notes:
            ctx.note(note)
        style = None if request.captions == "none" else captions.load_style(ctx.templates, request.captions)
        logo = request.logo
        if logo is None and brand.logo is not None:
            logo = ctx.save(brand.logo, _media_type(brand.logo))
        return film.Look(brand=brand, templates=ctx.templates, captions=style, logo=logo, has_progress_bar=request.progress_bar)

    def _mix(self, slots: Sequence[Slot], takes: Sequence[Speech | None], music: Track | None, fps: int, ctx: Context) -> Samples | None:
        """The clip's sound, or None when there is neither speech nor music. Cached apart: new pictures keep the mix."""
        placed = [(slot.start + slot.speech_start, take.audio) for slot, take in zip(slots, takes, strict=True) if take]
        if not placed and music is None:
            return None
        frames = slots[-1].start + slots[-1].frames
        material = to_json(
            {
                "frames": frames,
                "fps": fps,
                "takes": [[frame, audio.key()] for frame, audio in placed],
                "music": music and [music.audio.key(), list(music.beats_s)],
            }
        )

        def make() -> Artifact:
            ctx.progress(0, "mixing")
            samples = mixing.mix(
                frames,
                fps,
                [(frame, sound.read_wav(ctx.open(audio))) for frame, audio in placed],
                sound.read_wav(ctx.open(music.audio)) if music else None,
                beats_s=music.beats_s if music else (),
            )
            path = ctx.scratch / "mix.wav"
            sound.write_wav(path, samples)
            return ctx.save(path, "audio/wav", "mix.wav")

        return sound.read_wav(ctx.open(cast(Artifact, ctx.memo("audio.mix", _MIX_VERSION, material, make))))


def _render(timeline: Timeline, options: EncoderOptions, ctx: Context, done: float, share: float) -> list[Path]:
    """The segments of a timeline, from the cache where they are there."""
    composer = Composer(timeline, ctx.open)
    parts = []
    for index, shot in enumerate(timeline.shots):
        begin, end = shot.start / timeline.frames, (shot.start + shot.frames) / timeline.frames

        def make(index: int = index, begin: float = begin, end: float = end) -> Artifact:
            target = ctx.scratch / f"segment-{timeline.width}x{timeline.height}-{index}.mp4"
            segments.render_segment(
                composer,
                index,
                target,
                options,
                lambda part: ctx.progress(done + share * (begin + (end - begin) * part), f"{timeline.width}x{timeline.height}"),
            )
            artifact = ctx.save(target, "video/mp4")
            target.unlink()
            return artifact

        material = segments.segment_material(timeline, index, options)
        parts.append(ctx.open(cast(Artifact, ctx.memo("video.segment", segments.VERSION, material, make))))
    return parts


def _measured(path: Path) -> tuple[float | None, float | None]:
    """Integrated loudness and true peak of a finished file's own sound; None for both when it is silent."""
    samples = aac.decode(path)
    lufs = loudness.integrated_lufs(samples)
    if lufs <= loudness.SILENCE_LUFS:
        return None, None
    return round(lufs, 2), round(loudness.true_peak_dbtp(samples), 2)


def _photo_palette(pictures: Sequence[Picture | None]) -> Palette | None:
    """The colours of the first of the user's photos."""
    return next((picture.palette for picture in pictures if picture and picture.is_photo and picture.palette), None)


def _media_type(path: Path) -> str:
    types = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
    if path.suffix.lower() not in types:
        raise WorkflowError(f"the brand's logo {path.name} is no picture that can be used", "use a PNG, JPEG, WebP or SVG file")
    return types[path.suffix.lower()]
