"""Keys: who wins, what a `.env` file may hold, and who else may see it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_cli import credentials
from aigc_cli.engine.checkup import _keys
from aigc_cli.errors import ConfigError, MissingKey
from aigc_cli.servers import key_name


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for folder in ("config", "here"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path / "here")
    for name in ("AIGC_KEY_AZURE", "AZURE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    credentials.forget()
    yield
    monkeypatch.undo()
    credentials.forget()


def test_the_nearest_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingKey, match="AZURE_API_KEY") as caught:
        credentials.key("azure")
    assert str(tmp_path / "config" / ".env") in caught.value.hint
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.servers.keyring_server.Ring")
    monkeypatch.setenv("TEST_KEYRING", "aigc/azure=ring")
    import keyring.core

    keyring.core.init_backend()
    credentials.forget()
    assert credentials.key("azure") == "ring"
    (tmp_path / "config" / ".env").write_text("AZURE_API_KEY=own-file\n")
    assert credentials.key("azure") == "own-file"
    (tmp_path / "here" / ".env").write_text("export AIGC_KEY_AZURE='here'\n")
    assert credentials.key("azure") == "here"
    monkeypatch.setenv("AZURE_API_KEY", "common")
    assert credentials.key("azure") == "common"
    monkeypatch.setenv("AIGC_KEY_AZURE", "own")
    assert credentials.key("azure") == "own"


def test_without_the_keyring_library_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert credentials.find("azure") is None


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("AZURE_API_KEY=sk-1", "sk-1"),
        ("  export AZURE_API_KEY = sk-1  ", "sk-1"),
        ('AZURE_API_KEY="sk-1#2"   # mine', "sk-1#2"),
        ("AZURE_API_KEY='sk=1'", "sk=1"),
        ("AZURE_API_KEY=sk-1 # mine", "sk-1"),
        ("\ufeffAZURE_API_KEY=sk-1\r\n", "sk-1"),
        ("# AZURE_API_KEY=old", None),
        ("AZURE_API_KEY=", None),
        ("AIGC_SERVERS=169.254.169.254\nPATH=/evil\nnonsense ' line", None),
    ],
)
def test_what_a_line_gives(tmp_path: Path, line: str, value: str | None) -> None:
    (tmp_path / "here" / ".env").write_text(line, encoding="utf-8")
    assert credentials.find("azure") == value


def test_a_file_gives_keys_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "here" / ".env").write_text("AIGC_SERVERS=10.0.0.1\nAIGC_CACHE_DIR=/evil\nHOME=/evil\nA_API_KEY=k\n")
    assert dict(credentials.read(tmp_path / "here" / ".env")) == {"A_API_KEY": "k"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('A_API_KEY="sk-canary', "quotes"),
        ("A_API_KEY=sk-${canary}", "`[$]`"),
        ("A_API_KEY=sk canary", "spaces"),
        ("A_API_KEY=sk-canary\u00e9", "ASCII"),
        ("A_API_KEY=sk-canary\n" + "x" * 70_000, "64 KiB"),
    ],
)
def test_a_wrong_file_is_told_without_its_secrets(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "here" / ".env").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message) as caught:
        credentials.find("azure")
    assert "canary" not in f"{caught.value} {caught.value.hint}"


def test_a_virtual_environment_called_env_is_no_file_of_keys(tmp_path: Path) -> None:
    (tmp_path / "here" / ".env").mkdir()
    assert credentials.find("azure") is None


@pytest.mark.parametrize(
    ("mine", "other"),
    [("llm.example.org", "llm-example.org"), ("my-llm.example.org", "my.llm.example.org"), ("a_b.example.org", "a.b.example.org")],
)
def test_no_other_host_gets_the_key_of_mine(mine: str, other: str) -> None:
    assert not set(credentials.variables(mine)) & set(credentials.variables(other))


def test_a_machine_that_calls_itself_like_a_vendor_gets_no_key_of_the_vendor() -> None:
    assert key_name("https://api.openai.com/v1") == "openai"
    assert not set(credentials.variables(key_name("http://openai/v1"))) & set(credentials.variables("openai"))


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are another matter there")
def test_doctor_says_who_else_may_see_the_keys(tmp_path: Path) -> None:
    file = tmp_path / "here" / ".env"
    file.write_text("AZURE_API_KEY=sk-canary\n")
    file.chmod(0o644)
    (check,) = _keys()
    assert (check.status, "chmod 600" in check.cure) == ("warning", True)
    file.chmod(0o600)
    (check,) = _keys()
    assert (check.status, check.found) == ("ok", f"AZURE_API_KEY in {file}")

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=file.parent, check=True, capture_output=True)

    marker = tmp_path / "was-run"
    git("init", "--quiet")
    git("config", "core.fsmonitor", f"touch {marker}; false")  # what a stranger's folder might hold
    (check,) = _keys()
    assert "`git add` may take it" in check.found.replace("next ", "")
    git("-c", "core.fsmonitor=false", "add", ".env")
    (check,) = _keys()
    assert (check.status, "git tracks it" in check.found, "take new keys" in check.cure) == ("warning", True, True)
    git("-c", "core.fsmonitor=false", "rm", "--cached", "--quiet", ".env")
    (file.parent / ".gitignore").write_text(".env\n")
    (check,) = _keys()
    assert check.status == "ok"
    assert not marker.exists()
    assert "canary" not in str(list(_keys()))
