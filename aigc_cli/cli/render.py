"""`aigc render`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import Json, NoCache

TimelineFile = Annotated[Path, typer.Argument(metavar="TIMELINE", help="A timeline as JSON, as a workflow with a clip gives it.")]


def render(  # noqa: PLR0917  # options of a command line
    timeline: TimelineFile,
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="The file, or the folder it goes to.")] = Path("out"),
    preset: Annotated[str, typer.Option("--preset", metavar="NAME", help="x264 preset, from ultrafast to slow.")] = "veryfast",
    crf: Annotated[int, typer.Option("--crf", min=0, max=40, help="Constant rate factor; lower is better and larger.")] = 20,
    codec: Annotated[str, typer.Option("--codec", metavar="NAME", help="h264, hevc, av1, vp9, prores, gif, webp or png.")] = "h264",
    hardware: Annotated[str, typer.Option("--hardware", metavar="NAME", help="auto, nvenc, videotoolbox, qsv or amf.")] = "none",
    no_cache: NoCache = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    json_: Json = False,
) -> None:
    """Render a timeline by itself: change it by hand, and only the shots that changed are drawn again."""
    from aigc_cli.cli import console
    from aigc_cli.cli.progress import Display
    from aigc_cli.cli.run import stoppable
    from aigc_cli.engine.job import Options
    from aigc_cli.engine.preview import run_to_file
    from aigc_cli.engine.result import json_object
    from aigc_cli.engine.timelines import render_job, stem_of
    from aigc_cli.media.files.masters import FORMS

    params: dict[str, Any] = {"preset": preset, "crf": crf, "codec": codec, "hardware": hardware}
    job = render_job(timeline, params, Options(no_cache=no_cache))
    ending = FORMS[codec].ending if codec in FORMS else ".mp4"
    target = out if out.suffix.lower() == ending else out / f"{stem_of(timeline)}{ending}"
    with stoppable(), Display(is_quiet=quiet, width=8) as display:
        result = run_to_file(job, target, display.take)
    if json_:
        console.print_json(json_object(result))
    else:
        for path in result.files:
            console.result(path)
    if result.error is not None:
        console.print_error(result.error)
    raise typer.Exit(result.exit_code)
