from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli import config
from aigc_cli.errors import ConfigError


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path / "config"))
    for name in ("AIGC_ENV_ALLOW", "AIGC_CACHE_MAX_GB"):
        monkeypatch.delenv(name, raising=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_CACHE_DIR", "relative")
    monkeypatch.chdir(tmp_path)
    assert config.cache_dir() == tmp_path / "relative"
    assert config.config_file() == tmp_path / "config" / "config.toml"
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path / "my.toml"))
    assert config.config_file() == tmp_path / "my.toml"


def test_the_platform_decides_where_nothing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIGC_CACHE_DIR", "AIGC_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "s"))
    assert config.cache_dir().name == "aigc"
    assert config.config_file().parts[-2:] == ("aigc", "config.toml")


def test_nothing_set_is_no_mistake(tmp_path: Path) -> None:
    settings = config.load_settings(tmp_path)
    assert (settings.options, settings.env_names, settings.cache_max_bytes) == ({}, (), 20_000_000_000)


def test_the_project_wins_over_the_user(tmp_path: Path) -> None:
    _write(tmp_path / "config" / "config.toml", '[speech]\nprovider = "kokoro"\nvoice = "emma"\n[cache]\nmax_gb = 1.5\n')
    _write(tmp_path / "aigc.toml", '[speech]\nvoice = "heart"\n[video]\ncrf = 18\n')
    settings = config.load_settings(tmp_path)
    assert settings.options == {"speech": {"provider": "kokoro", "voice": "heart"}, "video": {"crf": 18}}
    assert settings.cache_max_bytes == 1_500_000_000


@pytest.mark.parametrize(
    "name, line",
    [("env", 'env = ["HOME"]'), ("commands", '[commands]\na = ["b"]'), ("cache", "[cache]\nmax_gb = 0")],
)
def test_a_workflows_folder_reaches_neither_secrets_nor_the_environment(tmp_path: Path, name: str, line: str) -> None:
    _write(tmp_path / "aigc.toml", line)
    with pytest.raises(ConfigError, match=f"`{name}` may stand only"):
        config.load_settings(tmp_path)


@pytest.mark.parametrize(
    "text, word",
    [
        ("[speech", "not valid TOML"),
        ("\x00", "not valid TOML"),
        ("speech = 3", "`speech` is not a table"),
        ("env = 3", "`env`"),
        ('[cache]\nmax_gb = "much"', "max_gb"),
        ("[cache]\nmax_gb = nan", "max_gb"),
        ("[cache]\nmax_gb = -1", "max_gb"),
        ("cache = 3", "max_gb"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, word: str) -> None:
    _write(tmp_path / "config" / "config.toml", text)
    with pytest.raises(ConfigError, match=word) as caught:
        config.load_settings()
    assert caught.value.hint


def test_only_allowed_variables_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN", "spring")
    monkeypatch.setenv("PASSWORD", "x")
    assert config.allowed_env(config.load_settings()) == {}
    _write(tmp_path / "config" / "config.toml", 'env = ["CAMPAIGN", "NOT_SET"]')
    assert config.allowed_env(config.load_settings()) == {"CAMPAIGN": "spring"}
    monkeypatch.setenv("AIGC_ENV_ALLOW", "")
    assert config.allowed_env(config.load_settings()) == {}


@pytest.mark.parametrize("file", ["config/config.toml", "aigc.toml"])
def test_keys_do_not_belong_into_settings(tmp_path: Path, file: str) -> None:
    _write(tmp_path / file, '[keys]\nazure = "hunter2"\n')
    with pytest.raises(ConfigError, match="keys do not belong into settings") as caught:
        config.load_settings(tmp_path)
    assert str(tmp_path / "config" / ".env") in caught.value.hint
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"


def test_a_command_is_a_list_of_texts_in_the_users_own_settings(tmp_path: Path) -> None:
    file = tmp_path / "config" / "config.toml"
    with pytest.raises(ConfigError, match="no command `say`") as caught:
        config.command("say")
    assert '`say = ["program", "argument"]`' in caught.value.hint
    _write(file, '[commands]\nsay = ["espeak-ng", "--stdout"]\nbad = "espeak-ng; rm"\nempty = []\n')
    assert config.command("say") == ("espeak-ng", "--stdout")
    for name in ("bad", "empty"):
        with pytest.raises(ConfigError, match="is not a list of texts"):
            config.command(name)
