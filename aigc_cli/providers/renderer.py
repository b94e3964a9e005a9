"""`renderer`: films a storyboard on this machine. Every scene is a cached segment, joined without encoding again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, cast

from aigc_cli.artifacts import to_json
from aigc_cli.contracts import Context, Need, Provider
from aigc_cli.errors import WorkflowError
from aigc_cli.media import brand as brands
from aigc_cli.media import captions, film, formats, loudness, mixing, segments, sheet, sound, subtitles
from aigc_cli.media.compose import Composer
from aigc_cli.media.encode import EncoderOptions
from aigc_cli.media.schedule import Slot, schedule
from aigc_cli.shapes import Clip, ClipRequest, Palette, Picture, Speech, Track

_MIX_VERSION = 2


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
        mix = self._mix(slots, takes, request.music, request.fps, ctx)
        audio = ctx.open(mix["audio"]) if mix else None
        options = EncoderOptions(preset=request.preset, crf=request.crf)
        files, albums = [], []
        for number, (form, timeline) in enumerate(zip(request.formats, timelines, strict=True)):
            composer = Composer(timeline, ctx.open)
            albums.append(sheet.Album(composer))
            parts = _Reel(composer, albums[-1], options, ctx, number / len(timelines), 1 / len(timelines)).segments()
            target = ctx.scratch / f"{formats.file_part(form)}.mp4"
            segments.join(parts, audio, target, fps=request.fps, title=board.title, language=board.language)
            files.append(ctx.save(target, "video/mp4", target.name))
        words = film.spoken_words(board, slots, takes, request.fps)
        return Clip(
            files=tuple(files),
            captions=(
                ctx.save(subtitles.srt(words).encode(), "application/x-subrip", ".srt"),
                ctx.save(subtitles.vtt(words).encode(), "text/vtt", ".vtt"),
                ctx.save(subtitles.words_json(words, board.language).encode(), "application/json", ".words.json"),
            ),
            poster=ctx.save(albums[0].poster(), "image/jpeg", "poster.jpg"),
            contact_sheet=ctx.save(albums[0].contact_sheet(), "image/jpeg", "contact-sheet.jpg"),
            duration_s=frames / request.fps,
            frames=frames,
            fps=request.fps,
            loudness_lufs=mix["loudness_lufs"] if mix else None,
            true_peak_dbtp=mix["true_peak_dbtp"] if mix else None,
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

    def _mix(
        self, slots: Sequence[Slot], takes: Sequence[Speech | None], music: Track | None, fps: int, ctx: Context
    ) -> Mapping[str, Any] | None:
        """The clip's sound as AAC and its measures, or None without speech and music. Cached apart: new pictures keep the mix."""
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

        def make() -> dict[str, Any]:
            ctx.progress(0, "mixing")
            master = mixing.finish(
                frames,
                fps,
                [(frame, sound.read_wav(ctx.open(audio))) for frame, audio in placed],
                sound.read_wav(ctx.open(music.audio)) if music else None,
                beats_s=music.beats_s if music else (),
            )
            is_silent = master.loudness_lufs <= loudness.SILENCE_LUFS
            return {
                "audio": ctx.save(master.encoded, "audio/mp4", "mix.m4a"),
                # the finished files carry these very packets
                "loudness_lufs": None if is_silent else round(master.loudness_lufs, 2),
                "true_peak_dbtp": None if is_silent else round(master.true_peak_dbtp, 2),
            }

        return cast(Mapping[str, Any], ctx.memo("audio.mix", _MIX_VERSION, material, make))


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

    def segments(self) -> list[Path]:
        """The segments, from the cache where they are there; what is seen in them goes to the album."""
        return [self._segment(index) for index in range(len(self.composer.timeline.shots))]

    def _segment(self, index: int) -> Path:
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
        return ctx.open(made["video"])

    def _tell(self, index: int, part: float) -> None:
        timeline = self.composer.timeline
        shot = timeline.shots[index]
        self.ctx.progress(
            self.done + self.share * (shot.start + shot.frames * part) / timeline.frames, f"{timeline.width}x{timeline.height}"
        )


def _photo_palette(pictures: Sequence[Picture | None]) -> Palette | None:
    """The colours of the first of the user's photos."""
    return next((picture.palette for picture in pictures if picture and picture.is_photo and picture.palette), None)


def _media_type(path: Path) -> str:
    types = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
    if path.suffix.lower() not in types:
        raise WorkflowError(f"the brand's logo {path.name} is no picture that can be used", "use a PNG, JPEG, WebP or SVG file")
    return types[path.suffix.lower()]
