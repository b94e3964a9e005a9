"""One stand-in per capability: instant, without models or network, the same bytes every time. For tests and first tries."""

from __future__ import annotations

import io
import math
import re
import struct
import wave
import zlib
from array import array
from typing import Any, ClassVar

from aigc_cli.artifacts import Artifact
from aigc_cli.contracts import Context, Provider
from aigc_cli.errors import WorkflowError
from aigc_cli.media.layout import formats
from aigc_cli.media.schedule import schedule
from aigc_cli.media.speech.reading.dialogue import plain
from aigc_cli.shapes import (
    Clip,
    ClipRequest,
    CollageRequest,
    DescribeRequest,
    EditRequest,
    FootageTake,
    ImageRequest,
    Line,
    MotionRequest,
    MusicRequest,
    Palette,
    Picture,
    Preview,
    PreviewRequest,
    Record,
    Records,
    Sight,
    SoundRequest,
    SoundTake,
    Speech,
    Track,
    Transcript,
    TranscriptRequest,
    Voice,
    Word,
)
from aigc_cli.storyboard import ImageVisual, Scene, Sentence, Source, Storyboard

_RATE_HZ = 48_000
_WORD_S = 0.35
_CHARACTER_S = 0.22
_IDEOGRAPHS = "\\u2e80-\\u9fff\\uf900-\\ufaff"  # by code points: normalising would turn the glyphs into others
_CJK = re.compile(f"[{_IDEOGRAPHS}]")
_COLOURS = (("#1D2A44", (29, 42, 68)), ("#7A3B2E", (122, 59, 46)), ("#2E5D4B", (46, 93, 75)), ("#6B5B95", (107, 91, 149)))


class FakeData(Provider):
    """Three records that are always the same, whatever the source."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def load(self, request: Any, ctx: Context) -> Records:
        """Records with a name, a number and a date."""
        rows = (("North", 12.5), ("South", 7.25), ("West", 3.0))
        records = tuple(
            Record(
                fields={"name": name, "value": value, "date": f"2026-01-0{number}"},
                source=Source(title="Fake data", file="fake.csv", record=f"row {number}"),
            )
            for number, (name, value) in enumerate(rows, start=1)
        )
        return Records(form="csv", title="Fake data", columns={"name": "text", "value": "number", "date": "date"}, records=records)


class FakeText(Provider):
    """A storyboard that says the facts as they are given."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """A scene for the product, one per point, and an end."""
        product = str(request.facts.get("product") or "Product")
        points = request.facts.get("points")
        points = [str(point) for point in points] if isinstance(points, list) else []
        photos = request.photos
        scenes = [_scene("product", "product", product, photo=0 if photos else None)]
        for number, point in enumerate(points, start=1):
            scenes.append(_scene(f"point-{number}", "feature", point, photo=number % photos if photos else None))
        scenes.append(_scene("end", "call-to-action", str(request.facts.get("cta") or product), visual=False))
        return Storyboard(title=product, language=request.language, scenes=tuple(scenes))


class FakeBrief(Provider):
    """A storyboard with one scene per record, which says its first text."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def brief(self, request: Any, ctx: Context) -> Storyboard:
        """A scene per record, at most `max_items`."""
        scenes = []
        for number, record in enumerate(request.data.records[: request.max_items], start=1):
            words = next((value for value in record.fields.values() if isinstance(value, str) and value), "record")
            scenes.append(_scene(f"item-{number}", "headline", words, sources=(record.source,)))
        title = request.title or request.data.title or "Brief"
        if not scenes:
            scenes = [_scene("empty", "headline", title)]
        sources = tuple(dict.fromkeys(source for scene in scenes for sentence in scene.sentences for source in sentence.sources))
        return Storyboard(title=title, language=request.language, scenes=tuple(scenes), sources=sources)


def _scene(name: str, layout: str, words: str, *, photo: int | None = None, visual: bool = True, sources: tuple[Source, ...] = ()) -> Scene:
    words = " ".join(words.split())[:80] or name
    say = words if words.endswith((".", "。", "!", "?")) else f"{words}."
    shown: dict[str, Any] = {"visual": ImageVisual(prompt=words, photo=photo)} if visual else {}
    return Scene(id=name, layout=layout, say=say, show={"headline": words}, sentences=(Sentence(text=say, sources=sources),), **shown)


class FakeTranslate(Provider):
    """The same words with the language's tag before them."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def translate(self, request: Any, ctx: Context) -> Storyboard:
        """`Meet Pikolo.` in `zh` becomes `zh: Meet Pikolo.`; what is shown stays."""
        scenes = []
        for scene in request.script.scenes:
            sentences = tuple(
                each.model_copy(update={"text": f"{request.language}: {each.text}"})
                for each in scene.sentences or (Sentence(text=scene.say),)
            )
            say = " ".join(each.text for each in sentences) if scene.say else ""
            scenes.append(scene.model_copy(update={"say": say, "sentences": sentences if scene.say else ()}))
        changed: Storyboard = request.script.model_copy(update={"language": request.language, "scenes": tuple(scenes)})
        return changed


class FakeSpeech(Provider):
    """A quiet tone, and its words at an even pace. Every voice name will do."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 2
    is_fake: ClassVar[bool] = True

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        """One voice for every language."""
        return (Voice(name="tone", languages=("en", "zh"), gender="female", style="a quiet tone, for tests"),)

    def speak(self, line: Line, ctx: Context) -> Speech:
        """A tone as long as the words need at about 170 a minute, or 4.5 Chinese characters a second."""
        at = 0.1
        words: list[Word] = []
        said = plain(line.text, line.speakers)
        for text, is_glued in _split(said):
            length = (_CHARACTER_S if _CJK.search(text) else _WORD_S) / line.speed
            words.append(Word(text=text, start_s=round(at, 3), end_s=round(at + length * 0.9, 3), is_glued=is_glued))
            at += length
        duration = round(at + 0.1, 3)
        audio = ctx.save(_with_text(_tone(duration, 220.0, 1), said), "audio/wav", "take.wav")
        voice = line.voice or "tone"
        return Speech(
            audio=audio, words=tuple(words), duration_s=duration, text=said, spoken=said, language=line.language, voice=voice,
            provider=self.name,
        )  # fmt: skip


def _split(text: str) -> list[tuple[str, bool]]:
    """The words of a text, and whether each stands without a space before it. Chinese goes by character with its signs."""
    words: list[tuple[str, bool]] = []
    for chunk in text.split():
        pieces = re.findall(rf"{_CJK.pattern}[^\w\s]*|[^{_IDEOGRAPHS}]+", chunk)
        words.extend((piece, number > 0) for number, piece in enumerate(pieces))
    return words


class FakeTranscribe(Provider):
    """Hears in a take of `FakeSpeech` what it was made of, and `tone` in anything else."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def transcribe(self, recording: TranscriptRequest, ctx: Context) -> Transcript:
        """The words that the file's comment holds, at an even pace."""
        content = ctx.open(recording.audio).read_bytes()
        pieces = _split(_comment(content) or "tone")
        duration = max(0.0, (len(content) - 44) / (2 * _RATE_HZ))
        step = duration / len(pieces)
        words = tuple(
            Word(text=text, start_s=round(number * step, 3), end_s=round((number + 1) * step, 3), is_glued=is_glued)
            for number, (text, is_glued) in enumerate(pieces)
        )
        text = "".join(("" if word.is_glued else " ") + word.text for word in words).strip()
        language = recording.language or ("zh" if _CJK.search(text) else "en")
        return Transcript(words=words, text=text, language=language, confidence=1.0, duration_s=duration, listener=self.name)


def _with_text(wav: bytes, text: str) -> bytes:
    """A WAV file with a comment (RIFF INFO, ICMT), which players pass over."""
    comment = text.encode() + b"\0"
    comment += b"\0" * (len(comment) % 2)
    chunk = b"LIST" + struct.pack("<I", len(comment) + 12) + b"INFOICMT" + struct.pack("<I", len(comment)) + comment
    return wav[:4] + struct.pack("<I", len(wav) - 8 + len(chunk)) + wav[8:] + chunk


def _comment(wav: bytes) -> str:
    at = wav.rfind(b"INFOICMT")
    if at < 0:
        return ""
    (length,) = struct.unpack_from("<I", wav, at + 8)
    return wav[at + 12 : at + 12 + length].rstrip(b"\0").decode("utf-8", "replace")


class FakeImage(Provider):
    """A flat picture in a colour chosen by the words; the user's photo stays as it is."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def draw(self, request: ImageRequest, ctx: Context) -> Picture:
        """A PNG of one colour, small whatever was asked for."""
        number = zlib.crc32(request.prompt.encode()) % len(_COLOURS)
        ground, colour = _COLOURS[number]
        palette = Palette(ground=ground, ink="#FFFFFF", accent="#FFC145", quiet="#C7CCD6")
        photo = request.photo
        image = ctx.save(_png(320, 320, colour), "image/png", "picture.png") if photo is None else photo
        return Picture(image=image, width=320, height=320, is_photo=photo is not None, palette=palette, alt=request.prompt or "a picture")


class FakeRetouch(Provider):
    """Leaves a picture as it is; of several takes the first."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def edit(self, request: EditRequest, ctx: Context) -> Picture:
        """The picture itself, with a size that is made up."""
        return Picture(image=request.picture, width=320, height=320, is_photo=True, palette=request.palette, alt=request.alt)

    def collage(self, request: CollageRequest, ctx: Context) -> Picture:
        """The first of the photos."""
        return Picture(image=request.photos[0], width=320, height=320, is_photo=True, palette=request.palette, alt=request.alt)


class FakeDescribe(Provider):
    """Sees what it is told."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def describe(self, request: DescribeRequest, ctx: Context) -> Sight:
        """The hint, or `a picture`."""
        return Sight(alt=request.hint or "a picture", subject=request.hint[:200], answer="yes" if request.question else "")


class FakeRank(Provider):
    """Likes every picture equally: the first is the best."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def match(self, prompt: str, pictures: tuple[Any, ...], ctx: Context) -> tuple[float, ...]:
        """The same number for each."""
        return (0.5,) * len(pictures)


class FakeMusic(Provider):
    """A quiet low tone of the right length."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def compose(self, request: MusicRequest, ctx: Context) -> Track:
        """A tone with beats at 120 a minute, or at the tempo asked for."""
        tempo = request.tempo_bpm or 120.0
        beats = tuple(round(number * 60 / tempo, 3) for number in range(math.ceil(request.duration_s * tempo / 60)))
        audio = ctx.save(_tone(request.duration_s, 110.0, 2), "audio/wav", "music.wav")
        return Track(audio=audio, duration_s=request.duration_s, tempo_bpm=tempo, beats_s=beats, mood=request.mood)


class FakeMotion(Provider):
    """A flat film of the length that was asked for, small whatever was asked for."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def animate(self, request: MotionRequest, ctx: Context) -> FootageTake:
        """An MP4 of one colour, silent."""
        frames = round(request.seconds * request.fps)
        return FootageTake(
            video=_film((320, 320), frames, request.fps, "film.mp4", ctx),
            poster=ctx.save(_png(320, 320, _COLOURS[0][1]), "image/png", "film.png"),
            width=320,
            height=320,
            fps=request.fps,
            frames=frames,
        )


class FakeSound(Provider):
    """A quiet low tone."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def sound(self, request: SoundRequest, ctx: Context) -> SoundTake:
        """Half a second, or as long as asked."""
        duration = request.duration_s or 0.5
        return SoundTake(audio=ctx.save(_tone(duration, 180.0, 2), "audio/wav", "sound.wav"), duration_s=duration)


class FakeVideo(Provider):
    """A real but tiny MP4 per format: flat frames of the right number, a quarter of the size, silent."""

    name: ClassVar[str] = "fake"
    version: ClassVar[int] = 1
    is_fake: ClassVar[bool] = True

    def assemble(self, request: ClipRequest, ctx: Context) -> Clip:
        """Flat frames, subtitles with a line per scene, flat poster and contact sheet."""
        board = request.script
        takes = request.voice or (None,) * len(board.scenes)
        slots = schedule(board, takes, request.fps, request.length_s)
        frames = slots[-1].start + slots[-1].frames
        files: list[Artifact] = []
        for form in request.formats:
            ctx.progress(len(files) / len(request.formats), form)
            files.append(_film(formats.scaled_size(form, request.scale / 4), frames, request.fps, f"{formats.file_part(form)}.mp4", ctx))
        lines = [
            (slot.start / request.fps, (slot.start + slot.frames) / request.fps, scene.say)
            for slot, scene in zip(slots, board.scenes, strict=True)
        ]
        captions = (
            ctx.save(_subtitles(lines, ",", numbers=True).encode(), "application/x-subrip", ".srt"),
            ctx.save(f"WEBVTT\n\n{_subtitles(lines, '.', numbers=False)}".encode(), "text/vtt", ".vtt"),
            ctx.save(b'{"words":[]}', "application/json", ".words.json"),
        )
        return Clip(
            files=tuple(files),
            captions=captions,
            poster=ctx.save(_png(270, 480, _COLOURS[0][1]), "image/png", "poster.png"),
            contact_sheet=ctx.save(_png(480, 270, _COLOURS[1][1]), "image/png", "contact-sheet.png"),
            duration_s=frames / request.fps,
            frames=frames,
            fps=request.fps,
        )

    def preview(self, request: PreviewRequest, ctx: Context) -> Preview:
        """Flat pictures, as many as were asked for."""
        clip = self.assemble(request, ctx)
        pictures = []
        for form in request.formats:
            for n in (*request.at_frames, *(int(at * clip.fps) for at in request.at_s)):
                if n >= clip.frames:
                    raise WorkflowError(f"there is no frame {n}: the clip has {clip.frames}", f"the frames are 0 to {clip.frames - 1}")
                pictures.append(ctx.save(_png(27, 48, _COLOURS[0][1]), "image/png", f"{formats.file_part(form)}-frame-{n}.png"))
        return Preview(
            pictures=tuple(pictures),
            sheets=(clip.contact_sheet,) if request.sheet else (),
            files=clip.files if request.draft else (),
            duration_s=clip.duration_s,
            frames=clip.frames,
            fps=clip.fps,
        )


def _film(size: tuple[int, int], frames: int, fps: int, name: str, ctx: Context) -> Artifact:
    import av

    target = ctx.scratch / name
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        frame = av.VideoFrame(*size, "yuv420p")
        for plane, value in zip(frame.planes, (60, 140, 120), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        for number in range(frames):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return ctx.save(target, "video/mp4", name)


def _subtitles(lines: list[tuple[float, float, str]], point: str, *, numbers: bool) -> str:
    blocks = []
    for number, (start, end, text) in enumerate((line for line in lines if line[2]), start=1):
        head = f"{number}\n" if numbers else ""
        blocks.append(f"{head}{_clock(start, point)} --> {_clock(end, point)}\n{text}\n")
    return "\n".join(blocks)


def _clock(seconds: float, point: str) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


def _tone(duration_s: float, pitch_hz: float, channels: int) -> bytes:
    """A 48 kHz 16-bit WAV of a sine at -30 dBFS. One second is made and repeated: `pitch_hz` must be whole."""
    peak = 32767 * 10 ** (-30 / 20)
    second = array("h", (round(peak * math.sin(2 * math.pi * pitch_hz * n / _RATE_HZ)) for n in range(_RATE_HZ) for _ in range(channels)))
    count = round(duration_s * _RATE_HZ) * channels
    data = (second * (count // len(second) + 1))[:count]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(data.tobytes())
    return buffer.getvalue()


def _png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A PNG of one colour (PNG specification, third edition: IHDR, IDAT with filter 0, IEND)."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\x00" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
