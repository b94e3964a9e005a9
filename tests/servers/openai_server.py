"""A real HTTP server on the loopback interface that speaks OpenAI's protocol: chat (whole and streamed), images, and its failures.

A test hands it answers, one per call, and failures by name; it counts calls and keeps what it was asked.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import struct
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

KEY = "sk-canary-1f6e0c2b7a"


@dataclass
class Call:
    path: str
    body: Any
    headers: dict[str, str]
    raw: bytes


@dataclass
class OpenAIServer:
    """`answers` are texts for chat calls, in order, the last one again and again; `failures` come first, one per call."""

    url: str = ""
    answers: deque[str] = field(default_factory=deque)
    failures: deque[str] = field(default_factory=deque)
    calls: list[Call] = field(default_factory=list)
    finished: int = 0
    is_streaming: bool = True
    has_usage: bool = True
    needs_key: bool = True
    finish: str = "stop"
    refusal: str = ""
    delay_s: float = 0.0
    stop: Callable[[], None] = lambda: None
    """Stops listening, as a server that dies."""
    paint: Callable[[Mapping[str, Any]], bytes] | None = None
    on_call: Callable[[int], None] | None = None
    unwanted: Mapping[str, str] = field(default_factory=dict)
    """Parameters that this server refuses, and how it says so: `param`, `words`, `detail`; `schema` refuses one value of it."""

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def next_answer(self) -> str:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    rows = (b"\0" + bytes(colour) * width) * height

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: OpenAIServer

    def log_message(self, *_: Any) -> None: ...

    def send(self, status: int, body: bytes, media_type: str = "application/json", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def error(self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps({"error": {"message": message, "type": "error", "code": code or None}}).encode()
        self.send(status, body, headers=headers)

    def do_POST(self) -> None:
        state = self.state
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_json = self.headers.get("Content-Type", "").startswith("application/json")
        body = json.loads(raw) if is_json else None
        state.calls.append(Call(self.path, body, dict(self.headers), raw))
        if state.on_call is not None:
            try:
                state.on_call(len(state.calls))
            except ConnectionAbortedError:  # the network goes away in the middle of the call
                self.close_connection = True
                return
        time.sleep(state.delay_s)
        if state.needs_key and self.headers.get("Authorization") != f"Bearer {KEY}":
            self.error(
                401, f"Incorrect API key provided: {self.headers.get('Authorization', '').removeprefix('Bearer ')}.", "invalid_api_key"
            )
            return
        if state.failures and self.fail(state.failures.popleft()):
            return
        if body is not None and (name := next((each for each in state.unwanted if each in body), "")) and self.refuse(name, body):
            return
        if self.path == "/v1/chat/completions":
            self.chat(body)
        elif self.path in ("/v1/images/generations", "/v1/images/edits"):
            self.image(body if body is not None else {"multipart": raw})
        else:
            self.error(404, f"Unknown path {self.path}")
            return
        state.finished += 1

    def refuse(self, name: str, body: Mapping[str, Any]) -> bool:
        """Refuses a parameter in the words of one of the servers there are: OpenAI, a gateway, one made with FastAPI, one for chat only."""
        style = self.state.unwanted[name]
        if style == "param":
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            error = {"message": message, "type": "invalid_request_error", "param": name, "code": "unsupported_parameter"}
            self.send(400, json.dumps({"error": error}).encode())
        elif style == "words":
            self.error(400, f"Unrecognized request argument supplied: {name}")
        elif style == "detail":
            detail = [{"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}]
            self.send(422, json.dumps({"detail": detail}).encode())
        elif body["response_format"]["type"] == "json_schema":
            self.error(400, "response_format of type json_schema is not supported; use json_object")
        else:
            return False
        return True

    def fail(self, name: str) -> bool:
        """Fails as named; `ok` lets this call through."""
        if name == "ok":
            return False
        kind, _, value = name.partition(":")
        if kind == "429":
            self.error(429, "Rate limit reached", "rate_limit_exceeded", {"Retry-After": value} if value else None)
        elif kind == "quota":
            self.error(429, "You exceeded your current quota", "insufficient_quota")
        elif kind == "status":
            self.error(int(value), f"status {value}")
        elif kind == "refused":
            self.error(400, "Your request was rejected as a result of our safety system", "content_policy_violation")
        elif kind == "echo":
            self.error(400, f"the key {self.headers.get('Authorization')} is not allowed here")
        elif kind == "html":
            self.send(200, b"<!doctype html><title>Login</title>", "text/html; charset=utf-8")
        elif kind == "half":
            self.send(200, b'{"choices": [{"message": {"content": "{\\"ti')
        elif kind == "text":
            self.send(200, b"all good", "text/plain")
        elif kind == "cut":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"choices": [')
            self.close_connection = True
        elif kind == "cut-stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b'data: {"choices": [{"delta": {"content": "{\\"title\\": "}}]}\n\n')
            self.close_connection = True
        elif kind == "away":
            self.send(302, b"", headers={"Location": "http://192.0.2.1/steal"})
        elif kind == "slow":
            time.sleep(float(value))
            return False
        else:
            raise AssertionError(name)
        return True

    def chat(self, body: Mapping[str, Any]) -> None:
        state = self.state
        text = "" if state.refusal else state.next_answer()
        usage = {
            "prompt_tokens": sum(len(json.dumps(turn["content"], ensure_ascii=False)) for turn in body["messages"]) // 5,
            "completion_tokens": max(1, len(text) // 4),
        }
        if not (body.get("stream") and state.is_streaming):
            message = {"role": "assistant", "content": text or None, "refusal": state.refusal or None}
            answer: dict[str, Any] = {"choices": [{"message": message, "finish_reason": state.finish}]}
            if state.has_usage:
                answer["usage"] = usage
            self.send(200, json.dumps(answer).encode())
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
        deltas: list[dict[str, Any]] = [{"role": "assistant"}, *({"content": piece} for piece in pieces)]
        if state.refusal:
            deltas.append({"refusal": state.refusal})
        events: list[dict[str, Any]] = [{"choices": [{"delta": delta, "finish_reason": None}]} for delta in deltas]
        events.append({"choices": [{"delta": {}, "finish_reason": state.finish}]})
        if state.has_usage and body.get("stream_options", {}).get("include_usage"):
            events.append({"choices": [], "usage": usage})
        data = (
            b": a comment\n\n"
            + b"".join(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode() for event in events)
            + b"data: [DONE]\n\n"
        )
        for at in range(0, len(data), 97):  # in pieces that end in the middle of lines and of characters
            self.wfile.write(data[at : at + 97])
            self.wfile.flush()
        self.close_connection = True

    def image(self, body: Mapping[str, Any]) -> None:
        state = self.state
        seed = hashlib.sha256(repr(sorted(body.items())).encode()).digest()
        data = state.paint(body) if state.paint is not None else png(64, 64, (seed[0], seed[1], seed[2]))
        self.send(200, json.dumps({"data": [{"b64_json": base64.b64encode(data).decode()}]}).encode())


@contextmanager
def running(port: int = 0, **options: Any) -> Iterator[OpenAIServer]:
    state = OpenAIServer(**options)
    handler = type("Handler", (_Handler,), {"state": state})
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True

        def stop() -> None:
            server.shutdown()
            server.server_close()

        state.stop = stop
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
