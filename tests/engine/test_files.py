"""Files named where they are used: only what is written there as it stands, inside the workflow's folder, known by content."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aigc_cli.engine.check import check
from aigc_cli.engine.plan import plan
from aigc_cli.engine.validity import problems_of
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.load import load
from tests.desk import EXAMPLES
from tests.engine.conftest import Place, status

PHOTO = EXAMPLES / "pikolo" / "coffee.png"


@pytest.fixture
def photos(place: Place) -> Path:
    folder = place.root / "pictures"
    folder.mkdir()
    shutil.copy(PHOTO, folder / "one.png")
    shutil.copy(PHOTO, folder / "two.png")
    return folder


def test_a_path_in_with_is_a_file_by_its_content(place: Place, photos: Path) -> None:
    place.write("  a: {uses: image.create, provider: fake, with: {prompt: a cup, photo: pictures/one.png}}")
    assert check(load(place.workflow)) == ()
    assert status(place.run()) == {"a": "ran"}
    place.workflow.write_text(place.workflow.read_text().replace("one.png", "two.png"))  # the same bytes under another name
    assert status(place.run()) == {"a": "cached"}
    (photos / "two.png").write_bytes((photos / "one.png").read_bytes() + b"\n")
    (step,) = plan(place.job(), None)
    assert step.status == "run"


def test_paths_in_a_list_and_beside_expressions(place: Place, photos: Path) -> None:
    steps = (
        "  a: {uses: image.create, provider: fake, with: {prompt: a cup}}\n"
        "  b: {uses: image.collage, provider: fake, with: {photos: [pictures/one.png, '${{ steps.a.image }}'], width: 640, height: 640}}"
    )
    place.write(steps)
    assert place.run().exit_code == 0


def test_defaults_and_profiles_name_files_too(place: Place, photos: Path) -> None:
    head = "defaults: {image: {photo: pictures/one.png}}\nprofiles: {other: {image: {photo: pictures/none.png}}}"
    place.write("  a: {uses: image.create, provider: fake, with: {prompt: a cup}}", head=head)
    (problem,) = check(load(place.workflow))
    assert (problem.line, problem.message) == (4, "there is no file `pictures/none.png`")
    assert place.run().exit_code == 0
    assert [each.status for each in plan(place.job(), None)] == ["cached"]
    (photos / "one.png").write_bytes((photos / "one.png").read_bytes() + b"\n")
    assert [each.status for each in plan(place.job(), None)] == ["run"]


@pytest.mark.parametrize("text", ["${{ inputs.name }}", "pictures/${{ inputs.name }}"])
def test_what_an_expression_gives_is_never_a_path(place: Place, photos: Path, text: str) -> None:
    place.write(
        f"  a: {{uses: image.create, with: {{prompt: a cup, photo: '{text}'}}}}", head="inputs: {name: {type: string, default: one.png}}"
    )
    (problem,) = check(load(place.workflow))
    assert "must be a file, not text" in problem.message
    assert "write its path here as it is" in problem.hint
    with pytest.raises(WorkflowError, match="must be a file, not text"):
        list(place.job().expand("a", {}, set())[0].candidates)  # type: ignore[index,union-attr]


def test_a_link_does_not_lead_out(place: Place, photos: Path) -> None:
    (photos / "link.png").symlink_to(PHOTO)
    place.write("  a: {uses: image.create, with: {prompt: a cup, photo: pictures/link.png}}")
    (problem,) = check(load(place.workflow))
    assert "through a link" in problem.message


def test_a_workflow_that_names_files_is_not_remembered_as_valid(place: Place, photos: Path) -> None:
    place.write("  a: {uses: image.create, provider: fake, with: {prompt: a cup, photo: pictures/one.png}}")
    assert problems_of(place.workflow) == ()
    (photos / "one.png").unlink()
    (problem,) = problems_of(place.workflow)
    assert "there is no file" in problem.message


def test_a_path_given_to_an_include_stands_where_it_is_written(place: Place, photos: Path) -> None:
    inner = place.root / "inner"
    inner.mkdir()
    (inner / "w.yaml").write_text(
        "aigc: 1\ninputs: {p: {type: file}}\nsteps:\n"
        "  s: {uses: image.create, provider: fake, with: {prompt: a cup, photo: '${{ inputs.p }}'}}\noutputs: {}\n"
    )
    place.write("  a: {uses: ./inner/w.yaml, with: {p: pictures/one.png}}")
    assert check(load(place.workflow)) == ()
    assert place.run().exit_code == 0
