"""What is rendered again when a scene changes, by codec."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from aigc_cli.media.files import segments
from aigc_cli.media.files.delivery import deliver
from aigc_cli.media.frames.compose import Composer
from aigc_cli.media.timeline import Box, Shot, Timeline
from aigc_cli.shapes import RenderRequest
from benchmarks.memory import context_in
from tests.media import clips


def three_scenes(colours: tuple[str, ...]) -> Timeline:
    shots = tuple(Shot(id=f"s{n}", start=6 * n, frames=6, layers=(clips.ground(96, 64, colour),)) for n, colour in enumerate(colours))
    return Timeline(title="", language="en", width=96, height=64, fps=30, safe=Box(x=0, y=0, w=96, h=64), shots=shots)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1", "vp9"])
def test_a_changed_scene_is_the_only_one_that_is_encoded(tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    context = context_in(tmp_path, keeps=True)
    rendered: list[int] = []
    render = segments.render_segment

    def noted(composer: Composer, index: int, *rest: object, **more: object) -> None:
        rendered.append(index)
        render(composer, index, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(segments, "render_segment", noted)
    document = context.save(b"{}", "application/json")
    request = RenderRequest.model_validate({"timeline": document, "codec": codec, "preset": "ultrafast"})
    deliver(three_scenes(("#802020", "#208020", "#202080")), request, "a", context)
    made = deliver(three_scenes(("#802020", "#F0F0F0", "#202080")), request, "b", context)
    assert rendered == [0, 1, 2, 1]
    with av.open(str(context.open(made.file))) as container:
        means = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0)]
    assert len(means) == 18
    assert [mean > 200 for mean in means] == [False] * 6 + [True] * 6 + [False] * 6
