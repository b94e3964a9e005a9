"""The client of servers: what a key is called, how long a server wants us to wait, and streams in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli import servers
from aigc_cli.errors import MissingKey, QuotaSpent, RateLimited, Refused
from aigc_cli.servers import Server, failure
from tests.desk import Desk

SERVER = Server("https://llm.example.org/v1", key="sk-secret-canary")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://API.OpenAI.com/v1", "openai"),
        ("https://api.openai.com.evil.example/v1", "api.openai.com.evil.example"),
        ("http://127.0.0.1:8080/v1", "127.0.0.1"),
    ],
)
def test_a_key_belongs_to_a_host(url: str, name: str) -> None:
    assert servers.key_name(url) == name


@pytest.mark.parametrize(
    "url", ["ftp://x/", "https://user:pw@api.openai.com/v1", "api.openai.com", "https://a b/", "file:///etc/passwd", ""]
)
def test_what_is_no_server_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        servers.connect(url, Desk(tmp_path, is_offline=False, keys={"openai": "k"}))
    assert [need.kind for need in servers.needs(url)] == ["network"]


def test_without_a_key_nothing_is_sent(tmp_path: Path) -> None:
    with pytest.raises(MissingKey):
        servers.connect("https://api.openai.com/v1", Desk(tmp_path, is_offline=False))


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_how_long_a_server_wants_us_to_wait(headers: dict[str, str], after_s: float | None) -> None:
    error = failure(SERVER, 429, {}, headers)
    assert isinstance(error, RateLimited)
    assert error.after_s == after_s


@pytest.mark.parametrize(
    "body", [{}, [], None, "x", {"error": "text"}, {"error": {"message": None, "code": 5}}, {"error": {"message": ["a"]}}]
)
@pytest.mark.parametrize("status", [200, 301, 400, 401, 404, 418, 429, 500, 599])
def test_any_answer_becomes_an_error_with_a_cure(status: int, body: object) -> None:
    error = failure(SERVER, status, body, {})
    assert error.message
    assert error.hint


def test_what_a_server_says_is_shown_without_the_key_and_without_control_characters() -> None:
    body = {"error": {"message": "no \x1b[31m sk-secret-canary and sk-se***ary\nhere " + "x" * 900, "code": "insufficient_quota"}}
    error = failure(SERVER, 429, body, {})
    assert isinstance(error, QuotaSpent)
    assert not any(part in error.message for part in ("canary", "sk-se", "\x1b", "\n"))
    assert len(error.message) < 300
    assert "canary" not in repr(SERVER)
