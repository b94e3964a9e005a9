"""A server on this machine that speaks the protocol of a model hub: facts of a revision, files by range, redirects, tokens.

`faults` says what goes wrong: `cut` closes the connection in the middle of the first big file, once; `swap` sends other
bytes of the same length; `gate` wants a token; `html` answers with a page; `down` with 503.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "c0ffee" + "0" * 34
OLDER = "0ldbee".replace("l", "1") + "1" * 34
_BIG = 1 << 16


@dataclass
class HubServer:
    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    licence: str = "apache-2.0"
    faults: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    ranges: list[str] = field(default_factory=list)


def _facts(state: HubServer, revision: str) -> dict[str, Any]:
    siblings = []
    for name, content in state.files.items():
        item: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": _git(content)}
        if len(content) > _BIG:
            item["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
        siblings.append(item)
    return {
        "_id": "1",
        "id": "owner/name",
        "modelId": "owner/name",
        "sha": COMMIT if revision == "main" else revision,
        "private": False,
        "gated": "manual" if "gate" in state.faults else False,
        "siblings": siblings,
        "tags": [],
        "cardData": {"license": state.licence} if state.licence else {},
    }


def _git(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


def _handler(state: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def _answer(self, code: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _refuse(self, code: int, what: str, message: str) -> None:
            self._answer(code, json.dumps({"error": message}).encode(), X_Error_Code=what, X_Error_Message=message)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            state.asked.append(f"{self.command} {self.path}")
            path = self.path.partition("?")[0]
            if "down" in state.faults:
                return self._answer(503, b"busy")
            if "html" in state.faults:
                return self._answer(200, b"<html>welcome to the hotel</html>", Content_Type="text/html")
            facts = re.fullmatch(r"/api/models/(.+?)(?:/revision/(.+))?", path)
            file = re.fullmatch(r"/(.+?/.+?)/resolve/(.+?)/(.+)", path)
            model = (facts or file)[1] if facts or file else ""
            revision = ((facts or file)[2] if facts or file else "") or "main"
            if model != "owner/name":
                return self._refuse(404, "RepoNotFound", "Repository not found")
            if "gate" in state.faults and file and not self.headers.get("Authorization"):
                return self._refuse(401, "GatedRepo", "Access to model owner/name is restricted")
            if revision not in ("main", COMMIT, OLDER):
                return self._refuse(404, "RevisionNotFound", "Invalid rev id")
            if facts:
                return self._answer(200, json.dumps(_facts(state, revision)).encode(), Content_Type="application/json")
            assert file
            if file[3] not in state.files:
                return self._refuse(404, "EntryNotFound", "Entry not found")
            return self._file(file[3], COMMIT if revision == "main" else revision)

        def _file(self, name: str, commit: str) -> None:
            content = state.files[name]
            is_big = len(content) > _BIG
            etag = hashlib.sha256(content).hexdigest() if is_big else _git(content)
            headers = {"ETag": f'"{etag}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
            if is_big:
                headers |= {"X-Linked-Size": str(len(content)), "X-Linked-Etag": f'"{etag}"'}
            start = 0
            if asked := self.headers.get("Range"):
                state.ranges.append(asked)
                start = int(asked.removeprefix("bytes=").partition("-")[0])
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            body = content[start:]
            if is_big and "swap" in state.faults:
                body = bytes(255 - each for each in body)
            self.send_response(206 if start else 200)
            for key, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            if is_big and "cut" in state.faults:
                state.faults.discard("cut")
                body = body[: len(body) // 2]
                self.close_connection = True
            state.sent += len(body)
            self.wfile.write(body)

    return Handler


@contextlib.contextmanager
def hub() -> Iterator[HubServer]:
    """Runs the server on a free port of the loopback interface."""
    state = HubServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
