"""A timeline becomes a file: a film by cached segments, anything else whole; checked for the platform it goes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aigc_cli.artifacts import Artifact
from aigc_cli.contracts import Context
from aigc_cli.errors import WorkflowError
from aigc_cli.media.files import coding, hardware, masters, platforms, segments
from aigc_cli.media.files.encode import EncoderOptions
from aigc_cli.media.frames import sheet
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.timeline import Timeline
from aigc_cli.shapes import ClipRequest, RenderRequest


@dataclass(frozen=True)
class Delivered:
    """A finished file, what it looks like at a glance, and its timeline, with the rendered shots where there are any."""

    file: Artifact
    album: sheet.Album
    timeline: Timeline


def deliver(
    timeline: Timeline, request: ClipRequest | RenderRequest, name: str, ctx: Context, *, done: float = 0.0, share: float = 1.0
) -> Delivered:
    """Renders a timeline to a file called `name`; `done` and `share` say which part of all the work it is.

    Raises RenderError, StorageError, MissingTool, and WorkflowError for a see-through timeline in a codec without alpha.
    """
    if timeline.is_transparent and request.codec not in masters.TRANSPARENT:
        raise WorkflowError(f"the timeline is see-through, and {request.codec} cannot be", f"use `codec: {masters.TRANSPARENT[0]}`")
    composer = Composer(timeline, ctx.open)
    album = sheet.Album(composer)
    platform = request.platform if isinstance(request, ClipRequest) else "none"
    if request.codec in coding.CODINGS and not timeline.is_transparent:  # segments have no alpha
        made = _by_segments(composer, album, request, name, ctx, platform=platform, done=done, share=share)
    else:
        made = _whole(composer, album, request, name, ctx, done=done, share=share)
    if platform != "none":
        complaint = platforms.complaint_after(platform, ctx.open(made.file))
        if complaint:
            ctx.note(f"{made.file.name}: {complaint}", is_downgrade=True)
    return made


def _by_segments(
    composer: Composer,
    album: sheet.Album,
    request: ClipRequest | RenderRequest,
    name: str,
    ctx: Context,
    *,
    platform: str,
    done: float,
    share: float,
) -> Delivered:
    timeline = composer.timeline
    codec = cast(coding.FilmCodec, request.codec)
    encoder, told = hardware.choose(request.hardware) if codec == "h264" else (None, "")
    if told:
        ctx.note(told, is_downgrade=request.hardware != "auto")
    options = EncoderOptions.model_validate(
        {
            "codec": codec,
            "preset": request.preset,
            "crf": request.crf,
            "hardware": encoder or "none",
            "most_kbps": platforms.PLATFORMS[platform].most_kbps if platform != "none" else None,
        }
    )
    parts = _Reel(composer, album, options, ctx, done, share).segments()
    form = coding.CODINGS[codec]
    target = ctx.scratch / f"{name}{form.ending}"
    audio = ctx.open(timeline.mix) if timeline.mix else None
    segments.join(
        [ctx.open(part) for part in parts],
        audio,
        target,
        fps=timeline.fps,
        title=timeline.title,
        comment=timeline.comment,
        language=timeline.language,
    )
    file = ctx.save(target, form.media_type, target.name)
    target.unlink()
    shots = [
        shot.model_copy(update={"segment": part, "rendered_as": segments.look_of(timeline, index)})
        for index, (shot, part) in enumerate(zip(timeline.shots, parts, strict=True))
    ]
    return Delivered(file, album, timeline.model_copy(update={"shots": tuple(shots)}))


def _whole(
    composer: Composer, album: sheet.Album, request: ClipRequest | RenderRequest, name: str, ctx: Context, *, done: float, share: float
) -> Delivered:
    timeline = composer.timeline
    codec = cast(masters.Codec, request.codec)
    form = masters.FORMS[codec]
    target = ctx.scratch / f"{name}{form.ending}"
    audio = ctx.open(timeline.mix) if timeline.mix else None

    def tell(part: float) -> None:
        ctx.progress(done + share * part, f"{timeline.width}x{timeline.height} {codec}")

    masters.write_master(composer, audio, target, codec, preset=request.preset, crf=request.crf, progress=tell)
    if audio is not None and not form.sound:
        ctx.note(f"{codec} carries no sound")
    for index in range(len(timeline.shots)):
        album.add(sheet.glimpse(composer, index))
    file = ctx.save(target, form.media_type, target.name)
    target.unlink()
    return Delivered(file, album, timeline)


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
            return {"video": video, "glimpse": ctx.save(seen.read(), "image/jpeg"), "liveliness": seen.liveliness}

        material = segments.segment_material(timeline, index, self.options)
        made = cast(Mapping[str, Any], ctx.memo("video.segment", segments.VERSION, material, make))
        self.is_fresh = onlooker.best is not None
        self.album.add(sheet.Glimpse(ctx.open(made["glimpse"]), made["liveliness"]), onlooker.best)
        ctx.open(made["video"])  # it is there, or it says so
        return cast(Artifact, made["video"])

    def _tell(self, index: int, part: float) -> None:
        timeline = self.composer.timeline
        shot = timeline.shots[index]
        self.ctx.progress(
            self.done + self.share * (shot.start + shot.frames * part) / timeline.frames, f"{timeline.width}x{timeline.height}"
        )
