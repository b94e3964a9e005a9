"""A real HTTP server on the loopback interface that speaks ComfyUI's protocol: prompt, queue, history, view, upload, interrupt.

It knows a handful of node classes, checks a graph as ComfyUI does (unknown classes, missing inputs, values that are not in a
list), and draws: a disc on a ground whose colours follow the words and the seed, or the uploaded picture turned over.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import http.server
import io
import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image, ImageDraw, ImageOps

MODELS = ("sdxl.safetensors",)
INPUTS = {
    "CheckpointLoaderSimple": ("ckpt_name",),
    "CLIPTextEncode": ("text", "clip"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "KSampler": ("seed", "steps", "positive", "negative", "latent_image", "model"),
    "VAEDecode": ("samples", "vae"),
    "LoadImage": ("image",),
    "SaveImage": ("images", "filename_prefix"),
    "PreviewImage": ("images",),
    "SaveAnimatedWEBP": ("images", "fps"),
    "SaveVideo": ("images", "fps"),
}


@dataclass
class ComfyUIServer:
    url: str = ""
    submitted: list[dict[str, Any]] = field(default_factory=list)
    drawn: int = 0
    """How many graphs were run to their end: what costs the server's owner time."""
    paths: list[str] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)
    queue: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    failures: deque[str] = field(default_factory=deque)
    """One for each graph that is run: `error`, `memory`, `interrupted`, `never`, `nothing`."""
    names_jobs: bool = True
    """False as servers of before 2025, which give jobs numbers of their own."""
    looks: int = 1
    """How often a job is looked at before it is done."""
    says: str = ""
    """Answers everything with these words instead, as another program at this address would."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def advance(self) -> None:
        """Runs the job that is first in the queue, once it has been looked at often enough."""
        if not self.queue or self.looks > 0:
            self.looks -= 1
            return
        number, name, nodes = self.queue[0]
        failure = self.failures.popleft() if self.failures else ""
        if failure == "never":
            self.failures.appendleft(failure)
            return
        self.queue.pop(0)
        if failure in ("error", "memory", "interrupted"):
            kind = "execution_interrupted" if failure == "interrupted" else "execution_error"
            told = {
                "prompt_id": name,
                "node_id": "3",
                "node_type": "KSampler",
                "exception_message": "Allocation on device\x1b[31m"
                if failure == "memory"
                else "mat1 and mat2 shapes\ncannot be multiplied",
                "exception_type": "torch.OutOfMemoryError" if failure == "memory" else "RuntimeError",
            }
            status = {"status_str": "error", "completed": False, "messages": [["execution_start", {}], [kind, told]]}
            self.history[name] = {"prompt": [number, name, nodes, {}, []], "outputs": {}, "status": status}
            return
        outputs = {} if failure == "nothing" else {key: made for key, node in nodes.items() if (made := self.made(key, node, nodes))}
        self.drawn += 1
        status = {"status_str": "success", "completed": True, "messages": []}
        self.history[name] = {"prompt": [number, name, nodes, {}, []], "outputs": outputs, "status": status}

    def made(self, key: str, node: Mapping[str, Any], nodes: Mapping[str, Any]) -> dict[str, Any] | None:
        kind = node["class_type"]
        if kind not in ("SaveImage", "PreviewImage", "SaveAnimatedWEBP", "SaveVideo"):
            return None
        image, count = self.image(nodes), 9
        target, ending = io.BytesIO(), "png"
        if kind == "SaveAnimatedWEBP":
            film = [moved(image, number / count) for number in range(count)]
            film[0].save(target, "WEBP", save_all=True, append_images=film[1:], duration=round(1000 / node["inputs"]["fps"]), lossless=True)
            ending = "webp"
        elif kind == "SaveVideo":
            target, ending = io.BytesIO(mp4([moved(image, number / count) for number in range(count)], round(node["inputs"]["fps"]))), "mp4"
        else:
            image.save(target, "PNG", compress_level=1)
        name = f"{uuid.uuid4().hex[:8]}_{key}.{ending}"
        self.files[name] = target.getvalue()
        place = {"filename": name, "subfolder": "aigc", "type": "temp" if kind == "PreviewImage" else "output"}
        return {"images": [place], **({"animated": [True]} if ending in ("webp", "mp4") else {})}

    def image(self, nodes: Mapping[str, Any]) -> Image.Image:
        by_class = {node["class_type"]: node["inputs"] for node in nodes.values()}
        if "LoadImage" in by_class:
            return ImageOps.mirror(Image.open(io.BytesIO(self.uploads[by_class["LoadImage"]["image"]])).convert("RGB"))
        size = by_class["EmptyLatentImage"]["width"], by_class["EmptyLatentImage"]["height"]
        words = sorted(node["inputs"]["text"] for node in nodes.values() if node["class_type"] == "CLIPTextEncode")
        digest = hashlib.sha256(repr((words, by_class["KSampler"]["seed"])).encode()).digest()
        image = Image.new("RGB", size, (200, 190, digest[0] // 2 + 90))
        box = (size[0] * 0.3, size[1] * 0.3, size[0] * 0.7, size[1] * 0.7)
        ImageDraw.Draw(image).ellipse(box, fill=(digest[1] // 2, 40, digest[2] // 2))
        return image


def moved(image: Image.Image, part: float) -> Image.Image:
    return image.rotate(0, translate=(round(part * image.width / 3), 0), fillcolor=(200, 190, 150))


def mp4(frames: list[Image.Image], rate: int) -> bytes:
    import av

    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *frames[0].size, "yuv420p"
        for each in frames:
            out.mux(stream.encode(av.VideoFrame.from_image(each)))
        out.mux(stream.encode())
    return target.getvalue()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: ComfyUIServer

    def log_message(self, *_: Any) -> None: ...

    def send(self, status: int, body: bytes, media_type: str = "application/json; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def json(self, value: Any, status: int = 200) -> None:
        self.send(status, json.dumps(value).encode())

    def do_GET(self) -> None:
        state, parts = self.state, urlsplit(self.path)
        with state.lock:
            state.paths.append(parts.path)
            if state.says:
                self.send(200, state.says.encode(), "text/html")
            elif parts.path.startswith("/history/"):
                state.advance()
                name = parts.path.removeprefix("/history/")
                self.json({name: state.history[name]} if name in state.history else {})
            elif parts.path == "/queue":
                rows = [[number, name, nodes, {}, []] for number, name, nodes in state.queue]
                self.json({"queue_running": rows[:1], "queue_pending": rows[1:]})
            elif parts.path == "/view":
                query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
                found = state.files.get(query.get("filename", "")) if query.get("subfolder") == "aigc" else None
                self.send(200, found, "application/octet-stream") if found is not None else self.send(404, b"", "text/plain")
            else:
                self.send(404, b"404: Not Found", "text/plain")

    def do_POST(self) -> None:
        state = self.state
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with state.lock:
            state.paths.append(self.path)
            if state.says:
                self.send(200, state.says.encode(), "text/html")
            elif self.path == "/upload/image":
                self.upload(raw)
            elif self.path == "/prompt":
                self.prompt(json.loads(raw))
            elif self.path == "/queue":
                gone = json.loads(raw).get("delete", [])
                state.queue = [each for each in state.queue if each[1] not in gone]
                self.send(200, b"", "text/plain")
            elif self.path == "/interrupt":
                state.queue = state.queue[1:]
                self.send(200, b"", "text/plain")
            else:
                self.send(405, b"405: Method Not Allowed", "text/plain")

    def upload(self, raw: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + raw, policy=email.policy.HTTP)
        for part in message.iter_parts():
            if part.get_param("name", header="content-disposition") == "image":
                name, content = part.get_filename(), part.get_payload(decode=True)
                assert name is not None
                assert isinstance(content, bytes)
                self.state.uploads[name] = content
                self.json({"name": name, "subfolder": "", "type": "input"})
                return
        self.send(400, b"", "text/plain")

    def prompt(self, body: Mapping[str, Any]) -> None:
        state, nodes = self.state, body["prompt"]
        state.submitted.append(nodes)
        for key, node in nodes.items():
            if node["class_type"] not in INPUTS:
                message = f"Cannot execute because node {node['class_type']} does not exist."
                error = {"type": "invalid_prompt", "message": message, "details": f"Node ID '#{key}'"}
                self.json({"error": {**error, "extra_info": {}}, "node_errors": {}}, 400)
                return
        wrong = {key: found for key, node in nodes.items() if (found := self.checked(node, nodes))}
        if wrong:
            error = {
                "type": "prompt_outputs_failed_validation",
                "message": "Prompt outputs failed validation",
                "details": "",
            }
            self.json({"error": error, "node_errors": wrong}, 400)
            return
        name = str(body.get("prompt_id") or uuid.uuid4()) if state.names_jobs else str(uuid.uuid4())
        state.queue.append((len(state.submitted), name, nodes))
        self.json({"prompt_id": name, "number": len(state.submitted), "node_errors": {}})

    def checked(self, node: Mapping[str, Any], nodes: Mapping[str, Any]) -> dict[str, Any]:
        errors = []
        for key in INPUTS[node["class_type"]]:
            value = node["inputs"].get(key)
            if value is None:
                errors.append({"type": "required_input_missing", "message": "Required input is missing", "details": key, "extra_info": {}})
            elif key in ("seed", "width", "height") and not isinstance(value, int):
                details = f"{key}, {value}, invalid literal for int()"
                errors.append(
                    {"type": "invalid_input_type", "message": "Failed to convert an input value to a INT value", "details": details}
                )
            elif key == "ckpt_name" and value not in MODELS:
                errors.append(
                    {"type": "value_not_in_list", "message": "Value not in list", "details": f"{key}: '{value}' not in {list(MODELS)}"}
                )
            elif key == "image" and value not in self.state.uploads:
                details = f"Invalid image file: {value}"
                errors.append({"type": "custom_validation_failed", "message": "Custom validation failed for node", "details": details})
        return {"errors": errors, "dependent_outputs": ["9"], "class_type": node["class_type"]} if errors else {}


@contextmanager
def running(**options: Any) -> Iterator[ComfyUIServer]:
    state = ComfyUIServer(**options)
    handler = type("Handler", (_Handler,), {"state": state})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def graph(*, save: str = "SaveImage", **changes: Any) -> dict[str, Any]:
    """The graph that ComfyUI shows first, as it exports it for its API, with places; `changes` are inputs such as `n3_seed`."""
    nodes: dict[str, Any] = {
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": "{seed}",
                "steps": 20,
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
                "model": ["4", 0],
            },
        },
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": "{width}", "height": "{height}", "batch_size": 1}},
        "6": {
            "class_type": "CLIPTextEncode",
            "inputs": {"text": "photo of {prompt}, film grain", "clip": ["4", 1]},
            "_meta": {"title": "Positive"},
        },
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "{negative}", "clip": ["4", 1]}, "_meta": {"title": "Negative"}},
        "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
        "9": {"class_type": save, "inputs": {"images": ["8", 0], "filename_prefix": "ComfyUI"}},
    }
    if save in ("SaveAnimatedWEBP", "SaveVideo"):
        nodes["9"]["inputs"]["fps"] = "{rate}"
    for name, value in changes.items():
        node, _, key = name.removeprefix("n").partition("_")
        nodes[node]["inputs"][key] = value
    return nodes


def wait_for(state: ComfyUIServer, count: int) -> None:
    """Waits until so many graphs were handed in."""
    for _ in range(600):
        if len(state.submitted) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was handed in")
