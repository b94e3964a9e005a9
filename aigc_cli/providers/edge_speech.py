"""Speech by the voices of Microsoft Edge (extra `edge`): free, without a key, over the network, in many languages."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from pydantic import Field

from aigc_cli.contracts import Context, Need, Provider, Step
from aigc_cli.errors import MissingExtra, ProviderError, Refused, TimedOut
from aigc_cli.media.speech import recordings, voices
from aigc_cli.media.speech.alignment import Boundary
from aigc_cli.media.speech.reading.script import primary
from aigc_cli.media.speech.recite import recite, whose_voice
from aigc_cli.media.speech.recordings import Recording
from aigc_cli.shapes import Line, Speech, Voice

_CURE = "pip install 'aigc[edge]'"
_TICK_S = 1e-7
_LARGEST_ANSWER = 64 << 20
_WHOSE = "Microsoft Edge"
_VOICES = (
    ("en-US-AriaNeural", "en-US", "female", "American, clear and positive"),
    ("en-US-GuyNeural", "en-US", "male", "American newsreader"),
    ("en-GB-SoniaNeural", "en-GB", "female", "British presenter"),
    ("en-GB-RyanNeural", "en-GB", "male", "British, friendly"),
    ("zh-CN-XiaoxiaoNeural", "zh-CN", "female", "Mandarin, warm"),
    ("zh-CN-YunyangNeural", "zh-CN", "male", "Mandarin newsreader"),
    ("zh-TW-HsiaoChenNeural", "zh-TW", "female", "Mandarin of Taiwan, friendly"),
    ("zh-HK-HiuGaaiNeural", "yue-HK", "female", "Cantonese, friendly"),
    ("es-ES-ElviraNeural", "es-ES", "female", "Castilian Spanish"),
    ("es-MX-DaliaNeural", "es-MX", "female", "Mexican Spanish"),
    ("fr-FR-DeniseNeural", "fr-FR", "female", "French"),
    ("de-DE-KatjaNeural", "de-DE", "female", "German"),
    ("it-IT-ElsaNeural", "it-IT", "female", "Italian"),
    ("pt-BR-FranciscaNeural", "pt-BR", "female", "Brazilian Portuguese"),
    ("ja-JP-NanamiNeural", "ja-JP", "female", "Japanese"),
    ("ko-KR-SunHiNeural", "ko-KR", "female", "Korean"),
)


class EdgeSpeech(Provider):
    """The voices of Microsoft Edge: no key, but the network; the service promises nothing."""

    name: ClassVar[str] = "edge"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[Need, ...]] = (Need("extra", "edge_tts", _CURE), Need("network", "Microsoft Edge's voices"))

    timeout_s: int = Field(60, ge=1, le=600, description="Seconds that one sentence may take.")

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        """A choice of the voices; any other of the service may be named as well."""
        return tuple(Voice(name=name, languages=(tag,), gender=gender, style=style) for name, tag, gender, style in _VOICES)

    def misfit(self, step: Step) -> str | None:
        """A voice that belongs to another engine, or a language of which the step must name the voice."""
        voice, language = voices.asked(getattr(step, "voice", None), self.name), str(getattr(step, "language", "en"))
        if voice is None and _default(language) is None:
            return f"it has no default voice for `{language}`: name one, such as `cs-CZ-VlastaNeural`"
        return whose_voice(voice, self.name)

    def speak(self, line: Line, ctx: Context) -> Speech:
        """Says a line, a connection per sentence. Raises MissingExtra, Refused when offline, TimedOut, ProviderError."""
        if ctx.is_offline:
            raise Refused("edge needs the network, and this run is offline", "run without `--offline`, or name another provider")
        try:
            import edge_tts  # noqa: F401  # told here, before anything is said
        except ImportError as error:
            raise MissingExtra("edge needs the Python package `edge_tts`", _CURE) from error
        voice = line.voice or _default(line.language)
        if voice is None:
            raise Refused(f"edge has no default voice for `{line.language}`", "name one in `voice`")

        def record(text: str, named: str | None, speed: float) -> Recording:
            return self._record(text, named or voice, f"{round((speed - 1) * 100):+d}%", ctx)

        return recite(line, ctx, voice=voice, provider=self.name, record=record)

    def _record(self, text: str, voice: str, rate: str, ctx: Context) -> Recording:
        import aiohttp
        from edge_tts import Communicate
        from edge_tts.exceptions import EdgeTTSException

        sound = bytearray()
        boundaries: list[Boundary] = []
        try:
            said = Communicate(text, voice, rate=rate, boundary="WordBoundary", receive_timeout=self.timeout_s)
        except ValueError as error:
            raise ProviderError(f"{_WHOSE} has no voice like `{voice}`", "`aigc providers show edge` lists some") from error
        try:
            asyncio.run(asyncio.wait_for(_collect(said, sound, boundaries), self.timeout_s))
        except TimeoutError as error:
            raise TimedOut(f"{_WHOSE} did not answer in time", "try again later") from error
        except aiohttp.WSServerHandshakeError as error:
            raise ProviderError(
                f"{_WHOSE} refused the connection with {error.status}",
                "try again later, or name another provider",
                retryable=error.status >= 429,
            ) from error
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderError(f"cannot reach {_WHOSE}", "check the network, or name another provider", retryable=True) from error
        except EdgeTTSException as error:
            what = type(error).__name__
            raise ProviderError(f"{_WHOSE} gave no sound ({what})", "check the voice, or try again later", retryable=True) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ProviderError(f"{_WHOSE} gave an answer that cannot be read", "upgrade edge-tts, or name another provider") from error
        made = recordings.decode(bytes(sound), ctx.scratch, _WHOSE)
        return Recording(made.samples, made.rate_hz, tuple(boundaries))


async def _collect(said: Any, sound: bytearray, boundaries: list[Boundary]) -> None:
    """All that the service says. edge-tts's own `stream_sync` waits for ever when the connection fails."""
    async for chunk in said.stream():
        if chunk["type"] == "audio":
            sound += chunk["data"]
        elif chunk["type"] == "WordBoundary":
            start_s = chunk["offset"] * _TICK_S
            boundaries.append(Boundary(chunk["text"], start_s, start_s + chunk["duration"] * _TICK_S))
        if len(sound) > _LARGEST_ANSWER:
            raise ProviderError(f"the answer of {_WHOSE} does not end", "try again later")


def _default(language: str) -> str | None:
    """The first voice of a language's region, else of the language."""
    tag = language.lower().replace("_", "-")
    same = next((name for name, own, _, _ in _VOICES if own.lower() == tag), None)
    return same or next((name for name, own, _, _ in _VOICES if primary(own) == primary(language)), None)
