"""Speech by any server that speaks OpenAI's protocol: `POST {base_url}/audio/speech` with model, voice and input."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from aigc_cli import servers
from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step, Usage
from aigc_cli.errors import ProviderError
from aigc_cli.media.speech import recordings
from aigc_cli.media.speech.alignment import syllables
from aigc_cli.media.speech.recite import recite, sentences_of, whose_voice
from aigc_cli.media.speech.recordings import Recording
from aigc_cli.shapes import Line, Speech


class OpenAISpeech(Provider):
    """OpenAI's voices, or those of any server that is compatible with it, on the net or on this machine."""

    name: ClassVar[str] = "openai"
    version: ClassVar[int] = 1

    base_url: str = Field("https://api.openai.com/v1", max_length=300, description="Address of the server up to its version.")
    model: str = Field("gpt-4o-mini-tts", min_length=1, max_length=200, description="The model, as the server calls it.")
    default_voice: str = Field("alloy", min_length=1, max_length=100, description="The voice when the step names none.")
    format: Literal["wav", "mp3", "flac", "opus", "pcm"] = Field("wav", description="What the server is asked to send.")
    pcm_rate_hz: int = Field(24_000, ge=8_000, le=96_000, description="Rate of raw `pcm`, which does not say it itself.")
    instructions: str = Field("", max_length=2000, description="How to speak, for models that take instructions.")
    timeout_s: float = Field(120.0, gt=0, le=600, description="Seconds to wait for more of an answer.")

    def misfit(self, step: Step) -> str | None:
        """A voice that belongs to another engine."""
        return whose_voice(getattr(step, "voice", None), self.name)

    def estimate(self, step: Step, templates: Templates) -> Usage | None:
        """The characters that will be sent, as the text is read out."""
        text, language = getattr(step, "text", ""), getattr(step, "language", "en")
        return self._usage(sum(len(sentence.spoken) for sentence in sentences_of(text, language)))

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line, a request per sentence. Raises the errors of `servers`, and ProviderError for sound that cannot be right."""
        server = servers.connect(self.base_url, ctx, read_s=self.timeout_s)
        whose = f"`{server.name}`"

        def record(text: str, voice: str | None, speed: float) -> Recording:
            body: dict[str, Any] = {"model": self.model, "input": text, "voice": voice or self.default_voice}
            body["response_format"] = self.format
            if speed != 1.0:
                body["speed"] = round(speed, 4)
            if self.instructions:
                body["instructions"] = self.instructions

            def ask() -> dict[str, Artifact]:
                ctx.allow(self._usage(len(text)))
                answer = server.ask_bytes("audio/speech", body)
                ctx.spent(self._usage(len(text)))
                if answer.media_type in ("text/html", "application/xhtml+xml"):
                    raise ProviderError(f"{whose} answered with a web page instead of sound", "check `base_url`: it often ends with `/v1`")
                recordings.check(self._decoded(answer.content, ctx, whose), syllables(text), speed, whose)
                return {"sound": ctx.save(answer.content, "application/octet-stream", f"sentence.{self.format}")}

            # A sentence that was paid for is kept, also when a later one of the same take fails.
            kept = ctx.memo("openai-speech", 1, {"url": self.base_url, "body": body, "rate_hz": self.pcm_rate_hz, "seed": ctx.seed}, ask)
            return self._decoded(ctx.open(kept["sound"]).read_bytes(), ctx, whose)

        return recite(line, ctx, voice=line.voice or self.default_voice, provider=self.name, record=record)

    def _decoded(self, content: bytes, ctx: Context, whose: str) -> Recording:
        if self.format == "pcm":
            return recordings.from_pcm(content, self.pcm_rate_hz, whose)
        return recordings.decode(content, ctx.scratch, whose)

    def _usage(self, characters: int) -> Usage:
        """What a text uses at most, in every unit that speech is billed by; a slow voice says ten characters a second."""
        units = {"characters": float(characters), "input_tokens": float(characters), "seconds": characters / 10, "calls": 1.0}
        return Usage(server=servers.host_of(self.base_url), model=self.model, units=units)
