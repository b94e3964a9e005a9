"""`aigc export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aigc_cli.cli.arguments import Json
from aigc_cli.cli.render import TimelineFile


def export(
    timeline: TimelineFile,
    to: Annotated[str, typer.Option("--to", metavar="FORM", help="otio (Resolve, Premiere) or fcpxml (Final Cut, Resolve).")] = "otio",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The project file; its media go to a folder beside it.")] = None,
    json_: Json = False,
) -> None:
    """Hand a clip to an editor's program: its shots, narration and music as clips, its captions as markers."""
    from aigc_cli.cli import console
    from aigc_cli.engine.timelines import FORMS, stem_of
    from aigc_cli.engine.timelines import export as export_timeline

    ending = FORMS[to][0] if to in FORMS else ""
    files = export_timeline(timeline, to, out or Path("out") / f"{stem_of(timeline)}{ending}")
    if json_:
        console.print_json({"project": str(files[0]), "media": [str(path) for path in files[1:]]})
        return
    console.result(files[0])
    console.say(f"its {len(files) - 1} media files are in {files[1].parent if len(files) > 1 else files[0].parent}")
