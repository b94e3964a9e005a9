"""ComfyUI graphs against a real server on the loopback interface that speaks its protocol."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from aigc_cli.artifacts import Artifact
from aigc_cli.engine.choose import unmet
from aigc_cli.errors import ConfigError, MissingKey, ProviderError, Refused, TimedOut, WorkflowError
from aigc_cli.media.filming.probe import probe
from aigc_cli.providers.comfyui_image import ComfyUIImage
from aigc_cli.providers.comfyui_video import ComfyUIVideo
from aigc_cli.shapes import ImageRequest, MotionRequest, Picture
from aigc_cli.steps.image import Create
from tests.desk import EXAMPLES, Desk
from tests.servers.comfyui_server import ComfyUIServer, graph, running, wait_for

pytestmark = pytest.mark.network
CUP = ImageRequest(prompt="a red cup", width=1080, height=1920)


@pytest.fixture
def server() -> Iterator[ComfyUIServer]:
    with running() as state:
        yield state


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, is_offline=True, trusted=("127.0.0.1",))


def saved(desk: Desk, nodes: Any) -> Artifact:
    content = nodes if isinstance(nodes, bytes) else json.dumps(nodes).encode()
    return desk.save(content, "application/json", "cup.json")


def draw(server: ComfyUIServer, desk: Desk, nodes: Any = None, request: ImageRequest = CUP, **options: Any) -> Picture:
    artifact = saved(desk, graph() if nodes is None else nodes)
    return ComfyUIImage(base_url=server.url, graph=artifact, **{"side": 256, **options}).draw(request, desk)


def test_places_are_filled_and_the_picture_is_cropped_to_the_frame(server: ComfyUIServer, desk: Desk) -> None:
    desk.seed = 2**40 + 7
    picture = draw(server, desk, negative="hands")
    (nodes,) = server.submitted
    assert nodes["6"]["inputs"]["text"] == "photo of a red cup, soft daylight, uncluttered, no text, film grain"
    assert nodes["7"]["inputs"]["text"] == "hands"
    assert nodes["3"]["inputs"]["seed"] == 7
    size = nodes["5"]["inputs"]["width"], nodes["5"]["inputs"]["height"]
    assert size == (192, 336)
    assert picture.width / picture.height == pytest.approx(9 / 16, rel=0.02)
    assert not picture.is_photo
    with Image.open(desk.open(picture.image)) as image:
        _, green, _ = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
        assert green == pytest.approx(40, abs=12)
    assert server.drawn == 1


def test_a_graph_as_it_was_exported_takes_places_by_number_or_title(server: ComfyUIServer, desk: Desk) -> None:
    nodes = graph(n3_seed=156, n5_width=512, n5_height=512, n6_text="a dog", n7_text="")
    places = {"seed": "3.seed", "prompt": "Positive.text", "width": "5.width", "height": "5.height"}
    draw(server, desk, nodes, places=places)
    inputs = {number: node["inputs"] for number, node in server.submitted[0].items()}
    assert (inputs["3"]["seed"], inputs["6"]["text"].startswith("a red cup"), inputs["5"]["width"]) == (0, True, 192)
    assert inputs["7"]["text"] == ""


def test_words_that_look_like_places_stay_words(server: ComfyUIServer, desk: Desk) -> None:
    draw(server, desk, request=ImageRequest(prompt="a {seed} and {a|b} {image}"))
    assert "a {seed} and {a|b} {image}" in server.submitted[0]["6"]["inputs"]["text"]


def test_another_seed_draws_another_picture_and_a_graph_without_it_is_told(server: ComfyUIServer, desk: Desk) -> None:
    first = draw(server, desk)
    desk.seed = 1
    assert draw(server, desk).image != first.image
    assert not desk.notes
    draw(server, desk, graph(n3_seed=5))
    assert desk.notes == ["`cup.json` has no place for `seed`: another seed gives the same again"]


def test_a_photo_is_drawn_anew_where_the_graph_has_a_place_for_it(server: ComfyUIServer, desk: Desk) -> None:
    photo = desk.save(EXAMPLES / "pikolo" / "coffee.png", "image/png", "coffee.png")
    request = CUP.model_copy(update={"photo": photo})
    assert draw(server, desk, request=request).is_photo
    assert (server.paths, server.submitted) == ([], [])
    nodes = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "{image}"}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    again = draw(server, desk, nodes, request)
    assert again.is_photo
    (name,) = server.uploads
    assert name.startswith("aigc-")
    assert "coffee" not in name
    assert server.submitted[0]["1"]["inputs"]["image"] == name
    with pytest.raises(Refused, match=r"wants `\{image\}`, and there is none"):
        draw(server, desk, nodes)


def test_previews_count_where_nothing_is_saved_and_output_names_the_node(server: ComfyUIServer, desk: Desk) -> None:
    assert draw(server, desk, graph(save="PreviewImage")).width > 0
    both = {**graph(), "10": {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}, "_meta": {"title": "Look"}}}
    asked = len(server.paths)
    draw(server, desk, both)
    draw(server, desk, both, output="Look")
    assert server.paths[asked:].count("/view") == 2
    with pytest.raises(ProviderError, match="node `Nobody` of the graph gave no file"):
        draw(server, desk, both, output="Nobody")


NO_GRAPHS = {
    "not JSON": (b"{", "is not JSON"),
    "for the window": ({"nodes": [], "links": [], "version": 0.4}, "not for its API"),
    "a list": ([1], "is no ComfyUI graph"),
    "no node": ({"3": {"class_type": "KSampler"}}, "is no node"),
    "deep": (b"[" * 200_000, "is not JSON"),
}


@pytest.mark.parametrize("name", NO_GRAPHS)
def test_what_is_no_graph_is_told_with_where_to_export_one(server: ComfyUIServer, desk: Desk, name: str) -> None:
    content, message = NO_GRAPHS[name]
    with pytest.raises(WorkflowError, match=message) as caught:
        draw(server, desk, content)
    assert "Export (API)" in caught.value.hint
    assert server.paths == []


@pytest.mark.parametrize(
    ("places", "message", "hint"),
    [
        ({"sed": "3.seed"}, "there is no place `sed`", "did you mean `seed`"),
        ({"seed": "33.seed"}, "has no node `33`", "by its number"),
        ({"seed": "3.sed"}, "has no input `sed`", "did you mean `seed`"),
        ({"prompt": "3.positive"}, "another node feeds", "holds a value"),
    ],
)
def test_a_place_that_is_not_there_is_told(server: ComfyUIServer, desk: Desk, places: dict[str, str], message: str, hint: str) -> None:
    with pytest.raises(WorkflowError, match=message) as caught:
        draw(server, desk, places=places)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (graph(n4_ckpt_name="flux.safetensors"), r"node 4 \(CheckpointLoaderSimple\): Value not in list: ckpt_name: 'flux.safetensors'"),
        (graph(n3_steps=None), r"node 3 \(KSampler\): Required input is missing: steps"),
        (graph(save="MyCustomNode"), "MyCustomNode does not exist"),
    ],
)
def test_what_the_server_lacks_is_told_by_node(server: ComfyUIServer, desk: Desk, nodes: Any, message: str) -> None:
    with pytest.raises(ProviderError, match=message) as caught:
        draw(server, desk, nodes)
    assert "install what it lacks" in caught.value.hint
    assert desk.bills == []


@pytest.mark.parametrize(
    ("failure", "message", "hint"),
    [
        ("error", r"failed at node 3 \(KSampler\): mat1 and mat2 shapes cannot be multiplied", "ComfyUI's window"),
        ("memory", "Allocation on device", "lower `side`"),
        ("interrupted", "was told to stop", "Cancel"),
        ("nothing", "the graph gave no file", "SaveImage"),
    ],
)
def test_failures_while_it_draws_are_typed(server: ComfyUIServer, desk: Desk, failure: str, message: str, hint: str) -> None:
    server.failures = deque([failure])
    with pytest.raises(ProviderError, match=message) as caught:
        draw(server, desk)
    assert hint in caught.value.hint
    assert caught.value.message.isprintable()
    if failure != "nothing":
        assert draw(server, desk).width > 0  # what has failed is asked for anew, under another name


def test_what_takes_too_long_is_taken_back(server: ComfyUIServer, desk: Desk) -> None:
    server.failures = deque(["never"])
    with pytest.raises(TimedOut, match=r"within 0\.3 s"):
        draw(server, desk, wait_s=0.3)
    assert server.queue == []
    assert "/interrupt" in server.paths


def test_another_s_job_is_never_interrupted(server: ComfyUIServer, desk: Desk) -> None:
    server.queue.append((0, "another", {}))
    server.failures = deque(["never"])
    with pytest.raises(TimedOut):
        draw(server, desk, wait_s=0.3)
    assert [name for _, name, _ in server.queue] == ["another"]
    assert "/interrupt" not in server.paths


def test_a_server_that_was_started_anew_or_is_something_else_is_told(server: ComfyUIServer, desk: Desk) -> None:
    server.looks = 1000

    class Forgets(Desk):
        def progress(self, fraction: float, text: str = "") -> None:
            server.queue.clear()

    with pytest.raises(ProviderError, match="has forgotten") as caught:
        draw(server, Forgets(desk.root, trusted=desk.trusted))
    assert caught.value.retryable
    server.says = "<!doctype html><title>Router</title>"
    with pytest.raises(ProviderError, match="web page"):
        draw(server, desk)


def test_what_an_earlier_run_has_asked_for_is_not_drawn_again(server: ComfyUIServer, desk: Desk) -> None:
    first = draw(server, desk)
    assert draw(server, desk).image == first.image
    assert (server.drawn, len(server.submitted)) == (1, 1)
    server.files.clear()  # but the server may have cleaned up
    assert draw(server, desk).image == first.image
    assert server.drawn == 2


def test_servers_that_name_jobs_themselves_work_too(desk: Desk) -> None:
    with running(names_jobs=False) as server:
        draw(server, desk)
        assert server.drawn == 1


@pytest.mark.parametrize(("save", "rate"), [("SaveAnimatedWEBP", 10.0), ("SaveVideo", 12.0), ("SaveImage", 8.0)])
def test_a_graph_may_give_a_film(server: ComfyUIServer, desk: Desk, save: str, rate: float) -> None:
    nodes = graph(save=save)
    request = MotionRequest(prompt="a cup turns", seconds=0.8, width=360, height=640, fps=30)
    provider = ComfyUIVideo(base_url=server.url, graph=saved(desk, nodes), side=128, rate=rate)
    if save == "SaveImage":
        with pytest.raises(ProviderError, match="it has one picture"):
            provider.animate(request, desk)
        return
    take = provider.animate(request, desk)
    assert (take.fps, take.frames) == (30, 24)
    facts = probe(desk.open(take.video)).video
    assert facts is not None
    assert (facts.frames, facts.width, facts.height) == (24, take.width, take.height)
    assert take.width / take.height == pytest.approx(9 / 16, rel=0.1)


def test_only_the_user_s_own_settings_open_the_local_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path))
    monkeypatch.setenv("AIGC_SERVERS", "")
    provider = ComfyUIImage(base_url="http://192.168.1.5:8188")
    refusals = [unmet(need, "comfyui", is_offline=False) for need in provider.requires()]
    assert isinstance(refusals[0], ConfigError)
    assert 'servers = ["192.168.1.5"]' in refusals[0].hint
    monkeypatch.setenv("AIGC_SERVERS", "192.168.1.5")
    assert [unmet(need, "comfyui", is_offline=True) for need in provider.requires()] == [None, None]
    public = ComfyUIImage(base_url="https://comfy.example.org")
    assert isinstance([unmet(need, "comfyui", is_offline=False) for need in public.requires()][1], MissingKey)


def test_a_graph_must_be_named() -> None:
    assert "no `graph` is named" in str(ComfyUIImage().misfit(Create(prompt="a cup")))


def test_a_run_that_is_killed_while_the_server_draws_takes_what_it_drew(server: ComfyUIServer, tmp_path: Path) -> None:
    (tmp_path / "graphs").mkdir()
    (tmp_path / "graphs" / "cup.json").write_text(json.dumps(graph()))
    (tmp_path / "w.yaml").write_text(
        "aigc: 1\nname: w\nsteps:\n  cup:\n    uses: image.create\n    provider: comfyui\n"
        f"    with: {{prompt: a cup, width: 64, height: 64, base_url: '{server.url}', graph: graphs/cup.json, side: 64}}\n"
        "outputs: {cup: '${{ steps.cup.image }}'}\n"
    )
    server.looks = 10_000
    command = [sys.executable, "-m", "aigc_cli", "run", str(tmp_path / "w.yaml"), "--out", str(tmp_path / "out"), "--json"]
    places = {"AIGC_CACHE_DIR": str(tmp_path / "cache"), "AIGC_CONFIG": str(tmp_path / "config"), "AIGC_SERVERS": "127.0.0.1"}
    environment = {**os.environ, **places}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True)
    wait_for(server, 1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    server.looks = 0
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    answer = json.loads(done.stdout)
    assert (answer["status"], len(server.submitted), server.drawn) == ("ok", 1, 1)
    with Image.open(io.BytesIO(Path(answer["outputs"]["cup"]).read_bytes())) as image:
        assert image.size == (64, 64)
