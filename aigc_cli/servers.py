"""Calls servers that speak JSON over HTTP, guarded and with typed errors: the client of every provider with a key.

A workflow may come from a stranger, and it may name a server. So a key belongs to a host (`api.openai.com` takes the key
`openai`, any other host the key of its own name), a host of the local network must be trusted in the user's own settings,
a key never travels unencrypted beyond this machine, and redirects are never followed. Nothing here retries: the engine
does, for errors that say `retryable`.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from aigc_cli import fetch
from aigc_cli.contracts import Context, Need
from aigc_cli.errors import AigcError, KeyRefused, MissingKey, ProviderError, QuotaSpent, RateLimited, Refused, TimedOut

if TYPE_CHECKING:
    import httpx

KEY_NAMES = {"api.openai.com": "openai"}
"""Hosts whose key has a name of its own; the key of any other host is called like the host."""
MAX_ANSWER_BYTES = 128 << 20
_AGENT = "aigc"
_QUOTA = ("insufficient_quota", "billing_hard_limit_reached", "quota_exceeded")
_REFUSED = ("content_policy_violation", "content_filter", "moderation_blocked", "unsafe_content")


class WrongRequest(ProviderError):
    """The server does not take the request as it is: `parameter` is what it names (may be empty), `told` all that it says."""

    def __init__(self, message: str, hint: str = "", *, parameter: str = "", told: str = "") -> None:
        super().__init__(message, hint)
        self.parameter = parameter
        self.told = told


@dataclass(frozen=True)
class Answer:
    """What came back whole: its media type without parameters, and its bytes."""

    media_type: str
    content: bytes


def key_name(base_url: str) -> str:
    """What the key for a server is called: `openai` for OpenAI itself, else the server's host."""
    host = fetch.parse(base_url).host
    return KEY_NAMES.get(host, f"{host}." if host in KEY_NAMES.values() else host)  # a machine that calls itself `openai` is not OpenAI


def host_of(base_url: str) -> str:
    """The host of a server, as price lists name it. Raises Refused when the address is not one."""
    return fetch.parse(base_url).host


def needs(base_url: str) -> tuple[Need, ...]:
    """What a provider that calls this server needs: the network, and the server's key."""
    try:
        return (Need("network", host_of(base_url)), Need("key", key_name(base_url)))
    except Refused:
        return (Need("network", base_url),)


def connect(base_url: str, ctx: Context, *, read_s: float = 120.0, total_s: float = 600.0) -> Server:
    """The server at an address, with its key and with what the user's settings allow.

    Args:
        base_url: address of the server up to its version, such as `https://api.openai.com/v1`.
        ctx: gives the key; a trusted host of the local network may do without.
        read_s: seconds to wait for more of an answer.
        total_s: seconds for a whole answer.

    Raises MissingKey, and Refused when the run is offline or the address is not allowed.
    """
    target = fetch.parse(base_url)
    is_trusted = ctx.is_trusted(target.host)
    if ctx.is_offline and not is_trusted:
        raise Refused(f"`{target.host}` is on the network, and the run is offline", "leave `--offline` away, or name another provider")
    try:
        key = ctx.key(key_name(base_url))
    except MissingKey:
        if not is_trusted:
            raise
        key = ""
    if key and target.scheme == "http" and not _is_loopback(target.host):
        raise Refused(f"the key for `{target.host}` would travel unencrypted", "use an address that starts with `https://`")
    return Server(base_url.rstrip("/"), key=key, is_trusted=is_trusted, read_s=read_s, total_s=total_s)


def _is_loopback(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


@dataclass(frozen=True)
class Server:
    """A server and how to speak to it; made by `connect`. Every method raises the typed errors of this module's `failure`."""

    base_url: str
    key: str = field(default="", repr=False)
    is_trusted: bool = False
    connect_s: float = 10.0
    read_s: float = 120.0
    total_s: float = 600.0

    @property
    def name(self) -> str:
        """The server's host, for messages and price lists."""
        return host_of(self.base_url)

    def ask(self, path: str, body: Mapping[str, Any], *, mark: str = "") -> Any:
        """Posts JSON and returns the JSON that is answered. Raises ProviderError for a web page, for half an answer, for no JSON.

        Equal requests count as one and the same for a server that knows idempotency keys; another `mark` makes them two.
        """
        return self.read_json(self.ask_bytes(path, body, accept="application/json", mark=mark))

    def ask_form(self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes, str]], *, mark: str = "") -> Any:
        """Posts a form with files (name, bytes, media type) and returns the JSON that is answered."""
        digest = hashlib.sha256(json.dumps([dict(fields), mark], sort_keys=True).encode())
        for each in files.values():
            digest.update(each[1])
        with self._open(path, {"data": dict(fields), "files": dict(files)}, digest.hexdigest(), "application/json") as response:
            return self.read_json(self._read(response))

    def ask_bytes(self, path: str, body: Mapping[str, Any], *, accept: str = "*/*", mark: str = "") -> Answer:
        """Posts JSON and returns the answer as it is, such as sound. Raises ProviderError when it is cut short."""
        content = _json(body)
        with self._open(path, {"content": content}, hashlib.sha256(content + mark.encode()).hexdigest(), accept) as response:
            return self._read(response)

    def get_json(self, path: str) -> Any:
        """The JSON at a path. Raises ProviderError for a web page, for half an answer, for no JSON."""
        return self.read_json(self.get_bytes(path, accept="application/json"))

    def get_bytes(self, path: str, *, accept: str = "*/*") -> Answer:
        """What is at a path. Raises ProviderError when it is cut short."""
        with self._open(path, None, "", accept) as response:
            return self._read(response)

    def stream(self, path: str, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Posts JSON and gives the events of the answer as they come.

        A server that does not stream gives its one answer. Raises ProviderError when the stream ends before its `[DONE]`.
        """
        content = _json(body)
        with self._open(path, {"content": content}, hashlib.sha256(content).hexdigest(), "text/event-stream") as response:
            if _media_type(response) != "text/event-stream":
                yield self.read_json(self._read(response))
                return
            for data in self._events(response):
                if data == b"[DONE]":
                    return
                event = _parsed(data, self.name)
                if isinstance(event, dict) and event.get("error"):
                    raise failure(self, 200, {"error": event["error"]}, {})
                if isinstance(event, dict):
                    yield event
        raise ProviderError(f"`{self.name}` stopped in the middle of its answer", "try again", retryable=True)

    def read_json(self, answer: Answer) -> Any:
        """The JSON of an answer. Raises ProviderError for anything else."""
        if answer.media_type in ("text/html", "application/xhtml+xml"):
            raise ProviderError(
                f"`{self.name}` answered with a web page instead of JSON",
                "check `base_url`: it often ends with `/v1`; or a portal is in the way",
            )
        return _parsed(answer.content, self.name)

    @contextlib.contextmanager
    def _open(self, path: str, payload: Mapping[str, Any] | None, idempotency: str, accept: str) -> Iterator[httpx.Response]:
        import httpx

        target = fetch.parse(f"{self.base_url}/{path.lstrip('/')}")
        headers = {
            "Host": target.authority,
            "User-Agent": _AGENT,
            "Accept": accept,
            "Accept-Encoding": "identity",
        }
        if idempotency:  # equal requests carry an equal mark: a server that knows it gives the same answer again, and bills it once
            headers["Idempotency-Key"] = f"aigc-{idempotency[:40]}"
        if payload is not None and "content" in payload:
            headers["Content-Type"] = "application/json"
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        limits = httpx.Timeout(self.read_s, connect=self.connect_s)
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=limits) as client:
            response = self._send(client, target, headers, payload)
            try:
                if response.status_code != 200:
                    self._fail(response)
                yield response
            except httpx.TimeoutException as error:
                raise TimedOut(f"`{self.name}` stopped answering", "try again later") from error
            except httpx.HTTPError as error:
                raise ProviderError(f"the connection to `{self.name}` broke", "try again", retryable=True) from error
            finally:
                response.close()

    def _send(
        self, client: httpx.Client, target: fetch.Target, headers: Mapping[str, str], payload: Mapping[str, Any] | None
    ) -> httpx.Response:
        import httpx

        failed: Exception | None = None
        for address in fetch.resolve(target, allow_local=self.is_trusted)[:3]:
            host = f"[{address}]" if ":" in address else address
            url = f"{target.scheme}://{host}:{target.port}{target.rest}"
            request = client.build_request(
                "GET" if payload is None else "POST",
                url,
                headers=dict(headers),
                extensions={"sni_hostname": target.host},
                **(payload or {}),
            )
            try:
                return client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = error
            except httpx.TimeoutException as error:
                raise TimedOut(f"`{self.name}` did not answer in time", "try again later") from error
            except httpx.HTTPError as error:
                raise ProviderError(f"the connection to `{self.name}` broke", "try again", retryable=True) from error
        raise ProviderError(f"cannot connect to `{self.name}`", "check `base_url` and the network", retryable=True) from failed

    def _read(self, response: httpx.Response, limit: int = MAX_ANSWER_BYTES) -> Answer:
        deadline = time.monotonic() + self.total_s
        content = bytearray()
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > limit:
                raise ProviderError(f"the answer of `{self.name}` is larger than {limit >> 20} MiB", "ask for less")
            if time.monotonic() > deadline:
                raise TimedOut(f"`{self.name}` is too slow", "try again later")
        return Answer(_media_type(response), bytes(content))

    def _events(self, response: httpx.Response) -> Iterator[bytes]:
        """The data of server-sent events, one by one."""
        deadline = time.monotonic() + self.total_s
        rest, size, data = b"", 0, []
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > MAX_ANSWER_BYTES:
                raise ProviderError(f"the answer of `{self.name}` does not end", "ask for less")
            if time.monotonic() > deadline:
                raise TimedOut(f"`{self.name}` is too slow", "try again later")
            *lines, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    data.append(line[5:].strip())
                elif not line and data:
                    yield b"\n".join(data)
                    data = []
        if rest.startswith(b"data:"):
            data.append(rest[5:].strip())
        if data:
            yield b"\n".join(data)

    def _fail(self, response: httpx.Response) -> None:
        answer = self._read(response, 1 << 20)
        try:
            body = json.loads(answer.content)
        except (ValueError, RecursionError):
            body = {}
        raise failure(self, response.status_code, body, response.headers)


def failure(server: Server, status: int, body: Any, headers: Mapping[str, str]) -> AigcError:
    """The typed error for an answer that is not what was asked for.

    KeyRefused for 401 and 403, QuotaSpent and RateLimited for 429 (with the server's own wish in seconds), Refused for
    content, TimedOut for 408 and 504, retryable ProviderError for what may pass, WrongRequest for what is left.
    """
    told, code = _told(body, server.key)
    words = f": {told}" if told else ""
    name = server.name
    if code in _REFUSED:
        return Refused(f"`{name}` refused the content{words}", "change the words it was asked with, or name another provider")
    if code in _QUOTA or status == 402:
        return QuotaSpent(f"the account at `{name}` has no credit left{words}", "add credit there, or name another provider")
    if status in (401, 403):
        return KeyRefused(
            f"`{name}` does not take the key{words}", f"check the key `{key_name(server.base_url)}`: `aigc doctor` says where it is set"
        )
    if status == 429:
        return RateLimited(f"`{name}` asks to slow down{words}", "try again later, or use fewer `--jobs`", after_s=_after_s(headers))
    if status in (408, 504):
        return TimedOut(f"`{name}` did not answer in time", "try again later")
    if 300 <= status < 400:
        return ProviderError(f"`{name}` sends elsewhere, which is not followed with a key", "give the address it leads to as `base_url`")
    if status == 404:
        return ProviderError(f"`{name}` does not know this model or path{words}", "check `model` and `base_url`")
    if status >= 500 or status in (409, 425) or status == 200:
        return ProviderError(f"`{name}` answered {status}{words}", "the server has a problem: try again later", retryable=True)
    error = body.get("error") if isinstance(body, dict) else None
    parameter = error.get("param") if isinstance(error, dict) else None
    whole = json.dumps(body, ensure_ascii=False)[:65_000]  # FastAPI's servers say it in `detail`, others in `message`
    return WrongRequest(
        f"`{name}` answered {status}{words}",
        "check the options of the step",
        parameter=parameter if isinstance(parameter, str) else "",
        told=whole.replace(server.key, "***") if server.key else whole,
    )


def _told(body: Any, key: str) -> tuple[str, str]:
    """What a server says about an error, fit to be shown, and its code. The key never comes back out of it."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        error = {"message": error}
    if not isinstance(error, dict):
        return "", ""
    text = str(error.get("message") or "")
    if key:
        text = text.replace(key, "***")
        for word in text.split():  # servers repeat a shortened key: `sk-ab***yz`
            if "*" in word and word.strip("'\".,")[:3] == key[:3]:
                text = text.replace(word, "***")
    code = error.get("code") or error.get("type") or ""
    return plain(text), code if isinstance(code, str) else ""


def plain(text: str) -> str:
    """What a server says, fit for a message: one line of signs that can be shown, not endless, without a full stop."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:200].rstrip(".")


def _after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait: a number, milliseconds, or a date against the server's own clock."""
    exact = headers.get("retry-after-ms", "")
    if exact.isdecimal() and len(exact) < 9:
        return int(exact) / 1000
    after = headers.get("retry-after", "").strip()
    with contextlib.suppress(ValueError):
        seconds = float(after)
        return seconds if 0 <= seconds < 1e6 else None
    with contextlib.suppress(ValueError, TypeError, KeyError):
        wait = (parsedate_to_datetime(after) - parsedate_to_datetime(headers["date"])).total_seconds()
        return min(max(wait, 0.0), 1e6)
    return None


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")


def _parsed(content: bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        is_cut = content.lstrip()[:1] in (b"{", b"[")
        what = "half an answer" if is_cut else "something that is not JSON"
        raise ProviderError(f"`{name}` gave {what}", "try again" if is_cut else "check `base_url`", retryable=is_cut) from error


def _media_type(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
