"""A server on this machine that speaks OpenAI's protocol for speech, in chunks, and fails on demand.

The model asked for says how it behaves: `good`, or the name of a failure, or `NAME-once` for one that passes.
"""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np

from tests.voicebox import say, wav

KEY = "sk-test-canary-1234567890"
RATE_HZ = 24_000


@dataclass
class SpeechServer:
    base_url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)


def encoded(samples: np.ndarray, form: str) -> bytes:
    """The sound as a file in one of the protocol's formats."""
    if form == "wav":
        return wav(samples, RATE_HZ)
    if form == "pcm":
        return np.rint(samples * 32767).astype("<i2").tobytes()
    codec, container, kind = {
        "mp3": ("libmp3lame", "mp3", "s16p"),
        "flac": ("flac", "flac", "s16"),
        "opus": ("libopus", "ogg", "s16"),
    }[form]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        rate = 48_000 if form == "opus" else RATE_HZ
        stream = file.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(kind, "mono", rate, stream.codec_context.frame_size or 4096)
        frame = av.AudioFrame.from_ndarray(np.rint(samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        for made in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(made))
        file.mux(stream.encode())
    return buffer.getvalue()


@contextlib.contextmanager
def running() -> Iterator[SpeechServer]:
    state = SpeechServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append(body)
            state.headers.append({name.lower(): value for name, value in self.headers.items()})
            model = body["model"]
            state.calls[model] += 1
            name, _, once = model.partition("-")
            mode = "good" if once and state.calls[model] > 1 else name
            if self.headers["Authorization"] != f"Bearer {KEY}":
                mode = "unauthorised"
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                getattr(self, f"_{mode}")(body)

        def _good(self, body: dict[str, Any]) -> None:
            samples, _ = say(body["input"], speed=body.get("speed", 1.0), rate_hz=RATE_HZ)
            self._sound(encoded(samples, body["response_format"]))

        def _sound(self, content: bytes, *, is_cut: bool = False, wait_s: float = 0.0) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "audio/wav")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            pieces = [content[start : start + 4096] for start in range(0, len(content), 4096)]
            for number, piece in enumerate(pieces):
                if is_cut and number == len(pieces) // 2:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                time.sleep(wait_s)
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")

        def _cut(self, body: dict[str, Any]) -> None:
            self._sound(wav(say(body["input"], rate_hz=RATE_HZ)[0], RATE_HZ), is_cut=True)

        def _short(self, body: dict[str, Any]) -> None:
            self._sound(wav(say("Hm.", rate_hz=RATE_HZ)[0], RATE_HZ))

        def _long(self, body: dict[str, Any]) -> None:
            self._sound(wav(say(body["input"] * 60, rate_hz=RATE_HZ)[0], RATE_HZ))

        def _silent(self, body: dict[str, Any]) -> None:
            self._sound(wav(np.zeros(RATE_HZ * 4, np.float32), RATE_HZ))

        def _clipped(self, body: dict[str, Any]) -> None:
            self._sound(wav(np.clip(say(body["input"], rate_hz=RATE_HZ)[0] * 40, -1, 1), RATE_HZ))

        def _half(self, body: dict[str, Any]) -> None:
            samples = say(body["input"], rate_hz=RATE_HZ)[0]
            self._sound(wav(samples[: int(len(samples) * 0.9) // 3600 * 3600 + 1200], RATE_HZ))

        def _slow(self, body: dict[str, Any]) -> None:
            time.sleep(3)
            self._good(body)

        def _empty(self, body: dict[str, Any]) -> None:
            self._sound(b"")

        def _html(self, body: dict[str, Any]) -> None:
            self._answer(200, b"<!doctype html><html>Log in</html>", "text/html")

        def _page(self, body: dict[str, Any]) -> None:
            self._answer(200, b"<!doctype html><html>Log in</html>", "audio/wav")

        def _json(self, body: dict[str, Any]) -> None:
            self._answer(200, b'{"error": "no"}', "application/json")

        def _limited(self, body: dict[str, Any]) -> None:
            self._error(429, "slow down", {"Retry-After": "1"})

        def _broken(self, body: dict[str, Any]) -> None:
            self._error(500, "oh no")

        def _third(self, body: dict[str, Any]) -> None:
            return self._broken(body) if body["input"].startswith("Three") else self._good(body)

        def _missing(self, body: dict[str, Any]) -> None:
            self._error(404, "no such model")

        def _unauthorised(self, body: dict[str, Any]) -> None:
            self._error(401, f"Incorrect API key provided: {self.headers['Authorization']}")

        def _error(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
            self._answer(status, json.dumps({"error": {"message": message, "type": "x"}}).encode(), "application/json", headers)

        def _answer(self, status: int, content: bytes, media_type: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.base_url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield state
        server.shutdown()
