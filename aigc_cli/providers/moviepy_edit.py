"""`moviepy`: edits a video by MoviePy's effects. MoviePy sees frames only: reading, writing and sound stay here."""

from __future__ import annotations

from typing import Any, ClassVar

from aigc_cli.contracts import Context, Need, Provider
from aigc_cli.errors import RenderError
from aigc_cli.media.files.encode import EncoderOptions, write_video
from aigc_cli.media.files.segments import join
from aigc_cli.media.filming import footage, reels
from aigc_cli.media.filming.effects_moviepy import checked
from aigc_cli.media.frames.planes import Planes, copy, from_rgb, to_rgb
from aigc_cli.shapes import Joined

_LARGEST = 4096


class MoviePy(Provider):
    """MoviePy 2's effects on a video, one after the other."""

    name: ClassVar[str] = "moviepy"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "moviepy", "pip install 'aigc[moviepy]'"),)
    is_embedded: ClassVar[bool] = True

    def edit(self, request: Any, ctx: Context) -> Joined:
        """The edited video. Sound is kept where no effect changes the time. Raises WorkflowError, RenderError."""
        from moviepy import VideoClip
        from moviepy.video import fx

        effects = checked(request.effects)
        source, name = ctx.open(request.file), request.file.name or "the video"
        trim = footage.Trim(fps=request.fps)
        plain = ctx.scratch / "plain.mp4"
        made = footage.make_film(source, plain, trim, name=name, progress=lambda part: ctx.progress(0.3 * part, name))
        reel = reels.Reel(plain)

        def frame_at(t: float) -> Any:
            return to_rgb(reel.frame(min(max(int(t * request.fps + 1e-3), 0), made.frames - 1)))

        clip = VideoClip(frame_at, duration=made.frames / request.fps).with_fps(request.fps)
        try:
            clip = clip.with_effects([getattr(fx, effect.kind)(**arguments) for effect, arguments in effects])
            width, height = (2 * int(side / 2) for side in clip.size)
            frames = max(1, round(clip.duration * request.fps))
        except (ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
            raise RenderError(f"MoviePy cannot do this: {error}", "check the effects and their values") from error
        if not min(width, height) >= 16 or max(width, height) > _LARGEST:
            raise RenderError(f"the edited picture has {width}x{height} pixels", "16 to 4096 are possible: check `crop` and `resize`")

        def draw(n: int, planes: Planes) -> None:
            import numpy as np

            pixels = np.clip(np.asarray(clip.get_frame(n / request.fps)), 0, 255).astype(np.uint8)
            copy(from_rgb(np.ascontiguousarray(pixels[:height, :width, :3])), planes)

        target = ctx.scratch / "edited.mp4"

        def tell(part: float) -> None:
            ctx.progress(0.3 + 0.7 * part, name)

        write_video(target, draw, frames, size=(width, height), fps=request.fps, options=EncoderOptions(), progress=tell)
        audio = None
        if made.has_sound:
            if any(effect.changes_time for effect, _ in effects):
                ctx.note("the sound is left out: an effect changes the time")
            else:
                from aigc_cli.media.audio import aac

                audio = ctx.scratch / "sound.m4a"
                audio.write_bytes(aac.encode(footage.sound_of(source, trim, made.frames, name=name)))
        whole = ctx.scratch / "whole.mp4"
        join([target], audio, whole, fps=request.fps)
        return Joined(file=ctx.save(whole, "video/mp4", "edited.mp4"), is_copied=False, duration_s=frames / request.fps)
