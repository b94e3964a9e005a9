"""Encoding by PyAV: frames are drawn here while the encoder works in a thread of its own, over a ring of reused frames."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from aigc_cli.artifacts import storage_error
from aigc_cli.errors import AigcError, RenderError
from aigc_cli.media.files import coding
from aigc_cli.media.frames.planes import Planes
from aigc_cli.storyboard import Shape

if TYPE_CHECKING:
    import av
    from av.video.frame import VideoFrame

Progress = Callable[[float], None]
"""Told how far the work is, 0 to 1; may raise to stop it."""

BT709 = 1
"""H.264 code point for BT.709 as primaries, transfer and matrix (ITU-T H.273)."""
_LIMITED = 1
_RING = 4


class EncoderOptions(Shape):
    """How pictures are encoded. Equal options and equal frames give equal bytes, on any number of cores."""

    codec: coding.FilmCodec = Field("h264", description="How pictures are encoded: `h264`, `hevc`, `av1`, `vp9`.")
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = Field(
        "veryfast", description="x264's preset: slower ones make smaller files."
    )
    crf: float = Field(20.0, ge=0, le=51, description="Constant rate factor: lower is better and larger.")
    threads: int = Field(3, ge=1, le=16, description="Encoder threads. Fixed, because the bytes depend on it.")
    keyframe_s: float = Field(4.0, gt=0, le=20, description="At most this long from one key frame to the next, in seconds.")
    most_kbps: int | None = Field(None, gt=0, description="Bit rate that no second or two pass; null leaves it to the quality.")
    hardware: Literal["none", "nvenc", "videotoolbox", "qsv", "amf"] = Field(
        "none", description="An encoder in hardware that `hardware.works`; its bytes are the machine's own."
    )


def file_url(path: Path) -> str:
    """A path as FFmpeg takes it without reading any protocol into its name."""
    return f"file:{path.absolute()}"


def av_failure(error: Exception, path: Path, doing: str) -> AigcError:
    """The error of the family for what FFmpeg or the file system said while `doing` something with `path`."""
    if isinstance(error, AigcError):
        return error
    if isinstance(error, OSError) and error.errno and 0 < error.errno < 200:  # FFmpeg's own codes lie far outside
        return storage_error(error, path)
    return RenderError(f"{doing} failed: {error}", "run again; if it fails again, report it with the workflow")


def discard(path: Path) -> None:
    """Removes what was half-written; a device that was named as the target stays."""
    if path.is_file():
        path.unlink()


def write_video(
    target: Path,
    draw: Callable[[int, Planes], object],
    frames: int,
    *,
    size: tuple[int, int],
    fps: int,
    options: EncoderOptions,
    progress: Progress | None = None,
    meanwhile: Callable[[], object] | None = None,
) -> None:
    """Encodes `frames` frames to an MP4 without sound; `draw(n, planes)` fills each frame, in order, on this thread.

    `meanwhile` is called after the last frame was drawn, while the encoder still works on what it holds.

    The file has closed GOPs, a key frame first, one packet per frame and BT.709 limited-range tags. Raises RenderError
    when encoding fails, StorageError when the disk refuses, and whatever `draw` and `progress` raise; nothing is left then.
    """
    import av

    encoder: _Encoder | None = None
    try:
        with av.open(file_url(target), "w", format="mp4") as container:
            encoder = _Encoder(container, size, fps, options)
            try:
                for n in range(frames):
                    frame, planes = encoder.free()
                    draw(n, planes)
                    encoder.give(frame, planes, n)
                    if progress is not None:
                        progress((n + 1) / frames)
                encoder.end()
                if meanwhile is not None:
                    meanwhile()
            except BaseException:
                encoder.stop()
                raise
            encoder.finish()
    except (av.FFmpegError, OSError) as error:
        discard(target)
        raise av_failure(error, target, "encoding") from error
    except BaseException:
        discard(target)
        raise


class _Encoder:
    """An encoder in its own thread."""

    def __init__(self, container: av.container.OutputContainer, size: tuple[int, int], fps: int, options: EncoderOptions) -> None:
        from fractions import Fraction

        import av

        self._container = container
        stream: Any = container.add_stream(coding.encoder_of(options.codec, options.hardware), rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        keyint = max(1, round(options.keyframe_s * fps))
        stream.options = coding.settings(
            options.codec, options.hardware, preset=options.preset, crf=options.crf, keyint=keyint, most_kbps=options.most_kbps
        )
        context = stream.codec_context
        coding.finish_context(context, options.codec, options.hardware, keyint)
        context.time_base = Fraction(1, fps)
        context.color_range, context.colorspace = _LIMITED, BT709
        context.color_primaries, context.color_trc = BT709, BT709
        context.thread_count = options.threads
        context.thread_type = "FRAME"  # PyAV's default makes x264 cut frames into slices: slower and larger
        self._stream = stream
        self._ring: queue.SimpleQueue[tuple[VideoFrame, Planes] | None] = queue.SimpleQueue()
        self._todo: queue.SimpleQueue[tuple[VideoFrame, Planes] | None] = queue.SimpleQueue()
        self._error: BaseException | None = None
        for _ in range(_RING):
            frame = av.VideoFrame(*size, "yuv420p")
            frame.color_range, frame.colorspace = _LIMITED, BT709
            frame.time_base = Fraction(1, fps)
            self._ring.put((frame, _views(frame)))
        self._thread = threading.Thread(target=self._run, name="encoder", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            while (item := self._todo.get()) is not None:
                for packet in self._stream.encode(item[0]):
                    self._mux(packet)
                self._ring.put(item)
            if self._error is None:
                for packet in self._stream.encode(None):
                    self._mux(packet)
        except BaseException as error:  # it is raised again where frames are drawn
            self._error = error
            self._ring.put(None)

    def _mux(self, packet: av.Packet) -> None:
        packet.duration = 1
        self._container.mux(packet)

    def free(self) -> tuple[VideoFrame, Planes]:
        """A frame to draw into; waits until the encoder has read one. Raises what the encoder raised."""
        item = self._ring.get()
        if item is None:
            self._thread.join()
            assert self._error is not None
            raise self._error
        return item

    def give(self, frame: VideoFrame, planes: Planes, n: int) -> None:
        """Hands a drawn frame to the encoder."""
        frame.pts = n
        self._todo.put((frame, planes))

    def end(self) -> None:
        """Tells the encoder that there are no more frames."""
        self._todo.put(None)

    def finish(self) -> None:
        """Waits until all frames are encoded. Raises what the encoder raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Ends the thread without finishing the stream."""
        self._error = self._error or RenderError("encoding was stopped")
        self._todo.put(None)
        self._thread.join()


def _views(frame: VideoFrame) -> Planes:
    import numpy as np

    y, u, v = (np.frombuffer(memoryview(p), np.uint8).reshape(p.height, p.line_size)[:, : p.width] for p in frame.planes)
    return Planes(y, u, v)
