"""Ready clips one after the other: their packets copied where they fit, else laid out again as footage."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from aigc_cli.contracts import Context
from aigc_cli.errors import AigcError, WorkflowError
from aigc_cli.media.audio import mixing
from aigc_cli.media.files.delivery import deliver
from aigc_cli.media.files.encode import av_failure, discard, file_url
from aigc_cli.media.filming import footage
from aigc_cli.media.filming.moving import with_footage
from aigc_cli.media.filming.probe import MediaFacts, open_media, probe
from aigc_cli.media.timeline import Box, Drawing, Layer, RectOp, Shot, Sprite, Still, Timeline
from aigc_cli.shapes import ConcatRequest, FootageTake, Joined, RenderRequest


def join_clips(request: ConcatRequest, ctx: Context) -> Joined:
    """Joins clips: copied when all are H.264 of one size, rate and setting; else encoded anew in the shape of the first."""
    paths = [ctx.open(file) for file in request.files]
    facts = []
    for file, path in zip(request.files, paths, strict=True):
        try:
            facts.append(probe(path))
        except AigcError as error:
            raise WorkflowError(f"`{file.name or 'a clip'}` cannot be joined: {error.message}", error.hint) from error
        if facts[-1].video is None:
            raise WorkflowError(f"`{file.name or 'a clip'}` holds no pictures", "join clips, not sounds")
    target = ctx.scratch / "joined.mp4"
    reason = misfit(paths, facts)
    if reason is None:
        length = copy_clips(paths, target, request.title)
        return Joined(file=ctx.save(target, "video/mp4", "joined.mp4"), is_copied=True, duration_s=float(length))
    ctx.note(f"the clips are encoded anew: {reason}")
    return _anew(request, paths, ctx)


def misfit(paths: Sequence[Path], facts: Sequence[MediaFacts]) -> str | None:
    """Why clips cannot be joined by copying, in a few words; None when they can."""
    first = facts[0]
    for each in facts:
        video, like = each.video, first.video
        assert video is not None
        assert like is not None
        if video.codec != "h264" or each.container not in ("mov", "mp4"):
            return "not all are H.264 in MP4"
        if (video.width, video.height) != (like.width, like.height):
            return "their sizes differ"
        if not video.is_constant or abs(video.fps - like.fps) > 1e-6:
            return "their frame rates differ"
        if (each.audio is None) != (first.audio is None):
            return "not all have sound"
        if each.audio is not None and first.audio is not None:
            a, b = each.audio, first.audio
            if a.codec != "aac" or (a.rate_hz, a.channels) != (b.rate_hz, b.channels):
                return "their sound differs"
    if len({_settings(path) for path in paths}) > 1:
        return "they were encoded with different settings"
    return None


def _settings(path: Path) -> tuple[bytes, ...]:
    with open_media(path) as container:
        streams: Any = [*container.streams.video[:1], *container.streams.audio[:1]]
        return tuple(bytes(stream.codec_context.extradata or b"") for stream in streams)


def copy_clips(paths: Sequence[Path], target: Path, title: str = "") -> Fraction:
    """Joins clips that fit, without encoding; returns the length in seconds. Raises RenderError, StorageError."""
    import av

    try:
        with av.open(file_url(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            if title:
                out.metadata["title"] = title
            streams: dict[str, Any] = {}
            ends: dict[str, int] = {}
            at = Fraction(0)
            for path in paths:
                at += _append(out, path, streams, ends, at)
        return at
    except (av.FFmpegError, OSError) as error:
        discard(target)
        raise av_failure(error, target, "joining the clips") from error


def _append(out: Any, path: Path, streams: dict[str, Any], ends: dict[str, int], at: Fraction) -> Fraction:
    """Copies one clip behind what is there; returns how long its pictures are."""
    with open_media(path) as source:
        given: Any = [*source.streams.video[:1], *source.streams.audio[:1]]
        for stream in given:
            if stream.type not in streams:
                streams[stream.type] = out.add_stream_from_template(stream)
                streams[stream.type].time_base = stream.time_base
        packets = [packet for packet in source.demux(given) if packet.pts is not None]
        video = [packet for packet in packets if packet.stream.type == "video"]
        base = Fraction(video[0].time_base)
        first = min(packet.pts for packet in video)
        length: Fraction = (max(packet.pts + packet.duration for packet in video) - first) * base
        for packet in packets:
            kind = packet.stream.type
            own = Fraction(packet.time_base)
            begin = round(first * base / own)
            shift = round(at / own) - begin
            if kind == "audio":
                # a coder's run-up is heard once, at the very start; after the last picture there is nothing to hear
                if (at and packet.pts < begin) or packet.pts - begin >= length / own or packet.pts + shift < ends.get(kind, -(1 << 62)):
                    continue
                ends[kind] = packet.pts + shift + packet.duration
            packet.pts += shift
            packet.dts += shift
            packet.time_base = own
            packet.stream = streams[kind]
            out.mux(packet)
    return length


def _anew(request: ConcatRequest, paths: Sequence[Path], ctx: Context) -> Joined:
    shots, ambience = [], []
    start = 0
    size = (0, 0)
    for index, (file, path) in enumerate(zip(request.files, paths, strict=True)):
        trim = footage.Trim(fps=request.fps)
        target = ctx.scratch / f"part-{index}.mp4"
        made = footage.make_film(path, target, trim, name=file.name)
        for note in made.notes:
            ctx.note(note)
        video = ctx.save(target, "video/mp4")
        target.unlink()
        size = size if index else (made.width, made.height)
        take = FootageTake(
            video=video, poster=video, width=made.width, height=made.height, fps=request.fps, frames=made.frames, fit=request.fit
        )
        shots.append(_shot(f"part-{index + 1}", start, take, size))
        if made.has_sound:
            ambience.append((start, footage.sound_of(path, trim, made.frames, name=file.name), False))
        start += made.frames
        ctx.progress(0.4 * (index + 1) / len(paths), file.name)
    frame = Box(x=0, y=0, w=size[0], h=size[1])
    mix = None
    if ambience:
        sound = ctx.scratch / "mix.m4a"
        mixing.finish(sound, start, request.fps, ambience=ambience)
        mix = ctx.save(sound, "audio/mp4", "mix.m4a")
        sound.unlink()
    language = request.language or "und"
    timeline = Timeline(
        title=request.title, language=language, width=size[0], height=size[1], fps=request.fps, safe=frame, shots=tuple(shots), mix=mix
    )
    made_file = deliver(timeline, RenderRequest(timeline=request.files[0]), "joined", ctx, done=0.4, share=0.6).file
    return Joined(file=made_file, is_copied=False, duration_s=float(timeline.duration))


def _shot(name: str, start: int, take: FootageTake, size: tuple[int, int]) -> Shot:
    frame = Box(x=0, y=0, w=size[0], h=size[1])
    black: Drawing = (RectOp(box=frame, fill="#000000"),)
    ground = Layer(id="ground", box=frame, content=Sprite(drawing=black, is_opaque=True), role="ground")
    still = Layer(id="film", box=frame, content=Still(source=black, width=size[0], height=size[1], start=frame, end=frame), role="picture")
    fills = abs(take.width / take.height - size[0] / size[1]) < 0.01
    layers = with_footage((ground, still), take.model_copy(update={"fit": "fill"}) if fills else take)
    return Shot(id=name, start=start, frames=take.frames, layers=tuple(layers))
