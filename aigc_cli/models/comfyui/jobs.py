"""Runs a filled graph on a ComfyUI server: hands it in, waits for its turn, fetches what it made.

A job is called by what it is made of, so that a run that was cut off finds what the server has made meanwhile, or waits for it,
instead of having it drawn again. Servers of before 2025 give jobs numbers of their own; there it is drawn again.
"""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aigc_cli.contracts import Context
from aigc_cli.errors import ProviderError, TimedOut
from aigc_cli.models.comfyui.graph import Nodes, title
from aigc_cli.servers import Server, WrongRequest, plain

_NAMES = uuid.UUID("6f1c5c0e-6d5f-4b55-9a3e-2f0a0c6d3b11")
_SOONEST_S, _LATEST_S = 0.1, 2.0
_LOST_AFTER = 3
"""Looks in a row at which a job is neither waiting, nor running, nor done: the server was started anew."""


@dataclass(frozen=True)
class Made:
    """A file that a graph has made: which node, what the server calls it, its bytes."""

    node: str
    name: str
    content: bytes


def run(server: Server, nodes: Nodes, ctx: Context, *, output: str, wait_s: float) -> list[Made]:
    """What a graph makes, in the order of its nodes; only what the node `output` (number or title) makes, when it is named.

    Raises ProviderError with the node that failed and its words, TimedOut after `wait_s` seconds, and the errors of `servers`.
    """
    named = str(uuid.uuid5(_NAMES, json.dumps(nodes, sort_keys=True, ensure_ascii=True)))
    earlier = _entry(server, named)
    if earlier is not None and not _failure(server, earlier, nodes):
        with contextlib.suppress(ProviderError):  # its files may be gone: then it is made again
            return _fetched(server, earlier, nodes, output)
    if earlier is None and named in _standing(server):
        ctx.progress(0.05, "waiting for what an earlier run has asked for")
        entry = _awaited(server, named, ctx, wait_s)
    else:
        entry = _awaited(server, _handed_in(server, nodes, named if earlier is None else str(uuid.uuid4()), ctx), ctx, wait_s)
    if failure := _failure(server, entry, nodes):
        raise failure
    return _fetched(server, entry, nodes, output)


def upload(server: Server, name: str, content: bytes, media_type: str) -> str:
    """Gives the server a picture, and returns what its `LoadImage` node calls it."""
    answer = server.ask_form("upload/image", {"overwrite": "true", "type": "input"}, {"image": (name, content, media_type)})
    kept = answer.get("name") if isinstance(answer, dict) else None
    if not isinstance(kept, str) or not kept:
        raise ProviderError(f"`{server.name}` did not keep the picture", "check `base_url`: it must be a ComfyUI server")
    folder = answer.get("subfolder")
    return f"{folder}/{kept}" if isinstance(folder, str) and folder else kept


def _handed_in(server: Server, nodes: Nodes, name: str, ctx: Context) -> str:
    try:
        answer = server.ask("prompt", {"prompt": nodes, "prompt_id": name, "client_id": name}, mark=name)
    except WrongRequest as error:
        raise _refused(server, error, nodes) from error
    found = answer.get("prompt_id") if isinstance(answer, dict) else None
    if not isinstance(found, str) or not found.replace("-", "").isalnum():
        raise ProviderError(f"`{server.name}` did not take the graph", "check `base_url`: it must be a ComfyUI server")
    if told := _node_errors(answer.get("node_errors"), nodes):
        ctx.note(f"a part of the graph is left out: {told}", is_downgrade=True)
    return found


def _refused(server: Server, error: WrongRequest, nodes: Nodes) -> ProviderError:
    try:
        body = json.loads(error.told)
    except ValueError:
        body = {}
    told = _node_errors(body.get("node_errors"), nodes) if isinstance(body, dict) else ""
    message = f"`{server.name}` cannot run the graph: {told}" if told else error.message
    return ProviderError(message, "install what it lacks on the server, or export the graph again from that server")


def _node_errors(found: Any, nodes: Nodes) -> str:
    """The first node that is wrong, and why, in the server's words."""
    for number, each in found.items() if isinstance(found, dict) else ():
        errors = each.get("errors") if isinstance(each, dict) else None
        for one in errors if isinstance(errors, list) else ():
            if isinstance(one, dict):
                said = ": ".join(str(one[key]) for key in ("message", "details") if one.get(key))
                return plain(f"node {_called(number, nodes)}: {said}")
    return ""


def _called(number: Any, nodes: Nodes) -> str:
    node = nodes.get(str(number), {})
    return f"{number} ({title(node) or node.get('class_type', 'unknown')})"


def _entry(server: Server, name: str) -> Mapping[str, Any] | None:
    """What the server remembers of a job that has ended; None while it has not."""
    found = server.get_json(f"history/{name}")
    entry = found.get(name) if isinstance(found, dict) else None
    return entry if isinstance(entry, dict) else None


def _standing(server: Server) -> list[str]:
    """The jobs that run or wait, the first first."""
    found = server.get_json("queue")
    lists = [found.get(key) for key in ("queue_running", "queue_pending")] if isinstance(found, dict) else []
    items = [item for each in lists if isinstance(each, list) for item in each if isinstance(item, list) and len(item) > 1]
    return [str(item[1]) for item in sorted(items, key=lambda item: item[0] if isinstance(item[0], int | float) else 0)]


def _awaited(server: Server, name: str, ctx: Context, wait_s: float) -> Mapping[str, Any]:
    started = time.monotonic()
    pause, lost = _SOONEST_S, 0
    try:
        while (entry := _entry(server, name)) is None:
            standing = _standing(server)
            lost = 0 if name in standing else lost + 1
            if lost >= _LOST_AFTER:
                raise ProviderError(f"`{server.name}` has forgotten what it was to make", "it was started anew: try again", retryable=True)
            passed = time.monotonic() - started
            if passed > wait_s:
                _withdraw(server, name)
                raise TimedOut(f"`{server.name}` did not finish within {wait_s:g} s", "raise `wait_s`, or take a smaller graph")
            ahead = standing.index(name) if name in standing else 0
            ctx.progress(min(0.1 + 0.8 * passed / wait_s, 0.9), f"{ahead} before it on {server.name}" if ahead else f"{server.name} draws")
            time.sleep(min(pause, max(wait_s - passed, 0.01)))
            pause = min(pause * 1.5, _LATEST_S)
    except ProviderError:
        raise  # the job goes on, and the next try finds it
    except BaseException:
        _withdraw(server, name)
        raise
    return entry


def _withdraw(server: Server, name: str) -> None:
    """Takes a job back, so that the server does not work for nobody; never another's."""
    with contextlib.suppress(ProviderError):
        if _standing(server)[:1] == [name]:
            server.ask_bytes("interrupt", {"prompt_id": name})
        server.ask_bytes("queue", {"delete": [name]})


def _failure(server: Server, entry: Mapping[str, Any], nodes: Nodes) -> ProviderError | None:
    """Why a job has failed; None when it has not."""
    status = entry.get("status")
    if not isinstance(status, dict) or status.get("status_str") != "error":
        return None
    messages = status.get("messages")
    for each in messages if isinstance(messages, list) else ():
        if not (isinstance(each, list) and len(each) > 1 and isinstance(each[1], dict)):
            continue
        kind, facts = each[0], each[1]
        if kind == "execution_interrupted":
            return ProviderError(f"`{server.name}` was told to stop", "somebody pressed Cancel there: run again")
        if kind == "execution_error":
            said = plain(str(facts.get("exception_message") or "no reason given"))
            is_memory = "outofmemory" in str(facts.get("exception_type")).lower().replace("_", "") or "out of memory" in said.lower()
            cure = "lower `side`, or free the server's memory" if is_memory else "run the graph in ComfyUI's window to see more"
            return ProviderError(f"`{server.name}` failed at node {plain(_called(facts.get('node_id'), nodes))}: {said}", cure)
    return ProviderError(f"`{server.name}` failed without a reason", "run the graph in ComfyUI's window to see more")


def _fetched(server: Server, entry: Mapping[str, Any], nodes: Nodes, output: str) -> list[Made]:
    outputs: Any = entry.get("outputs")
    found: list[tuple[bool, str, dict[str, str]]] = []
    for number in sorted(outputs, key=lambda text: (len(text), text)) if isinstance(outputs, dict) else ():
        if output and output not in (number, title(nodes.get(number, {}))):
            continue
        groups = outputs[number].values() if isinstance(outputs[number], dict) else ()
        for file in (file for group in groups if isinstance(group, list) for file in group):
            if isinstance(file, dict) and isinstance(file.get("filename"), str):
                place = {key: str(file.get(key) or "") for key in ("filename", "subfolder", "type")}
                found.append((place["type"] == "temp", number, place))
    is_previews = all(is_preview for is_preview, _, _ in found)  # they count where nothing is saved
    chosen = [(number, place) for is_preview, number, place in found if is_preview == is_previews]
    if not chosen:
        which = f"the node `{output}` of the graph" if output else "the graph"
        raise ProviderError(f"{which} gave no file", "it must end in a node such as `SaveImage`; `output` names the node")
    return [Made(number, place["filename"], server.get_bytes(f"view?{urlencode(place)}").content) for number, place in chosen]
