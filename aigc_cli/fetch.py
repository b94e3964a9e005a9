"""Fetches one page or file over HTTP(S), guarded: a workflow from a stranger must not reach the local network.

The name is resolved once, every address it has is checked, and the connection goes to an address that was checked, so
that a second, different answer of the name server changes nothing. Redirects are checked in the same way.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from aigc_cli.errors import ProviderError, RateLimited, Refused, TimedOut

if TYPE_CHECKING:
    import httpx

LIMIT_BYTES = 20 << 20
MAX_REDIRECTS = 5
_AGENT = "aigc (news and product clips from declarative workflows)"
_TRANSITION = tuple(
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "::/96", "192.88.99.0/24")
)  # they embed or relay to IPv4 addresses, and `is_global` calls some of them public


@dataclass(frozen=True)
class Page:
    """What came back: the address after redirects, the media type without parameters, the bytes."""

    url: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Target:
    """An address taken apart: scheme, host in ASCII, port, path with query."""

    scheme: str
    host: str
    port: int
    rest: str
    """Path and query, as they go on the wire."""

    @property
    def authority(self) -> str:
        """Host and port as a `Host` header has them: no port where it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"


def is_public(address: str) -> bool:
    """True for an address of the public internet: not private, loopback, link-local, multicast, reserved or a relay to such."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return False
    return not any(ip.version == net.version and ip in net for net in _TRANSITION)


def is_local_name(host: str) -> bool:
    """True for a host that names this machine or its network by itself, without asking a name server."""
    try:
        return not is_public(host)
    except ValueError:
        return host.lower().rstrip(".").rpartition(".")[2] in ("localhost", "local", "internal", "lan")


def get(
    url: str,
    *,
    is_offline: bool = False,
    allow_local: bool = False,
    limit_bytes: int = LIMIT_BYTES,
    timeout_s: float = 20.0,
    total_s: float = 120.0,
) -> Page:
    """Fetches `url` with GET. At most `limit_bytes` after decompression; `timeout_s` for each wait, `total_s` in all.

    Raises Refused when offline or when the address is not allowed, RateLimited, TimedOut, and ProviderError whose
    `retryable` says whether the same call may succeed later. Retrying is the caller's business.
    """
    if is_offline:
        raise Refused(f"`{shown(url)}` is on the network, and the run is offline", "leave `--offline` away, or give a file instead")
    import httpx

    deadline = time.monotonic() + total_s
    limits = httpx.Timeout(timeout_s, connect=min(timeout_s, 10.0))
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=limits) as client:
        for _ in range(MAX_REDIRECTS + 1):
            answer = _ask(client, url, allow_local=allow_local, limit_bytes=limit_bytes, deadline=deadline)
            if isinstance(answer, Page):
                return answer
            url = answer
    raise ProviderError(f"`{shown(url)}` redirects more than {MAX_REDIRECTS} times", "give the address it leads to")


def _ask(client: httpx.Client, url: str, *, allow_local: bool, limit_bytes: int, deadline: float) -> Page | str:
    """One request: the page, or the address it redirects to."""
    import httpx

    target = parse(url)
    failure: Exception | None = None
    for address in resolve(target, allow_local=allow_local)[:3]:
        host = f"[{address}]" if ":" in address else address
        request = client.build_request(
            "GET",
            f"{target.scheme}://{host}:{target.port}{target.rest}",
            headers={"Host": target.authority, "User-Agent": _AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
            extensions={"sni_hostname": target.host},
        )
        try:
            response = client.send(request, stream=True)
        except httpx.ConnectError as error:
            failure = error
            continue
        except httpx.TimeoutException as error:
            raise TimedOut(f"`{shown(url)}` did not answer in time", "try again later, or save the page to a file and use that") from error
        except httpx.HTTPError as error:
            raise ProviderError(f"cannot fetch `{shown(url)}`: {error}", "try again later", retryable=True) from error
        try:
            return _read(response, url, limit_bytes, deadline)
        except httpx.TimeoutException as error:
            raise TimedOut(f"`{shown(url)}` stopped answering", "try again later, or save the page to a file and use that") from error
        except httpx.HTTPError as error:
            raise ProviderError(f"the connection to `{shown(url)}` broke: {error}", "try again", retryable=True) from error
        finally:
            response.close()
    raise ProviderError(f"cannot connect to `{shown(url)}`: {failure}", "check the address and the network", retryable=True) from failure


def _read(response: httpx.Response, url: str, limit_bytes: int, deadline: float) -> Page | str:
    status = response.status_code
    if status in (301, 302, 303, 307, 308) and "location" in response.headers:
        return urljoin(url, response.headers["location"])
    if status == 429:
        after = response.headers.get("retry-after", "")
        raise RateLimited(
            f"`{shown(url)}` asks to slow down", "try again later", after_s=float(after) if after.isdecimal() and len(after) < 6 else None
        )
    if status >= 500:
        raise ProviderError(f"`{shown(url)}` answered {status}", "the server has a problem: try again later", retryable=True)
    if status != 200:
        raise ProviderError(f"`{shown(url)}` answered {status}", "check the address in a browser")
    content = bytearray()
    for chunk in _decoded(response, limit_bytes):
        content += chunk
        if len(content) > limit_bytes:
            raise Refused(f"`{shown(url)}` is larger than {limit_bytes >> 20} MiB", "save it to a file, shorten it, and use that")
        if time.monotonic() > deadline:
            raise TimedOut(f"`{shown(url)}` is too slow", "try again later, or save it to a file and use that")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Page(url=url, media_type=media_type, content=bytes(content))


def _decoded(response: httpx.Response, limit_bytes: int) -> Iterator[bytes]:
    """The body, unpacked within bounds: a small body must not unpack into gigabytes before it is counted."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding in ("identity", ""):
        yield from response.iter_raw()
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ProviderError(f"the server packs its answer as `{coding}`", "save the page to a file and use that")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        for chunk in response.iter_raw():
            yield unpack.decompress(chunk, limit_bytes + 1)
    except zlib.error as error:
        raise ProviderError("the server's answer is damaged", "try again", retryable=True) from error


def parse(url: str) -> Target:
    """The parts of a web address. Raises Refused for anything else, and for one with a user name in it."""
    if any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        raise Refused(f"`{shown(url)}` is not an address", "an address holds no spaces, backslashes or control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"`{shown(url)}` is not an address: {error}", "give one like `https://example.org/feed.xml`") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(f"`{shown(url)}` is not a web address", "give one that starts with `https://` or `http://`, or a file")
    if parts.username is not None or parts.password is not None:
        raise Refused("an address with a user name or password is not fetched", "leave out what stands before `@`")
    try:
        host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Refused(f"`{shown(url)}` has a host name that cannot be", "check the address") from error
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port or {"http": 80, "https": 443}[parts.scheme], rest=rest)


def resolve(target: Target, *, allow_local: bool) -> list[str]:
    """Every address of the host, each checked; one that is not allowed refuses the host as a whole."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ProviderError(f"cannot find the host `{target.host}`", "check the address and the network", retryable=True) from error
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not allow_local and not all(is_public(address) for address in addresses):
        raise Refused(f"`{target.host}` leads to a local or reserved network", "use a public address, or save the data to a file")
    return addresses


def shown(url: str) -> str:
    """The address for a message: no query (it may hold a key), no user, no control characters, not endless."""
    bare = url.partition("?")[0].partition("#")[0]
    scheme, mark, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    bare = scheme + mark + host.rpartition("@")[2] + slash + path
    return "".join(char if char.isprintable() else "?" for char in bare)[:200]
