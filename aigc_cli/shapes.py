"""What steps hand to each other besides the storyboard: takes of speech, pictures, music, records, finished clips."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from aigc_cli.artifacts import ArtifactField
from aigc_cli.storyboard import Shape, Source


class Word(Shape):
    """One word as it is shown, and when it is heard, in seconds from the start of its take."""

    text: str = Field(description="The written word with its own punctuation: joining all words gives the text back.")
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    is_glued: bool = Field(False, description="No space stands before it (Chinese, or after an opening quote).")


class Speech(Shape):
    """One take of narration: 48 kHz mono 16-bit WAV, and its words in order, without overlap."""

    audio: ArtifactField
    words: tuple[Word, ...]
    duration_s: float = Field(ge=0)
    text: str = Field(description="What was to be said, as written.")
    spoken: str = Field(description="What was really read out, numbers and signs in words.")
    language: str
    voice: str
    provider: str


class Line(Shape):
    """What a narrator is asked to say in one take."""

    text: str = Field(min_length=1, description="As one would write it: figures, signs and abbreviations are read out.")
    language: str = Field("en", description="BCP 47 tag of the text: `en`, `en-GB`, `zh`.")
    voice: str | None = Field(None, description="Name of a voice; null takes the language's first.")
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own pace.")
    pause_ms: int = Field(250, ge=0, le=5000, description="Silence between two sentences.")


class Voice(Shape):
    """A voice that a speech provider offers."""

    name: str = Field(description="How users call it, unique among all providers: `heart`, `xiaoxiao`.")
    languages: tuple[str, ...] = Field(description="BCP 47 tags it speaks well: `en-US`, `zh`.")
    gender: str = Field(description="`female` or `male`.")
    style: str = Field(description="A line that says what it is good for.")


class Palette(Shape):
    """Four colours as #RRGGBB: `ground` 60 %, `ink` 30 %, `accent` for one thing per frame, `quiet` for the rest."""

    ground: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")
    ink: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")
    accent: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")
    quiet: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")


class Picture(Shape):
    """A picture ready to be placed: sRGB, PNG with alpha for a cut-out, else PNG or JPEG."""

    image: ArtifactField
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    focus: tuple[float, float] = Field((0.5, 0.5), description="Where the subject is, in fractions from the top left.")
    is_cutout: bool = Field(False, description="The subject alone, on nothing.")
    is_photo: bool = Field(False, description="The user's own photo rather than something made.")
    palette: Palette | None = Field(None, description="Colours found in the picture, checked for contrast.")
    alt: str = Field("", description="What is seen, in words.")


Mood = Literal["calm", "upbeat", "corporate", "cinematic", "newsroom", "playful"]


class MusicRequest(Shape):
    """What a music provider is asked for."""

    mood: Mood = Field("upbeat", description="The feeling and the instruments that carry it.")
    duration_s: float = Field(ge=0.5, le=3600, description="Exact length in seconds; the last chord has faded by then.")
    tempo_bpm: float | None = Field(None, ge=40, le=220, description="Beats per minute; null lets the mood choose.")
    key: str | None = Field(None, pattern=r"^[A-G][#b]?m?$", description="`C`, `F#`, `Bb`, `Am`; null lets the mood choose.")
    energy: float = Field(0.5, ge=0, le=1, description="How dense: 0 without drums, 1 with everything.")


class Track(Shape):
    """Music: 48 kHz stereo 16-bit WAV of an exact length."""

    audio: ArtifactField
    duration_s: float = Field(gt=0)
    tempo_bpm: float = Field(gt=0)
    beats_s: tuple[float, ...] = Field(description="When the beats fall, in seconds; the first of each bar is every fourth.")
    mood: str
    credit: str = Field("", description="Who is to be credited, when somebody is.")


class Record(Shape):
    """One typed record of a data source, with where it comes from."""

    fields: dict[str, JsonValue] = Field(description="Numbers are numbers, dates ISO 8601 text, missing cells null.")
    source: Source


class Records(Shape):
    """A data source, read: what form it had, what it calls itself, and its records in the file's order."""

    form: str = Field(description="`csv`, `tsv`, `json`, `jsonl`, `geojson`, `rss` or `atom`.")
    title: str = ""
    url: str = ""
    updated: str = Field("", description="When the source says it was made, ISO 8601, empty when it does not say.")
    language: str = ""
    columns: dict[str, str] = Field(default_factory=dict, description="Field name to type: number, integer, date, text, boolean.")
    records: tuple[Record, ...]
    notes: tuple[str, ...] = Field((), description="What had to be repaired while reading: dates, cells, rows.")


class Clip(Shape):
    """A finished clip in one or several formats."""

    files: tuple[ArtifactField, ...]
    captions: tuple[ArtifactField, ...] = Field(description="SRT, VTT and words.json, in this order.")
    poster: ArtifactField
    contact_sheet: ArtifactField
    duration_s: float
    frames: int
    fps: int
    loudness_lufs: float | None = Field(None, description="Integrated loudness of the finished file; null when it is silent.")
    true_peak_dbtp: float | None = Field(None, description="True peak of the finished file; null when it is silent.")
