from __future__ import annotations

import gzip
import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from aigc_cli import fetch
from aigc_cli.errors import ProviderError, RateLimited, Refused

pytestmark = pytest.mark.network


class Handler(http.server.BaseHTTPRequestHandler):
    hits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Handler.hits.append(self.path)
        route = self.path.partition("?")[0]
        if route == "/ok":
            self.answer(200, b"hello", {"Content-Type": "text/csv; charset=utf-8"})
        elif route == "/packed":
            self.answer(200, gzip.compress(b"packed"), {"Content-Encoding": "gzip"})
        elif route == "/bomb":
            self.answer(200, gzip.compress(b"\0" * (64 << 20)), {"Content-Encoding": "gzip"})
        elif route == "/away":
            self.answer(302, b"", {"Location": "http://10.0.0.1/secret"})
        elif route == "/hop":
            self.answer(302, b"", {"Location": "/ok"})
        elif route == "/loop":
            self.answer(302, b"", {"Location": "/loop"})
        elif route == "/file":
            self.answer(302, b"", {"Location": "file:///etc/passwd"})
        elif route == "/slow-down":
            self.answer(429, b"", {"Retry-After": "7"})
        elif route == "/broken":
            self.answer(503, b"")
        elif route == "/long":
            self.answer(200, b"x" * 3_000_000)
        else:
            self.answer(404, b"")

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    Handler.hits = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_fetches_and_follows_redirects(server: str) -> None:
    page = fetch.get(f"{server}/hop", allow_local=True)
    assert (page.content, page.media_type, page.url) == (b"hello", "text/csv", f"{server}/ok")


def test_unpacks_within_bounds(server: str) -> None:
    assert fetch.get(f"{server}/packed", allow_local=True).content == b"packed"
    with pytest.raises(Refused, match="larger than"):
        fetch.get(f"{server}/bomb", allow_local=True, limit_bytes=1 << 20)
    with pytest.raises(Refused, match="larger than"):
        fetch.get(f"{server}/long", allow_local=True, limit_bytes=1 << 20)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"],
)
def test_every_spelling_of_this_machine_is_refused_and_never_reached(server: str, host: str) -> None:
    port = server.rpartition(":")[2]
    with pytest.raises((Refused, ProviderError)):
        fetch.get(f"http://{host}:{port}/ok")
    assert Handler.hits == []


def test_a_redirect_to_a_local_address_is_refused(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # 127.0.0.1 plays a public address here; the redirect leads to 10.0.0.1, which stays what it is.
    real = fetch.is_public
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1" or real(address))
    with pytest.raises(Refused, match="local or reserved"):
        fetch.get(f"{server}/away")
    with pytest.raises(Refused, match="not a web address"):
        fetch.get(f"{server}/file")


def test_the_name_is_resolved_once(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(server.rpartition(":")[2])
    asked = []

    def resolve(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        if host != "news.example":
            return real(host, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert fetch.get(f"http://news.example:{port}/ok", allow_local=True).content == b"hello"
    assert asked == ["news.example"]


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::", "2001:0:1::", "::127.0.0.1", "fe80::1%eth0"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not fetch.is_public(address)


def test_public_addresses() -> None:
    assert fetch.is_public("93.184.216.34")
    assert fetch.is_public("2606:2800:220:1::1")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://e.org/x",
        "http://",
        "http://a b/",
        "http://u:p@e.org/",
        "http://e.org:99999/",
        "gopher:x",
        "http://e.org/\r\nX: y",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        fetch.get(url)


def test_offline_nothing_is_asked(server: str) -> None:
    with pytest.raises(Refused, match="offline") as caught:
        fetch.get(f"{server}/ok?key=secret", is_offline=True, allow_local=True)
    assert "secret" not in str(caught.value)
    assert "--offline" in caught.value.hint
    assert Handler.hits == []


def test_answers_that_are_errors(server: str) -> None:
    with pytest.raises(RateLimited) as limited:
        fetch.get(f"{server}/slow-down", allow_local=True)
    assert limited.value.after_s == 7
    with pytest.raises(ProviderError) as broken:
        fetch.get(f"{server}/broken", allow_local=True)
    assert broken.value.retryable
    with pytest.raises(ProviderError, match="404") as gone:
        fetch.get(f"{server}/nothing", allow_local=True)
    assert not gone.value.retryable
    with pytest.raises(ProviderError, match="redirects"):
        fetch.get(f"{server}/loop", allow_local=True)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ProviderError, match="cannot connect") as caught:
        fetch.get(f"http://127.0.0.1:{port}/", allow_local=True)
    assert caught.value.retryable
