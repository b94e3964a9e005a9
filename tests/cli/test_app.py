from __future__ import annotations

import subprocess
import sys

import pytest

from aigc_cli import __version__
from aigc_cli.cli import app
from tests.cli.conftest import Aigc

HEAVY = {
    "numpy",
    "av",
    "cv2",
    "skia",
    "PIL",
    "onnxruntime",
    "httpx",
    "hibari",
    "jieba",
    "pypinyin",
    "misaki",
    "soxr",
    "segno",
    "feedparser",
}


def test_alone_it_tells_a_newcomer_what_to_type(aigc: Aigc) -> None:
    answer = aigc()
    assert answer.code == 0
    assert "aigc run product-clip" in answer.out


def test_version(aigc: Aigc) -> None:
    assert aigc("--version").out == f"aigc {__version__}\n"


def test_help_names_every_command(aigc: Aigc) -> None:
    told = aigc("--help").out
    assert all(name in told for name in app._COMMANDS)


@pytest.mark.parametrize("command", list(app._COMMANDS))
def test_every_command_has_help_for_itself_and_its_options(aigc: Aigc, command: str) -> None:
    answer = aigc(command, "--help")
    assert answer.code == 0
    assert "Usage" in answer.out
    first = app._COMMANDS[command].split(":")[0].split(";")[0].rstrip(".")
    assert first[:20] in " ".join(answer.out.split()), "the list of commands and the command's own page say the same"


@pytest.mark.parametrize(
    "args, word",
    [(["rum"], "run"), (["run"], "WORKFLOW"), (["run", "x", "--nope"], "--nope"), (["run", "product-clip", "--jobs", "many"], "--jobs")],
)
def test_a_mistake_on_the_command_line_is_one_error_with_a_cure(aigc: Aigc, args: list[str], word: str) -> None:
    answer = aigc(*args)
    assert answer.code == 2
    assert answer.out == ""
    error, hint = answer.err.splitlines()
    assert error.startswith("error: ")
    assert word in error
    assert hint.startswith("hint: ")


def _modules(*args: str) -> set[str]:
    code = f"import sys; from aigc_cli.cli.app import call; call({list(args)!r}); print(chr(10).join(['', '!!', *sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.partition("!!")[2].split()}


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["list"], ["show", "product-clip"], ["providers", "list"], ["runs", "list"]])
def test_nothing_heavy_is_imported_to_answer_quickly(args: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("AIGC_CACHE_DIR", f"{tmp_path}/cache")
    assert not _modules(*args) & HEAVY


def test_help_needs_none_of_the_engine() -> None:
    assert not _modules("--help") & (HEAVY | {"pydantic", "ruamel", "jinja2", "sqlite3"})


def test_an_unexpected_error_is_told_as_a_bug(aigc: Aigc, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("oh\nno")

    monkeypatch.setattr("aigc_cli.engine.find.shipped", fail)
    answer = aigc("list", "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == 1
    assert answer.err.startswith("error: unexpected ZeroDivisionError: oh no\nhint: this is a bug")


def test_python_dash_m_is_the_same() -> None:
    done = subprocess.run([sys.executable, "-m", "aigc_cli", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"aigc {__version__}\n"


def test_the_shell_completes_commands_and_workflows() -> None:
    def complete(words: str, number: int) -> str:
        import os

        env = {**os.environ, "_AIGC_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(number)}
        code = "from aigc_cli.cli.app import main; main()"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False).stdout

    assert "providers" in complete("aigc pro", 1)
    assert "product-clip" in complete("aigc run pro", 2)
