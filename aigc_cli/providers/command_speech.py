"""Speech by any program of the user's: text on its standard input, a WAV or another sound file back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from aigc_cli import config
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.errors import MissingTool, ProviderError, TimedOut, WorkflowError
from aigc_cli.media.speech import recordings
from aigc_cli.media.speech.recite import recite, whose_voice
from aigc_cli.media.speech.recordings import Recording
from aigc_cli.shapes import Line, Speech

_PLACE = re.compile(r"\{(\w+)\}")
_PLACES = ("voice", "language", "speed", "rate", "output")
_LARGEST_ANSWER = 256 << 20
_USUAL_RATE = 175  # words a minute: what espeak-ng and say call normal


class CommandSpeech(Provider):
    """A program that the user's own settings name below `[commands]`; never a shell, never brought by a workflow."""

    name: ClassVar[str] = "command"
    version: ClassVar[int] = 1

    program: str = Field("speech", pattern=r"^[A-Za-z][\w-]{0,40}$", description="Which of the commands in the user's settings to run.")
    timeout_s: float = Field(120.0, gt=0, le=3600, description="Seconds that one sentence may take.")

    def misfit(self, step: Step) -> str | None:
        """A voice that belongs to another engine."""
        return whose_voice(getattr(step, "voice", None), self.name)

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The command line: another program gives other sound."""
        return {"command": "\0".join(config.command(self.program))}

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line, a sentence per run of the program. Raises ConfigError, MissingTool, TimedOut, ProviderError."""
        argv = ctx.command(self.program)
        target = ctx.scratch / "spoken.wav"
        if (line.speed != 1.0 or line.pitch) and not {"speed", "rate"} & {name for part in argv for name in _PLACE.findall(part)}:
            raise WorkflowError(
                f"the command `{self.program}` cannot change its speed", "put `{speed}` or `{rate}` into it, or leave `speed` out"
            )
        has_file = any("{output}" in part for part in argv)

        def record(text: str, voice: str | None, speed: float) -> Recording:
            target.unlink(missing_ok=True)
            content = self._run([_filled(part, voice, line.language, speed, target) for part in argv], text)
            if has_file:
                content = _file(target, self.program)
            return recordings.decode(content, ctx.scratch, f"the command `{self.program}`")

        return recite(line, ctx, voice=line.voice or self.program, provider=self.name, record=record)

    def _run(self, command: list[str], text: str) -> bytes:
        """What the program writes to its standard output. Its own words come with the error when it fails."""
        try:
            done = subprocess.run(
                command, input=text.encode("utf-8", "replace") + b"\n", capture_output=True, timeout=self.timeout_s, check=False
            )
        except FileNotFoundError as error:
            raise MissingTool(
                f"the program `{command[0]}` of the command `{self.program}` is not there", "install it, or correct the settings"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise TimedOut(
                f"the command `{self.program}` took longer than {self.timeout_s:g} s for a sentence", "raise `timeout_s`"
            ) from error
        except (OSError, ValueError) as error:
            raise ProviderError(f"the command `{self.program}` cannot be run: {error}", "correct it in the settings") from error
        if done.returncode != 0:
            words = " ".join(done.stderr.decode("utf-8", "replace").split())[-200:]
            told = "".join(char for char in words if char.isprintable())
            raise ProviderError(
                f"the command `{self.program}` ended with code {done.returncode}{f': {told}' if told else ''}", "run it by hand to see why"
            )
        if len(done.stdout) > _LARGEST_ANSWER:
            raise ProviderError(
                f"the command `{self.program}` wrote more than {_LARGEST_ANSWER >> 20} MiB", "let it write one sentence at a time"
            )
        return done.stdout


def _filled(part: str, voice: str | None, language: str, speed: float, target: Path) -> str:
    """One argument with its places filled in; a value never becomes a second argument, nor an option of its own."""
    values = {
        "voice": voice or "",
        "language": language,
        "speed": f"{speed:.4g}",
        "rate": str(round(_USUAL_RATE * speed)),
        "output": str(target),
    }
    for name in _PLACE.findall(part):
        if name not in _PLACES:
            raise WorkflowError(f"`{{{name}}}` in a command is not known", f"use {', '.join(f'`{{{each}}}`' for each in _PLACES)}")
        if name == "voice" and not re.fullmatch(r"[A-Za-z0-9][\w.+:/-]{0,99}", values["voice"]):
            raise WorkflowError(
                f"the command needs a voice, and `{values['voice'][:40]}` is none" if values["voice"] else "the command needs a `voice`",
                "letters, figures and `.+:/-_`, beginning with a letter or a figure",
            )
    return _PLACE.sub(lambda match: values[match[1]], part)


def _file(path: Path, program: str) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_ANSWER:
            raise ProviderError(
                f"the command `{program}` wrote more than {_LARGEST_ANSWER >> 20} MiB", "let it write one sentence at a time"
            )
        return path.read_bytes()
    except OSError as error:
        raise ProviderError(f"the command `{program}` wrote no file", "let it write to `{output}`, or to its standard output") from error


def _too_large(program: str) -> ProviderError:
    return ProviderError(f"the command `{program}` wrote more than {_LARGEST_ANSWER >> 20} MiB", "let it write one sentence at a time")
