"""A ComfyUI graph in its API form, and the places in it that each picture fills anew.

A place is a text such as `{prompt}` or `{seed}` in an input of a node, alone or inside other text, or an input that the options
name as `NODE.INPUT`, by the node's number or by its title: then the graph is used just as ComfyUI exported it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.problems import nearest, shorten

PLACES = ("prompt", "negative", "seed", "width", "height", "image", "frames", "rate")
_MAX_BYTES = 4 << 20
_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")
_EXPORT = "in ComfyUI: `Workflow`, `Export (API)`"

Nodes = dict[str, dict[str, Any]]


def read(content: bytes, name: str) -> Nodes:
    """The nodes of a graph by number. Raises WorkflowError for what is no graph in the API form."""
    if len(content) > _MAX_BYTES:
        raise WorkflowError(f"the graph `{name}` is larger than 4 MiB", "export it again, without pictures in it")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise WorkflowError(f"the graph `{name}` is not JSON", f"export it again; {_EXPORT}") from error
    if isinstance(found, dict) and isinstance(found.get("nodes"), list):
        raise WorkflowError(f"the graph `{name}` is saved for ComfyUI's window, not for its API", f"export it again; {_EXPORT}")
    if not isinstance(found, dict) or not found:
        raise WorkflowError(f"`{name}` is no ComfyUI graph", f"export it again; {_EXPORT}")
    for number, node in found.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str) or not isinstance(node.get("inputs"), dict):
            raise WorkflowError(f"`{shorten(number)}` in the graph `{name}` is no node", f"export it again; {_EXPORT}")
    return found


def pinned(nodes: Nodes, where: Mapping[str, str], name: str) -> Nodes:
    """The graph with a text such as `{seed}` at each place that the options name.

    Raises WorkflowError for a place, a node or an input that is not there, and for an input that another node feeds.
    """
    made = {number: {**node, "inputs": dict(node["inputs"])} for number, node in nodes.items()}
    for place, target in where.items():
        if place not in PLACES:
            raise WorkflowError(f"`places`: there is no place `{shorten(place)}`", nearest(place, PLACES))
        node, _, key = target.rpartition(".")
        numbers = [node] if node in made else [number for number, each in made.items() if title(each) == node]
        if len(numbers) != 1:
            what = f"the graph `{name}` has {'no' if not numbers else 'more than one'} node `{shorten(node)}`"
            raise WorkflowError(f"`places.{place}`: {what}", "name it by its number, as it stands in the file")
        inputs = made[numbers[0]]["inputs"]
        if key not in inputs:
            raise WorkflowError(f"`places.{place}`: the node `{shorten(node)}` has no input `{shorten(key)}`", nearest(key, inputs))
        if isinstance(inputs[key], list):
            raise WorkflowError(f"`places.{place}`: another node feeds `{shorten(target)}`", "name an input that holds a value")
        inputs[key] = f"{{{place}}}"
    return made


def wanted(nodes: Nodes) -> tuple[str, ...]:
    """The places that a graph has, each once."""
    return tuple(dict.fromkeys(place for _, _, text in _texts(nodes) for place in _PLACE.findall(text)))


def filled(nodes: Nodes, values: Mapping[str, str | int | float]) -> Nodes:
    """The graph with a value in each place; one that stands alone keeps its type. `values` holds every wanted place."""
    made = {number: {**node, "inputs": dict(node["inputs"])} for number, node in nodes.items()}
    for number, key, text in _texts(nodes):
        alone = _PLACE.fullmatch(text)
        value = values[alone[1]] if alone else _PLACE.sub(lambda match: str(values[match[1]]), text)
        made[number]["inputs"][key] = value
    return made


def title(node: Mapping[str, Any]) -> str:
    """What a node is called in ComfyUI's window."""
    meta = node.get("_meta")
    found = meta.get("title") if isinstance(meta, dict) else None
    return found if isinstance(found, str) else ""


def _texts(nodes: Nodes) -> Iterator[tuple[str, str, str]]:
    for number, node in nodes.items():
        for key, value in node["inputs"].items():
            if isinstance(value, str):
                yield number, key, value
