"""`aigc preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from aigc_cli.cli.arguments import InputsFile, Json, NoCache, Offline, Profile, Seed, SetInputs, complete_workflow

_ENDINGS = {".png", ".jpg", ".jpeg", ".mp4"}


def preview(  # noqa: PLR0917  # options of a command line
    workflow: Annotated[
        str | None,
        typer.Argument(metavar="[WORKFLOW]", help="A workflow file, or the name of a shipped one.", autocompletion=complete_workflow),
    ] = None,
    set_: SetInputs = None,
    inputs: InputsFile = None,
    frame: Annotated[list[int] | None, typer.Option("--frame", metavar="N", min=0, help="This frame, counted from 0; repeatable.")] = None,
    at: Annotated[list[float] | None, typer.Option("--at", metavar="SECONDS", min=0, help="The frame at this time; repeatable.")] = None,
    scene: Annotated[list[str] | None, typer.Option("--scene", metavar="ID", help="This scene, settled; repeatable.")] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="A contact sheet; what you get when you ask for nothing else.")] = False,
    draft: Annotated[bool, typer.Option("--draft", help="The whole clip at half size, fast and rough.")] = False,
    template: Annotated[
        str | None, typer.Option("--template", metavar="NAME", help="A scene template with sample content, in three shapes at once.")
    ] = None,
    brand: Annotated[str, typer.Option("--brand", metavar="NAME", help="With `--template`: the brand it stands in.")] = "plain",
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="A folder, or the file when there is but one.")] = Path("out"),
    profile: Profile = None,
    seed: Seed = None,
    offline: Offline = False,
    no_cache: NoCache = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    json_: Json = False,
) -> None:
    """Show what a clip would look like: any frame, a contact sheet, or a half-size draft, without a full render.

    Words, voice and pictures are made as `aigc run` makes them, and kept for it.
    """
    from aigc_cli.errors import WorkflowError

    if template is not None:
        if workflow is not None:
            raise WorkflowError("a workflow and `--template` do not go together", "leave one of them out")
        _show_template(template, brand, out, is_json=json_)
        return
    if workflow is None:
        raise WorkflowError("there is nothing to preview", "name a workflow, or a scene template with `--template`")
    wanted: dict[str, Any] = {"at_frames": frame or [], "at_s": at or [], "at_scenes": scene or [], "sheet": sheet, "draft": draft}
    if not any(wanted.values()):
        wanted["sheet"] = True
    if draft:
        wanted.update(scale=0.5, preset="ultrafast")
    _show_workflow(workflow, set_ or [], inputs, wanted, out, (profile, seed, offline, no_cache), is_quiet=quiet, is_json=json_)


def _show_workflow(  # noqa: PLR0917  # one caller, which has them in this order
    workflow: str,
    given: list[str],
    inputs: Path | None,
    wanted: dict[str, Any],
    out: Path,
    how: tuple[str | None, int | None, bool, bool],
    *,
    is_quiet: bool,
    is_json: bool,
) -> None:
    from aigc_cli.cli import console
    from aigc_cli.cli.progress import Display
    from aigc_cli.cli.run import stoppable
    from aigc_cli.engine.job import Options
    from aigc_cli.engine.prepare import prepare
    from aigc_cli.engine.preview import focus_on_preview, run_to_file
    from aigc_cli.engine.result import json_object
    from aigc_cli.engine.run import run as run_job

    profile, seed, offline, no_cache = how
    job = prepare(workflow, given, inputs, Options(profile=profile, seed=seed, is_offline=offline, no_cache=no_cache))
    focus_on_preview(job, wanted, ("pictures", "sheets", "files"))
    with stoppable(), Display(is_quiet=is_quiet, width=max(len(name) for name in job.order)) as display:
        is_file = out.suffix.lower() in _ENDINGS
        result = run_to_file(job, out, display.take) if is_file else run_job(job, out.absolute(), display.take)
    if is_json:
        console.print_json(json_object(result))
    else:
        for path in result.files:
            console.result(path if is_file else out / path.name)
    if result.error is not None:
        console.print_error(result.error)
    elif not is_quiet:
        console.say(f"{job.workflow.name}: {console.seconds_text(result.seconds)}")
    raise typer.Exit(result.exit_code)


def _show_template(name: str, brand: str, out: Path, *, is_json: bool) -> None:
    from aigc_cli.artifacts import write_atomic
    from aigc_cli.assets import Templates
    from aigc_cli.cli import console
    from aigc_cli.media.layout.specimen import specimen

    data = specimen(name, Templates.beside(Path()), brand)
    target = out if out.suffix.lower() in _ENDINGS else out / f"template-{name}.png"
    write_atomic(target, data)
    if is_json:
        console.print_json({"template": name, "brand": brand, "files": [str(target.absolute())]})
    else:
        console.result(target)
