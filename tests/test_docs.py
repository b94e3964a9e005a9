"""The docs tell the truth: generated parts are fresh, links lead somewhere, everything that is there is described."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from aigc_cli import registry
from aigc_cli.assets import Templates
from tests import readme

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
ALL = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_the_readme_is_fresh() -> None:
    assert readme.fresh() == readme.README.read_text(encoding="utf-8"), "run `python -m tests.readme`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("kind", registry.steps())
def test_every_step_is_described(kind: str) -> None:
    assert f"`{kind}`" in ALL


@pytest.mark.parametrize("name", sorted({name for each in registry.capabilities() for name in registry.providers(each)}))
def test_every_provider_is_described(name: str) -> None:
    assert re.search(rf"`{name}`", ALL)


@pytest.mark.parametrize("kind", ["brands", "captions", "scenes"])
def test_every_template_is_described(kind: str) -> None:
    for name in Templates.beside(None).names(kind):
        assert f"`{name.removesuffix('.yaml')}`" in ALL, name


def test_every_dependency_has_a_reason() -> None:
    table = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.match(r"[\w.-]+", requirement)
        assert name
        assert re.sub(r"-[1-4]$", "", name[0]) in table, requirement


def test_examples_have_terms() -> None:
    listed = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "examples").rglob("*"):
        if path.is_file() and path.name != "README.md":
            assert str(path.relative_to(ROOT / "examples")) in listed, path


def test_every_room_of_media_stands_in_the_plan() -> None:
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    media = ROOT / "aigc_cli" / "media"
    for path in [*media.iterdir(), *media.glob("*/*")]:
        if path.stem != "__init__" and "__pycache__" not in path.parts:
            assert f"`{path.stem}{'' if path.suffix else '/'}`" in plan, path.name
