"""What steps hand to each other besides the storyboard: takes of speech, pictures, music, records, finished clips."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from aigc_cli.artifacts import ArtifactField
from aigc_cli.storyboard import Shape, SoundName, Source, Storyboard, Transition


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
    timing: Literal["exact", "aligned", "estimated"] = Field("exact", description="Where the words' times come from.")
    consent: str = Field("", description="Who agreed that this voice is cloned, when and for what; empty for a voice that is nobody's.")


def cloned(takes: Iterable[Speech | None]) -> tuple[str, ...]:
    """What is to be said of the cloned voices in some takes, once for each: that they are, and who agreed."""
    return tuple(dict.fromkeys(f"The voice is cloned: {take.consent}" for take in takes if take and take.consent))


class Line(Shape):
    """What a narrator is asked to say in one take."""

    text: str = Field(min_length=1, description="As one would write it: figures, signs and abbreviations are read out.")
    language: str = Field("en", description="BCP 47 tag of the text: `en`, `en-GB`, `zh`.")
    voice: str | None = Field(None, description="Name of a voice; null takes the language's first.")
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own pace.")
    pause_ms: int = Field(250, ge=0, le=5000, description="Silence between two sentences.")
    pitch: float = Field(0.0, ge=-6, le=6, description="Semitones above or below the voice's own pitch.")
    breaths: Literal["auto", "clear", "off"] = Field("auto", description="Breaths in the longer pauses: hardly heard, clearly, or none.")
    lexicon: dict[str, str] = Field(
        default_factory=dict, description="Names in the text and how they sound: words, or phonemes between slashes."
    )
    speakers: dict[str, str] = Field(default_factory=dict, description="Speakers in the text, and the voice of each.")


class Voice(Shape):
    """A voice that a speech provider offers."""

    name: str = Field(description="How users call it, unique among all providers: `heart`, `xiaoxiao`.")
    languages: tuple[str, ...] = Field(description="BCP 47 tags it speaks well: `en-US`, `zh`.")
    gender: str = Field(description="`female` or `male`.")
    style: str = Field(description="A line that says what it is good for.")


class TranscriptRequest(Shape):
    """What a listener is given: any file with sound, and what is known about it."""

    audio: ArtifactField
    language: str = Field("", description="BCP 47 tag; empty lets the listener find out.")
    chinese: Literal["simplified", "traditional", "as-heard"] = Field("simplified", description="Which characters Chinese is written in.")
    names: tuple[str, ...] = Field((), max_length=50, description="Names that may be said, so that they are written right.")


class Transcript(Shape):
    """What was heard: words in order with their times, as they would be captioned. Empty when nobody speaks."""

    words: tuple[Word, ...]
    text: str
    language: str = Field(description="BCP 47 tag, found or given; `und` when nobody speaks.")
    confidence: float = Field(ge=0, le=1, description="How sure the language is, 1 when it was given.")
    duration_s: float = Field(ge=0)
    listener: str = Field(description="The engine that listened.")


class Palette(Shape):
    """Four colours as #RRGGBB: `ground` 60 %, `ink` 30 %, `accent` for one thing per frame, `quiet` for the rest."""

    ground: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")
    ink: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")
    accent: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")
    quiet: str = Field(pattern=r"^#[0-9A-Fa-f]{6}$")


Grade = Literal["natural", "brand", "duotone", "mono", "vivid", "soft", "warm", "cool"]
"""How a photo is coloured."""

Background = Literal["keep", "blur", "remove", "studio"]
"""What becomes of what is behind a photo's subject."""


class Treatment(Shape):
    """What is done to a photo before it is placed."""

    grade: Grade = Field("natural", description="How a photo is coloured; `brand` and `duotone` use the palette.")
    background: Background = Field(
        "keep", description="What is behind a photo's subject: kept, blurred, removed, or a studio ground in the palette's colours."
    )
    blur: float = Field(0.6, ge=0, le=1, description="How far out of focus `background: blur` is.")
    parallax: bool = Field(False, description="Lets the subject move before its background, as things near the camera do.")


class ImageRequest(Treatment):
    """What an image provider is asked for: the user's photo made ready, or a picture made from words."""

    prompt: str = Field("", max_length=2000, description="What to see, in a few words; with a photo, what it shows.")
    photo: ArtifactField | None = Field(
        None, description="The user's photo; null lets the provider make a picture.", json_schema_extra={"media": "image"}
    )
    style: Literal["scene", "drawing", "abstract", "pattern"] = Field(
        "scene", description="A whole scene; one drawing cut out on nothing; light and lines that show no thing; or a pattern."
    )
    language: str = Field("", description="BCP 47 tag of the prompt; decides between words that are equally good.")
    width: int = Field(1600, ge=64, le=4096, description="Width of a picture that is made, in pixels.")
    height: int = Field(1600, ge=64, le=4096, description="Height of a picture that is made, in pixels.")
    palette: Palette | None = Field(None, description="Colours to keep to; null leaves the choice to the provider.")


class EditRequest(Treatment):
    """A picture to be treated: a photo, or what a model made."""

    picture: ArtifactField = Field(description="The picture: PNG, JPEG, WebP, GIF or BMP.", json_schema_extra={"media": "image"})
    enlarge: float = Field(1.0, ge=1, le=4, description="How many times larger the sides are to be; no side passes 4096 pixels.")
    alt: str = Field("", max_length=2000, description="What is seen, in words.")
    palette: Palette | None = Field(None, description="Colours of grades and of the studio; null takes the brand's, or the picture's own.")


class CollageRequest(Treatment):
    """Several photos that become one picture."""

    photos: tuple[ArtifactField, ...] = Field(
        min_length=2, max_length=6, description="Two to six photos, the most important first.", json_schema_extra={"media": "image"}
    )
    width: int = Field(1600, ge=64, le=4096, description="Width in pixels.")
    height: int = Field(1600, ge=64, le=4096, description="Height in pixels; its shape decides how the photos are laid out.")
    gutter: float = Field(0.02, ge=0, le=0.1, description="Between photos and around them, in parts of the shorter side.")
    radius: float = Field(0.02, ge=0, le=0.2, description="Of the photos' corners, in parts of the shorter side.")
    alt: str = Field("", max_length=2000, description="What is seen, in words.")
    palette: Palette | None = Field(None, description="Colours of the ground; null takes the brand's, or those of the first photo.")


class Region(Shape):
    """A part of a picture, in fractions of its width and height from the top left."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    w: float = Field(gt=0, le=1)
    h: float = Field(gt=0, le=1)


class Picture(Shape):
    """A picture ready to be placed: sRGB, PNG with alpha for a cut-out, else PNG or JPEG."""

    image: ArtifactField
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    focus: tuple[float, float] = Field((0.5, 0.5), description="Where the subject is, in fractions from the top left.")
    faces: tuple[Region, ...] = Field((), description="Faces from brow to chin, largest first: words and captions keep off them.")
    subject: Region | None = Field(None, description="Where the subject stands, when that is known exactly: words keep off it.")
    planes: tuple[ArtifactField, ...] = Field((), description="The picture in depth planes of its own size, from back to front; or none.")
    is_cutout: bool = Field(False, description="The subject alone, on nothing.")
    is_photo: bool = Field(False, description="The user's own photo rather than something made.")
    palette: Palette | None = Field(None, description="Colours found in the picture, checked for contrast.")
    alt: str = Field("", description="What is seen, in words.")


class DescribeRequest(Shape):
    """A picture to be put into words."""

    image: ArtifactField = Field(description="The picture: PNG, JPEG, WebP.", json_schema_extra={"media": "image"})
    hint: str = Field("", max_length=500, description="What is known of it: its subject, names, the occasion.")
    question: str = Field("", max_length=500, description="What is asked about it; empty asks for nothing but a description.")
    language: str = Field("en", description="BCP 47 tag of the description.")


class Sight(Shape):
    """What was seen in a picture, in words."""

    alt: str = Field(min_length=1, max_length=500, description="One sentence for those who do not see the picture.")
    subject: str = Field("", max_length=200, description="What it shows, in a few words.")
    answer: str = Field("", max_length=1000, description="The answer to the question.")


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
    tempo_bpm: float = Field(ge=0, description="Beats per minute; 0 when no beat is found.")
    beats_s: tuple[float, ...] = Field(description="When the beats fall, in seconds; the first of each bar is every fourth.")
    mood: str
    credit: str = Field("", description="Who is to be credited, when somebody is.")


class SoundRequest(Shape):
    """A sound to be made."""

    name: SoundName | None = Field(None, description="A sound that can be made without a model, such as `riser`.")
    prompt: str = Field("", max_length=300, description="Any sound in words: `a cup is put on a table`.")
    duration_s: float | None = Field(None, gt=0, le=30, description="How long it lasts; null: as the sound does by itself.")


class SoundTake(Shape):
    """A sound: 48 kHz stereo 16-bit WAV."""

    audio: ArtifactField
    duration_s: float = Field(gt=0)
    mark_s: float = Field(0.0, ge=0, description="The second of it that belongs on the moment it is asked for.")
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


Codec = Literal["h264", "hevc", "av1", "vp9", "prores", "gif", "webp", "png"]


_SCREENS = ("none", "auto", "green", "blue")


def _checked_screen(value: str) -> str:
    if value in _SCREENS:
        return value
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise ValueError(f'"{value}" is no screen; use one of {", ".join(_SCREENS)}, or a colour such as "#00b140"')
    parts = [int(value[n : n + 2], 16) for n in (1, 3, 5)]
    if max(parts) - min(parts) < 60:
        raise ValueError(f"{value} has too little colour to be told from skin and clothes")
    return value


Screen = Annotated[str, AfterValidator(_checked_screen)]
"""What is keyed: `none`, `auto`, `green`, `blue` or #RRGGBB."""


class FootageRequest(Shape):
    """A part of the user's video, to be made ready for a scene."""

    file: ArtifactField = Field(description="The video: MP4, MOV, WebM or Matroska.")
    start_s: float = Field(0.0, ge=0, le=86400, description="Where the part begins, in seconds of the file.")
    end_s: float | None = Field(None, gt=0, le=86400, description="Where it ends; null: at the file's end. Two minutes are the most.")
    speed: float = Field(1.0, ge=0.25, le=8, description="2 shows it twice as fast.")
    sound: Literal["keep", "duck", "drop"] = Field("duck", description="Its own sound: as it is, under what is said, or not at all.")
    fit: Literal["fill", "blur"] = Field("fill", description="Cropped to fill its place, or whole on a blurred ground of itself.")
    rotate: Literal[0, 90, 180, 270] = Field(0, description="Turned clockwise by so many degrees.")
    key: Screen = Field("none", description="The screen that becomes see-through: `auto`, `green`, `blue`, or its colour as #RRGGBB.")
    tolerance: float = Field(0.2, ge=0, le=0.9, description="How far from the screen's colour is still screen.")
    softness: float = Field(0.8, ge=0, le=1, description="How soft the edge of what is keyed is.")
    repeat: bool | None = Field(None, description="Begins again when the scene lasts longer; null: as a GIF or WebP says of itself.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second.")


class FootageTake(Shape):
    """A part of the user's video, ready for a scene: upright H.264 in BT.709 at one frame rate, its sound apart."""

    video: ArtifactField
    poster: ArtifactField = Field(description="A still of it, as JPEG.")
    sound: ArtifactField | None = Field(None, description="48 kHz stereo 16-bit WAV as long as the pictures; null when it is silent.")
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    fps: int = Field(gt=0)
    frames: int = Field(gt=0)
    is_ducked: bool = Field(True, description="Its sound goes under what is said.")
    fit: Literal["fill", "blur"] = "fill"
    has_matte: bool = Field(False, description="It is see-through: the film is twice as high, its alpha under its pictures.")
    is_repeated: bool = Field(False, description="It begins again when its scene lasts longer.")
    subject: tuple[float, float, float, float] = Field(
        (0.0, 0.0, 1.0, 1.0), description="Left, top, right and bottom of what is not see-through, in fractions."
    )
    focus: tuple[float, float] = Field((0.5, 0.5), description="Where the subject is, in fractions from the top left.")
    faces: tuple[Region, ...] = Field((), description="Faces in its still, from brow to chin.")
    palette: Palette | None = Field(None, description="Colours found in it, checked for contrast.")


class MotionRequest(Shape):
    """A film that a model is to make: from words, or from a picture that begins to move."""

    prompt: str = Field("", max_length=2000, description="What is seen and what moves, in a few words.")
    image: ArtifactField | None = Field(
        None, description="The picture that the film begins with; null makes it from words alone.", json_schema_extra={"media": "image"}
    )
    seconds: float = Field(4.0, ge=0.5, le=120, description="Wanted length; a model that makes less is slowed down, then stands still.")
    stretch: float = Field(1.5, ge=1, le=4, description="How much slower than it was made the film may be shown to reach its length.")
    width: int = Field(1080, ge=64, le=4096, description="Width of the frame, for its shape.")
    height: int = Field(1920, ge=64, le=4096, description="Height of the frame, for its shape.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second of the clip; what lies between is found by motion.")


class ClipRequest(Shape):
    """A clip to be filmed: the storyboard, what was made for it, and how it is to look."""

    script: Storyboard = Field(description="The storyboard, as `text.write` or `text.brief` gives it.")
    pictures: tuple[Picture | None, ...] = Field((), description="One picture, or null, per scene.")
    footage: tuple[FootageTake | None, ...] = Field((), description="A part of a video, or null, per scene; it goes before the picture.")
    voice: tuple[Speech | None, ...] = Field((), description="One take of speech, or null, per scene.")
    sounds: tuple[SoundTake | None, ...] = Field((), description="One sound, or null, per scene; its `sound` says where it is heard.")
    music: Track | None = Field(None, description="Music under the whole clip.")
    formats: tuple[str, ...] = Field(("9:16",), min_length=1, max_length=8, description="`9:16`, `4:5`, `1:1`, `16:9` or WIDTHxHEIGHT.")
    captions: Literal["auto", "highlight", "karaoke", "pop", "plain", "none"] = Field(
        "auto", description="Style of the burned captions; `auto` takes the brand's own."
    )
    brand: str = Field(
        "auto", description="A brand's name; `auto` takes its colours from the photo.", json_schema_extra={"template": "brands"}
    )
    logo: ArtifactField | None = Field(None, description="A logo picture, best with transparency.")
    length_s: float | None = Field(None, gt=0, le=3600, description="Wanted length; breathing spaces are fitted to it.")
    transitions: Literal["auto"] | Transition = Field(
        "auto", description="How scenes take over from each other where the storyboard leaves it open; `auto` is mostly cuts."
    )
    cuts: Literal["words", "beats"] = Field(
        "words", description="Where scenes change: when their words have been said, or on the beat of the music nearest to that."
    )
    sound_effects: bool = Field(
        True, description="Small sounds: under transitions that move or flash, under what springs up, under a number that counts."
    )
    show_credits: bool = Field(False, description="The music's credit stands small on the last scene.")
    background: Literal["brand", "transparent"] = Field(
        "brand", description="`transparent`: no ground, for `codec` vp9, prores, webp, png, and gif, whose pixels are seen or not."
    )
    progress_bar: bool = Field(False, description="A thin bar that grows along the lower edge.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second.")
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = Field(
        "veryfast", description="x264 preset."
    )
    crf: int = Field(20, ge=0, le=40, description="x264 constant rate factor; lower is better and larger.")
    codec: Codec = Field("h264", description="h264 plays everywhere; hevc, av1, vp9 are smaller; prores is a master; gif, webp, png.")
    hardware: Literal["none", "auto", "nvenc", "videotoolbox", "qsv", "amf"] = Field(
        "none", description="Encodes H.264 in hardware where the machine can; the bytes are then the machine's own."
    )
    platform: Literal["none", "reels", "shorts", "tiktok", "feed", "linkedin", "youtube"] = Field(
        "none", description="Where it will be shown: shape, length, size and bit rate are checked before and after."
    )
    scale: float = Field(1.0, ge=0.25, le=2, description="Size against the full format; 0.5 makes a draft.")


class Clip(Shape):
    """A finished clip in one or several formats."""

    files: tuple[ArtifactField, ...]
    captions: tuple[ArtifactField, ...] = Field(description="SRT, VTT and words.json, in this order.")
    poster: ArtifactField
    contact_sheet: ArtifactField
    timelines: tuple[ArtifactField, ...] = Field((), description="The timeline of each format as JSON.")
    credits: tuple[str, ...] = Field((), description="Who is to be credited for what is heard.")
    duration_s: float
    frames: int
    fps: int
    loudness_lufs: float | None = Field(None, description="Integrated loudness of the finished file; null when it is silent.")
    true_peak_dbtp: float | None = Field(None, description="True peak of the finished file; null when it is silent.")


class PreviewRequest(ClipRequest):
    """A clip of which only something is to be seen: frames, a contact sheet, or a small fast draft."""

    at_frames: tuple[Annotated[int, Field(ge=0)], ...] = Field((), max_length=100, description="Frames of the clip, from 0.")
    at_s: tuple[Annotated[float, Field(ge=0)], ...] = Field((), max_length=100, description="Moments of the clip, in seconds.")
    at_scenes: tuple[str, ...] = Field((), max_length=100, description="Ids of scenes; each is seen when everything has come in.")
    sheet: bool = Field(False, description="A contact sheet of the whole clip.")
    draft: bool = Field(False, description="The clip itself; with `scale: 0.5` and `preset: ultrafast` it takes seconds.")


class Preview(Shape):
    """What was asked to be seen of a clip, format by format."""

    pictures: tuple[ArtifactField, ...] = Field((), description="PNG files of single frames.")
    sheets: tuple[ArtifactField, ...] = Field((), description="Contact sheets as JPEG.")
    files: tuple[ArtifactField, ...] = Field((), description="The draft as MP4.")
    timelines: tuple[ArtifactField, ...] = Field((), description="The timeline of each format as JSON.")
    duration_s: float
    frames: int
    fps: int


class RenderRequest(Shape):
    """A timeline to be rendered as it stands."""

    timeline: ArtifactField = Field(description="A timeline as JSON, as `video.assemble` gives it.")
    name: str = Field("", max_length=100, pattern=r"^[\w.-]*$", description="What the file is to be called, without its ending.")
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = Field(
        "veryfast", description="x264 preset."
    )
    crf: int = Field(20, ge=0, le=40, description="x264 constant rate factor; lower is better and larger.")
    codec: Codec = Field("h264", description="h264 plays everywhere; hevc, av1, vp9 are smaller; prores is a master; gif, webp, png.")
    hardware: Literal["none", "auto", "nvenc", "videotoolbox", "qsv", "amf"] = Field(
        "none", description="Encodes H.264 in hardware where the machine can; the bytes are then the machine's own."
    )


class ConcatRequest(Shape):
    """Ready clips to be joined one after the other."""

    files: tuple[ArtifactField, ...] = Field(min_length=1, max_length=100, description="The clips, in order.")
    fit: Literal["fill", "blur"] = Field("blur", description="How one of another shape is fitted to the first one's.")
    fps: Literal[24, 25, 30, 50, 60] = Field(30, description="Frames per second, where they must be encoded anew.")
    title: str = Field("", max_length=200, description="The title in the file.")
    language: str = Field("", description="BCP 47 tag of what is said.")


class Joined(Shape):
    """Clips joined to one file."""

    file: ArtifactField
    is_copied: bool = Field(description="Nothing was encoded anew.")
    duration_s: float
