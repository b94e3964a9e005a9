"""One caption changed in a minute of twelve scenes: processor time of the render step over that of the whole clip.

Every other frame must come out as it was: both files are decoded and compared.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure
from benchmarks.render import prepared

GOAL = 1 / 6
_SCENES = 12


def measure(*, is_short: bool = False) -> list[Figure]:
    from aigc_cli import registry

    with tempfile.TemporaryDirectory() as folder:
        context, request = _twelve_scenes(Path(folder), 40 if is_short else 60)
        provider = registry.provider("video", "renderer")()
        spent, files = [], []
        for each in (request, _changed(request)):
            start = time.process_time()
            clip = each.run(provider, context)
            spent.append(time.process_time() - start)
            files.append(context.open(clip["files"][0]))
        before, after = (_frames(path) for path in files)
    differing = sum(a != b for a, b in zip(before, after, strict=True))
    if not 0 < differing < len(before) / 6:
        raise RuntimeError(f"one changed caption changed {differing} of {len(before)} frames")
    detail = f"{spent[1]:.1f} of {spent[0]:.1f} CPU s; {differing} of {len(before)} frames differ, all others are equal"
    return [Figure("one caption changed, over the whole clip", spent[1] / spent[0], "times", GOAL, detail)]


def _twelve_scenes(folder: Path, length_s: float) -> tuple[Any, Any]:
    """Two clips of six scenes, one after the other, as one storyboard; and a context that keeps what was rendered."""
    halves = []
    for number, (product, points) in enumerate(
        (
            ("Pikolo Espresso", ["Single origin", "Roasted this week", "Ready in 30 seconds"]),
            ("Morning Filter", ["Grown at 1800 metres", "Ground while you wait", "Cups that come back"]),
        )
    ):
        part = folder / str(number)
        part.mkdir()
        halves.append(prepared(part, length_s / 2, product=product, points=points, cache=folder / "cache", keeps=True))
    context, first = halves[0]
    second = halves[1][1]
    scenes = list(first.script.scenes)
    scenes += [scene.model_copy(update={"id": f"{scene.id}-b"}) for scene in second.script.scenes]
    if len(scenes) != _SCENES:
        raise RuntimeError(f"the two clips have {len(scenes)} scenes, not {_SCENES}")
    script = first.script.model_copy(update={"scenes": tuple(scenes)})
    update = {
        "script": script,
        "pictures": first.pictures + second.pictures,
        "voice": first.voice + second.voice,
        "length_s": length_s,
        "music": None,
    }
    return context, first.model_copy(update=update)


def _changed(request: Any) -> Any:
    """The request with one other word in the caption of a scene in the middle."""
    voice = list(request.voice)
    index = next(k for k in range(_SCENES // 2 + 1, _SCENES) if voice[k] is not None)
    words = list(voice[index].words)
    words[0] = words[0].model_copy(update={"text": words[0].text + "!"})
    voice[index] = voice[index].model_copy(update={"words": tuple(words)})
    return request.model_copy(update={"voice": tuple(voice)})


def _frames(path: Path) -> list[str]:
    import av

    with av.open(str(path)) as container:
        return [hashlib.sha1(frame.to_ndarray(format="yuv420p").tobytes()).hexdigest() for frame in container.decode(video=0)]
