"""Proof-reads what an editor wrote for the look of clips, before anything is drawn: brands, scene templates, caption styles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.captioning import captions
from aigc_cli.media.layout import scene_template, template_file
from aigc_cli.media.style import brand as brands
from aigc_cli.workflow.problems import Problem, nearest

KINDS = ("brands", "captions", "scenes")
"""The folders of `templates` that are read here."""

_PLACE = re.compile(r"[a-z]+/[^:]+(?::(\d+):(\d+))?: ")


def is_template(path: Path) -> bool:
    """Whether a file lies where templates of clips' looks lie: `templates/brands`, `templates/captions`, `templates/scenes`."""
    folder = path.resolve().parent
    return folder.name in KINDS and folder.parent.name == "templates"


def of_file(path: Path) -> tuple[Problem, ...]:
    """Mistakes in a file for which `is_template` holds, and in the name of the caption style that a brand calls for."""
    own = path.resolve()
    templates = Templates((own.parent.parent, *Templates.beside(None).roots))
    found = {"brands": _of_brand, "captions": of_captions, "scenes": of_scene}[own.parent.name](own.stem, templates)
    return tuple(replace(each, file=str(path)) for each in found)


def of_own(templates: Templates) -> tuple[Problem, ...]:
    """The first mistake of every scene template and caption style that does not ship."""
    return tuple(
        fault
        for kind, read in (("scenes", of_scene), ("captions", of_captions))
        for file in templates.own(kind)
        if file.endswith(".yaml")
        for fault in read(file.removesuffix(".yaml"), templates)
    )


def of_brand(name: str, templates: Templates) -> tuple[Problem, ...]:
    """Mistakes in a brand, and in the name of the caption style that it calls for.

    None for a brand that ships, nor for one that is not there: that is told where it is named.
    """
    return _of_brand(name, templates) if f"{name}.yaml" in templates.own("brands") else ()


def _of_brand(name: str, templates: Templates) -> tuple[Problem, ...]:
    file = f"{name}.yaml"
    found = _told("brands", file, templates, lambda: brands.load(name, templates))
    if found:
        return found
    style, known = brands.load(name, templates).captions, [each.removesuffix(".yaml") for each in templates.names("captions")]
    if style in known:
        return ()
    path = templates.find("brands", file)
    place = template_file.place(path, ("aigc", "captions"))
    return (Problem(str(path), *place, "aigc.captions", f"there is no caption style `{style}`", nearest(style, known)),)


def of_captions(name: str, templates: Templates) -> tuple[Problem, ...]:
    """The first mistake in a caption style."""
    return _told("captions", f"{name}.yaml", templates, lambda: captions.load_style(templates, name))


def of_scene(name: str, templates: Templates) -> tuple[Problem, ...]:
    """The first mistake in a scene template."""
    return _told("scenes", f"{name}.yaml", templates, lambda: scene_template.load(name, templates))


def _told(kind: str, file: str, templates: Templates, read: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        read()
    except WorkflowError as error:
        place = _PLACE.match(error.message)
        line, column = (int(place[1]), int(place[2])) if place and place[1] else (1, 1)
        message = error.message[place.end() :] if place else error.message
        return (Problem(str(templates.find(kind, file)), line, column, "", message, error.hint),)
    return ()
