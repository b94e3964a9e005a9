"""The news clip of `job` over MoviePy's ordinary way: what its manual shows, with the same photos, words, geometry and encoder.

Photos are resized and placed by functions of time and cross-faded; every word is a text clip, and once more in yellow while it is
said; title, logo and bar are clips; speech and music are one composite sound. MoviePy's time for all frames is reckoned from a slice
with as many cross-faded frames as the whole job has, and from three frames, which tell what its start costs.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.job import FADE, FPS, HEIGHT, WIDTH, WORDS, child, prepare
from benchmarks.measuring import MARGIN, Figure, paired, run, spread

GOAL = 1 / 8
_TOP = Path(__file__).resolve().parent.parent


def measure(*, is_short: bool = False) -> list[Figure]:
    """Raises RuntimeError where MoviePy is not installed."""
    if importlib.util.find_spec("moviepy") is None:
        raise RuntimeError("MoviePy is not installed: pip install 'aigc[moviepy]'")
    frames, rounds = (300, 0) if is_short else (900, 2)
    first, count = (170, 30) if is_short else (75, 150)  # 30 frames without a cross-fade are kind to MoviePy
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, frames)
        spent: list[tuple[float, float]] = []

        def ours() -> float:
            return child("whole", folder)[0] / frames

        def theirs() -> float:
            start, whole = (run(_command(first, length, folder), cwd=_TOP).cpu_s for length in (3, 3 + count))
            return (start - 3 * (whole - start) / count) / frames + (whole - start) / count

        def told(side: Any, at: int) -> Any:
            def measured() -> float:
                seconds: float = side()
                spent.append((at, seconds))
                return seconds

            return measured

        ratio, ratios = paired(told(ours, 0), told(theirs, 1), rounds)
    last = {at: 1000 * seconds for at, seconds in spent}
    detail = f"{1 / ratio:.1f} times less: {last[0]:.0f} and {last[1]:.0f} CPU ms a frame; {spread(ratios)}"
    # one short round on a shared machine is not exact: 7.5 to 8.1 times less were measured
    return [Figure("a news clip over MoviePy's ordinary way", ratio, "times", GOAL, detail, margin=1.25 if is_short else MARGIN)]


def _command(first: int, count: int, folder: Path) -> list[str]:
    code = "import sys; sys.path.insert(0, '.'); from benchmarks.moviepy import main; main()"
    return [sys.executable, "-c", code, str(first), str(count), str(folder)]


def main() -> None:
    first, count, folder = sys.argv[1:]
    film = clip(Path(folder)).subclipped(int(first) / FPS, (int(first) + int(count)) / FPS)
    film.write_videofile(
        f"{folder}/moviepy.mp4", fps=FPS, codec="libx264", audio_codec="aac", preset="veryfast", ffmpeg_params=["-crf", "20"], logger=None
    )


def clip(folder: Path) -> Any:
    """The whole job as a MoviePy clip; nothing is drawn yet."""
    from moviepy import AudioFileClip, ColorClip, CompositeAudioClip, CompositeVideoClip, afx

    from aigc_cli.media.timeline import Timeline

    timeline = Timeline.model_validate_json((folder / "timeline.json").read_text())
    layers = [layer for index, shot in enumerate(timeline.shots) for layer in _photo(folder, index, shot)]
    layers += [layer for index, shot in enumerate(timeline.shots) for layer in (*_title(index, shot), *_captions(shot))]
    length = timeline.frames / FPS
    layers.append(_logo().with_duration(length).with_position((880, 60)))
    bar = ColorClip((WIDTH, 12), (255, 64, 64), duration=length)
    layers.append(bar.with_position(lambda t: (-WIDTH + WIDTH * t / 30, 1908)))
    music = AudioFileClip(str(folder / "music.wav")).with_effects([afx.MultiplyVolume(0.25)])
    sound = CompositeAudioClip([AudioFileClip(str(folder / "speech.wav")), music])
    return CompositeVideoClip(layers, size=(WIDTH, HEIGHT)).with_duration(length).with_audio(sound)


def _photo(folder: Path, index: int, shot: Any) -> list[Any]:
    from moviepy import ImageClip, vfx

    still = shot.layers[0].content
    begin, end, length = still.start, still.end, (shot.frames + FADE) / FPS

    def view(t: float) -> tuple[float, float, float]:
        """The crop's left and top in pixels of the photo, and its scale in the frame."""
        part = min(t / length, 1)
        x, y, h = (a + (b - a) * part for a, b in ((begin.x, end.x), (begin.y, end.y), (begin.h, end.h)))
        return x, y, HEIGHT / h

    made = ImageClip(str(folder / f"photo-{index}.jpg"), duration=length).resized(lambda t: view(t)[2])
    made = made.with_position(lambda t: (-view(t)[0] * view(t)[2], -view(t)[1] * view(t)[2])).with_start(shot.start / FPS)
    return [made.with_effects([vfx.CrossFadeIn(FADE / FPS)]) if index else made]


def _title(index: int, shot: Any) -> list[Any]:
    from moviepy import ColorClip, CompositeVideoClip, vfx

    text = _text(f"City lights up the river {index}", 54, "white")
    box = ColorClip((900, 112), (12, 32, 80)).with_opacity(0.8)
    group = CompositeVideoClip([box, ColorClip((14, 112), (255, 64, 64)), text.with_position((40, 24))], size=(900, 112))
    slide = group.with_duration(4).with_position(lambda t: (60 - 60 * max(0.0, 1 - t / 0.4) ** 3, 1560))
    return [slide.with_start((shot.start + 15) / FPS).with_effects([vfx.CrossFadeIn(0.4), vfx.CrossFadeOut(0.4)])]


def _captions(shot: Any) -> list[Any]:
    from moviepy import ColorClip

    made = [ColorClip((960, 220), (0, 0, 0)).with_opacity(0.55).with_duration(shot.frames / FPS).with_position((60, 1270))]
    made = [each.with_start(shot.start / FPS) for each in made]
    for page in range(0, shot.frames // 12 + 1, 5):
        for k in range(5):
            word, place = WORDS[(page + k) % len(WORDS)], (100 + 300 * (k % 3), 1290 + 92 * (k // 3))
            for colour, first, frames in (("white", 12 * page, 60), ("yellow", 12 * (page + k), 12)):
                seen = min(frames, shot.frames - first)
                if seen > 0:
                    written = _text(word, 64, colour).with_duration(seen / FPS)
                    made.append(written.with_start((shot.start + first) / FPS).with_position(place))
    return made


def _text(text: str, size: int, colour: str) -> Any:
    from moviepy import TextClip

    from aigc_cli.media.style import fonts

    font = str(next(path for path in sorted(Path(fonts.__file__).parents[2].rglob("*.ttf")) if "Manrope" in path.name))
    return TextClip(font=font, text=text, font_size=size, color=colour, stroke_color="black", stroke_width=3, margin=(8, 12))


def _logo() -> Any:
    import numpy as np
    from moviepy import ImageClip

    y, x = np.mgrid[:160, :160] - 79.5
    return ImageClip(np.dstack([np.full((160, 160, 3), 255, np.uint8), np.where(np.hypot(x, y) < 80, 224, 0).astype(np.uint8)]))
