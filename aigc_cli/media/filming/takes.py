"""A part of the user's video becomes what a scene is filmed with: the film, a still of it, its sound, and where its subject is."""

from __future__ import annotations

import math

from aigc_cli.contracts import Context
from aigc_cli.media.audio import sound
from aigc_cli.media.filming import footage, reels
from aigc_cli.media.filming.keying import Wish
from aigc_cli.media.frames import sheet
from aigc_cli.media.frames.planes import to_rgb
from aigc_cli.media.photography.focus import gaze_of
from aigc_cli.media.style.palettes import palette_of
from aigc_cli.shapes import FootageRequest, FootageTake

_SEEN_AT = 0.4  # of the part: where its still is taken


def make_take(request: FootageRequest, ctx: Context) -> FootageTake:
    """Makes a part of a video ready. Raises WorkflowError when the file is no video or picture that can be used."""
    from PIL import Image

    source = ctx.open(request.file)
    name = request.file.name or "the video"
    wish = None if request.key == "none" else Wish(request.key, request.tolerance, request.softness)
    trim = footage.Trim(request.start_s, request.end_s, request.speed, request.fps, request.rotate, wish, keeps_alpha=True)
    target = ctx.scratch / "footage.mp4"
    made = footage.make_film(source, target, trim, name=name, progress=lambda part: ctx.progress(part, name))
    for note in made.notes:
        ctx.note(note)
    heard = None
    if made.has_sound and request.sound != "drop":
        wav = ctx.scratch / "footage.wav"
        sound.write_wav(wav, footage.sound_of(source, trim, made.frames, name=name))
        heard = ctx.save(wav, "audio/wav", "footage.wav")
    rgb = to_rgb(reels.Reel(target).frame(int(made.frames * _SEEN_AT)))[: made.height]
    still = Image.fromarray(rgb)
    focus, faces = gaze_of(still)
    if made.has_matte:
        left, top, right, bottom = made.subject
        focus = ((left + right) / 2, (top + bottom) / 2)
        whole = (int(left * made.width), int(top * made.height), math.ceil(right * made.width), math.ceil(bottom * made.height))
        still = still.crop(whole)
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
        has_matte=made.has_matte,
        is_repeated=made.is_endless if request.repeat is None else request.repeat,
        subject=made.subject,
        focus=focus,
        faces=faces,
        palette=palette_of(still),
    )
