"""What the providers that run ComfyUI graphs have in common: their options, and how a graph is filled and run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli import servers
from aigc_cli.artifacts import Artifact, ArtifactField, from_json, to_json
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Need, Provider, Step, Usage
from aigc_cli.errors import Refused
from aigc_cli.models.comfyui import graph as graphs
from aigc_cli.models.comfyui import jobs

_SEEDS = 2**32
"""Seeds beyond it are refused by some samplers."""


class ComfyUIOptions(Provider):
    """The graph, where it runs, and which of its inputs are filled."""

    name: ClassVar[str] = "comfyui"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("network", "a ComfyUI server"),)

    base_url: str = Field("http://127.0.0.1:8188", description="Address of the ComfyUI server; a local one must stand in your `servers`.")
    graph: ArtifactField | None = Field(
        None, description="The graph as ComfyUI exports it for its API: a JSON file beside the workflow, with places such as `{prompt}`."
    )
    places: dict[str, str] = Field(
        default_factory=dict,
        description="Which inputs are places, where the graph does not say so itself: `{seed: 3.seed, prompt: Positive.text}`.",
    )
    output: str = Field(
        "", max_length=200, description="The node whose files are taken, by number or title; empty takes the first that saves."
    )
    look: str = Field("soft daylight, uncluttered, no text", max_length=500, description="What is added to the words.")
    negative: str = Field("text, letters, watermark, logo, blurry, distorted", max_length=500, description="What fills `{negative}`.")
    side: int = Field(1024, ge=64, le=4096, description="Side of the square that the graph's model draws best; the frame's shape is kept.")
    wait_s: float = Field(600.0, gt=0, le=86400, description="Seconds to wait for the graph, its turn on the server included.")

    def requires(self) -> tuple[Need, ...]:
        """The server, and its key where it is not the user's own."""
        return servers.needs(self.base_url)

    def misfit(self, step: Step) -> str | None:
        """No graph to run."""
        return "no `graph` is named; export one in ComfyUI with `Export (API)` and name its file" if self.graph is None else None

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """One run of the graph, or as many as there are candidates; a server of one's own costs nothing."""
        return self._usage(int(getattr(step, "candidates", 1)))

    def opened(self, ctx: Context) -> graphs.Nodes:
        """The graph with all its places. Raises WorkflowError when it is none."""
        assert self.graph is not None
        name = self.graph.name or "the graph"
        nodes = graphs.pinned(graphs.read(ctx.open(self.graph).read_bytes(), name), self.places, name)
        if "seed" not in graphs.wanted(nodes):
            ctx.note(f"`{name}` has no place for `seed`: another seed gives the same again")
        return nodes

    def words(self, prompt: str) -> str:
        """What fills `{prompt}`."""
        return ", ".join(part for part in (prompt, self.look) if part)

    def made(self, nodes: graphs.Nodes, values: Mapping[str, str | int | float], image: Artifact | None, ctx: Context) -> list[Artifact]:
        """The files that the graph gives with these values, from the cache when all is the same.

        Raises Refused when the graph wants a value that there is none for, and the errors of `jobs.run`.
        """
        values = {"negative": self.negative, "seed": ctx.seed % _SEEDS, **values}
        if image is not None:
            values["image"] = _upload_name(image)
        if missing := [place for place in graphs.wanted(nodes) if place not in values]:
            cure = "give the step a picture, or name a graph that draws from words" if missing[0] == "image" else "take it out of the graph"
            raise Refused(f"the graph wants `{{{missing[0]}}}`, and there is none", cure)
        server = servers.connect(self.base_url, ctx, read_s=60, total_s=self.wait_s)
        material: dict[str, Any] = {"server": server.base_url, "nodes": graphs.filled(nodes, values), "output": self.output}
        if image is not None:
            material["image"] = image.digest

        def call() -> dict[str, Any]:
            ctx.allow(self._usage(1))
            given = dict(values)
            if image is not None and "image" in graphs.wanted(nodes):
                given["image"] = jobs.upload(server, _upload_name(image), ctx.open(image).read_bytes(), image.media_type)
            files = jobs.run(server, graphs.filled(nodes, given), ctx, output=self.output, wait_s=self.wait_s)
            ctx.spent(self._usage(1))
            first = [each for each in files if each.node == files[0].node]
            return {"files": [to_json(ctx.save(each.content, "application/octet-stream", "made")) for each in first]}

        ctx.progress(0.02, "ComfyUI draws")
        found: list[Artifact] = from_json(ctx.memo("comfyui", 1, material, call))["files"]
        return found

    def _usage(self, count: int) -> Usage:
        return Usage(servers.host_of(self.base_url), "comfyui", {"calls": float(count)})


def _upload_name(image: Artifact) -> str:
    """A name by content: the same picture is kept once on the server, and no file of this machine is named there."""
    ending = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}.get(image.media_type, "img")
    return f"aigc-{hashlib.sha256(image.digest.encode()).hexdigest()[:20]}.{ending}"
