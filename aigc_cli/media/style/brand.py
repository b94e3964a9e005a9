"""A brand: colours, typefaces, logo, and the manner of captions, music and voice. One switch rebrands a clip.

`templates/brands/NAME.yaml` follows the open `_brand.yml` form (https://posit-dev.github.io/brand-yml), plus one block
`aigc`. Colours may be names of the palette. From a brand's few colours come three tones, `dark`, `light` and `accent`,
each with a ground, inks that are measured against it, and glows that never take a text below 4.5:1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.drawing import drawings
from aigc_cli.media.layout import template_file
from aigc_cli.media.speech import lexicon
from aigc_cli.media.speech.lexicon import Entries
from aigc_cli.media.style import fonts, palettes, tones
from aigc_cli.media.style.palettes import from_oklch, mix, oklch, reach
from aigc_cli.media.style.signatures import Bookend, BookendField, LowerThird, LowerThirdField
from aigc_cli.media.style.tones import READABLE, Tone, ToneName
from aigc_cli.media.style.typography import Style
from aigc_cli.shapes import Mood, Palette
from aigc_cli.workflow.problems import nearest

MotifName = Literal["rings", "discs", "dots", "tiles", "bars", "fan", "none"]
__all__ = ["READABLE", "ROLES", "Brand", "MotifName", "Tone", "ToneName", "from_palette", "load", "parse"]

_AUTO = "auto"
_DRAWINGS = "take the name of an emoji, such as `rocket` or `hot-beverage`"
_ALERT = "#FF3B30"


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class _Meta(_Form):
    name: str | dict[str, str] = ""
    link: Any = None


class _Colours(_Form):
    palette: dict[str, str] = {}
    foreground: str = "#FFFFFF"
    background: str = "#12141C"
    primary: str = Field("#8AA2FF", description="The accent: it marks one thing in a frame.")
    secondary: str | None = Field(None, description="Glows, discs and the ground of the accent tone; the primary when null.")
    tertiary: str | None = None
    success: str | None = None
    info: str | None = None
    warning: str | None = None
    danger: str = Field(_ALERT, description="The alert colour of news.")
    light: str | None = Field(None, description="The ground of light scenes.")
    dark: str | None = Field(None, description="The ink on light scenes.")


def _as_face(value: Any) -> Any:
    return {"family": value} if isinstance(value, str) else value


class _Face(_Form):
    family: str | None = None
    weight: int | None = Field(None, ge=100, le=900)
    size: Any = None
    style: Any = None
    line_height: float | None = Field(None, alias="line-height", ge=0.8, le=2.0)
    color: Any = None
    background_color: Any = Field(None, alias="background-color")
    decoration: Any = None
    tracking: float | None = Field(None, ge=-0.1, le=0.3, description="Letter spacing of headlines, in fractions of the size.")


Face = Annotated[_Face, BeforeValidator(_as_face)]


class _Typography(_Form):
    fonts: Any = None
    base: Face = _Face()
    headings: Face = _Face()
    monospace: Any = None
    monospace_inline: Any = Field(None, alias="monospace-inline")
    monospace_block: Any = Field(None, alias="monospace-block")
    link: Any = None


class _Own(_Form):
    """What `_brand.yml` has no word for."""

    captions: str = Field("highlight", description="Caption style, a name of `templates/captions`.")
    music: Mood | Literal[""] = Field("", description="Music mood; empty leaves it to the workflow.")
    voice: str | dict[str, str] = Field(
        "", description="Voice, or one per language or engine (`{en: george, zh: yunyang, openai: nova}`), for workflows that name none."
    )
    lexicon: Entries | str = Field("", description="How the brand's names sound: `name: sound`, or a file beside this one.")
    wordmark: str = Field("", max_length=24, description="The brand's name as it is set beside its mark.")
    mark: str = Field("", description="Name of a shipped drawing that stands for the logo.")
    motif: MotifName = Field("rings", description="The large quiet shape on scenes that have no picture.")
    intro: BookendField = Field(None, description="What opens every clip: `card`, a file beside this one, or what is said in full.")
    outro: BookendField = Field(None, description="What closes every clip.")
    lower_third: LowerThirdField = Field(LowerThird(), description="How the name of somebody who is seen is set.")

    @field_validator("mark")
    @classmethod
    def _is_drawn(cls, value: str) -> str:
        if value and value not in drawings.names():
            raise ValueError(f"there is no drawing `{value}`; {nearest(value, drawings.names(), otherwise=_DRAWINGS)}")
        return value


class _BrandFile(_Form):
    meta: _Meta = _Meta()
    logo: Any = None
    color: _Colours = _Colours()
    typography: _Typography = _Typography()
    defaults: Any = None
    aigc: _Own = _Own()


@dataclass(frozen=True)
class Brand:
    """A brand, resolved: plain colours, known families."""

    name: str
    palette: Palette
    secondary: str
    alert: str
    display: str = "Manrope"
    display_weight: int = 800
    display_tracking: float = -0.02
    body: str = "Manrope"
    light_ground: str | None = None
    dark_ink: str | None = None
    captions: str = "highlight"
    mood: Mood | Literal[""] = ""
    voices: Mapping[str, str] = field(default_factory=dict)
    """A voice by the language that it is for; by `` for any."""
    lexicon: Mapping[str, str] = field(default_factory=dict)
    """How its names sound."""
    title: str = ""
    """What it is called, as its file says."""
    wordmark: str = ""
    mark: str = ""
    motif: MotifName = "rings"
    intro: Bookend | None = None
    outro: Bookend | None = None
    """What opens and closes every clip; their files are whole paths."""
    lower_third: LowerThird = field(default_factory=LowerThird)
    logo: Path | None = None
    """The logo's file, when the brand has one that exists: to be imported as an artifact."""
    logo_colour: str = ""
    """Mean colour of what is seen of the logo in use, once it was opened; empty for one without see-through parts."""
    notes: tuple[str, ...] = ()
    """What was repaired, to be told to the user."""

    def tone(self, name: ToneName) -> Tone:
        """The colours of a dark, a light or an accent scene."""
        return {"dark": tones.dark, "light": tones.light, "accent": tones.accent}[name](self)

    def file_digests(self) -> dict[str, str]:
        """sha256 of the files that its intro and outro name: part of what depends on them."""
        named = [(what, each, key) for what, each in (("intro", self.intro), ("outro", self.outro)) if each for key in each.files()]
        return {f"{what}-{key}": hashlib.sha256(Path(getattr(each, key)).read_bytes()).hexdigest() for what, each, key in named}

    def style(self, role: str) -> Style:
        """How a role is set, sizes for a short side of 1080. Raises WorkflowError for an unknown role."""
        if role not in _ROLES:
            raise WorkflowError(f"there is no type role `{role}`", f"use one of {', '.join(sorted(_ROLES))}")
        is_display, style = _ROLES[role]
        if not is_display:
            return replace(style, family=self.body, weight=style.weight)
        lift = self.display_weight if style.weight >= 800 else min(style.weight, self.display_weight)
        return replace(style, family=self.display, weight=lift, tracking=self.display_tracking if style.tracking < 0 else style.tracking)


# Role to (set in the display family, style). Sizes: design, art direction, "Type".
_ROLES: dict[str, tuple[bool, Style]] = {
    "hero": (True, Style("", 800, 400, 120, 0.94, 1.06, -0.04, 1)),
    "numeral": (True, Style("", 800, 230, 120, 0.96, 1.06, -0.04, 1)),
    "glyph": (True, Style("", 800, 300, 160, 1.0, 1.0, 0.0, 1)),
    "number": (True, Style("", 800, 190, 96, 1.0, 1.1, -0.03, 1)),
    "figure": (True, Style("", 800, 140, 84, 1.0, 1.1, -0.03, 1)),
    "display": (True, Style("", 800, 168, 76, 1.0, 1.12, -0.025, 4)),
    "headline": (True, Style("", 800, 120, 64, 1.04, 1.15, -0.02, 3)),
    "statement": (True, Style("", 700, 78, 50, 1.12, 1.22, -0.01, 4)),
    "quote": (True, Style("", 700, 88, 52, 1.14, 1.26, -0.01, 5)),
    "body": (False, Style("", 500, 54, 40, 1.28, 1.38, 0.0, 3)),
    "point": (False, Style("", 600, 68, 42, 1.18, 1.28, -0.005, 2)),
    "item": (False, Style("", 500, 50, 34, 1.26, 1.36, 0.0, 2)),
    "label": (False, Style("", 600, 52, 34, 1.2, 1.3, 0.0, 2)),
    "kicker": (False, Style("", 700, 38, 28, 1.2, 1.3, 0.08, 1, is_upper=True)),
    "tag": (False, Style("", 800, 38, 28, 1.2, 1.3, 0.06, 1, is_upper=True)),
    "index": (False, Style("", 800, 44, 34, 1.2, 1.3, 0.0, 1)),
    "source": (False, Style("", 500, 36, 29, 1.2, 1.3, 0.0, 1)),
    "button": (False, Style("", 700, 50, 32, 1.2, 1.3, 0.0, 1)),
    "price": (True, Style("", 800, 108, 56, 1.0, 1.1, -0.03, 1)),
    "url": (False, Style("", 700, 46, 28, 1.2, 1.3, 0.0, 2)),
    "wordmark": (False, Style("", 800, 40, 28, 1.2, 1.3, 0.12, 1)),
}
ROLES = tuple(_ROLES)
"""The type roles that a scene template may name."""


def load(name: str, templates: Templates, *, photo: Palette | None = None) -> Brand:
    """A brand by the name of its template; `auto` takes its colours from the photo's palette, or is `plain` without one.

    Raises WorkflowError for a brand that is not there, a colour or a family that is not known.
    """
    if name == _AUTO:
        plain = load("plain", templates)
        return plain if photo is None else from_palette(photo, plain)
    path = templates.find("brands", f"{name}.yaml")
    return _resolve(name, template_file.read(path, _BrandFile), path)


def materials(name: str, templates: Templates) -> dict[str, str]:
    """The digest of a brand's file, for cache keys; `auto` stands on `plain`."""
    file = f"{'plain' if name == _AUTO else name}.yaml"
    return {f"brands/{file}": templates.digest("brands", file)}


def parse(name: str, text: str) -> Brand:
    """A brand from the text of its file; it has no folder, so no logo. Raises WorkflowError as `load` does."""
    path = Path("brands") / f"{name}.yaml"
    return _resolve(name, template_file.parse(text, path, _BrandFile), path)


def from_palette(palette: Palette, like: Brand | None = None) -> Brand:
    """A brand in the colours of a picture, in the manner of another brand."""
    light, chroma, hue = oklch(palette.accent)
    # The second colour is the accent's own, deeper: what a disc or a warm ground can be made of.
    secondary = from_oklch(min(light, 0.64), max(min(chroma, 0.15), 0.02), hue - 12 if 40 < hue < 100 else hue)
    base = like or Brand("auto", palette, secondary, _ALERT)
    return replace(base, name=_AUTO, palette=palette, secondary=secondary, light_ground=None, dark_ink=None)


def _resolve(name: str, form: _BrandFile, path: Path) -> Brand:
    def look_up(value: str, key: str) -> str:
        seen: list[str] = []
        while not value.startswith("#"):
            if value in seen or value not in form.color.palette:
                known = ", ".join(sorted(form.color.palette)) or "a colour such as `#1F5FBF`"
                raise WorkflowError(f"brands/{path.name}: `color.{key}`: there is no colour `{value}`", f"use #RRGGBB or one of {known}")
            seen.append(value)
            value = form.color.palette[value]
        digits = value[1:]
        if len(digits) == 3:
            digits = "".join(digit * 2 for digit in digits)
        if len(digits) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            raise WorkflowError(f"brands/{path.name}: `color.{key}`: `{value}` is not a colour", "write it as #RRGGBB")
        return "#" + digits.upper()

    colours = form.color
    ground, ink = look_up(colours.background, "background"), look_up(colours.foreground, "foreground")
    accent, notes = look_up(colours.primary, "primary"), []
    if palettes.luminance(ground) > 0.18:  # a brand drawn on white: its dark scenes stand on its ink
        ground, ink = ink, ground
    ground = tones.darkened(ground)
    repaired = reach(ink, ground, 7.0), reach(accent, ground, READABLE)
    for was, now, key in ((ink, repaired[0], "foreground"), (accent, repaired[1], "primary")):
        if was != now:
            notes.append(f"brand `{name}`: `color.{key}` {was} is not readable on {ground}; {now} is used for text")
    ink, accent = repaired
    face, base = form.typography.headings, form.typography.base
    families = [face.family or base.family or "Manrope", base.family or face.family or "Manrope"]
    for family in families:
        if family not in fonts.FAMILIES:
            raise WorkflowError(
                f"brands/{path.name}: there is no font family `{family}`", f"use one of {', '.join(sorted(fonts.FAMILIES))}"
            )
    return Brand(
        name=name,
        palette=Palette(ground=ground, ink=ink, accent=accent, quiet=reach(mix(ink, ground, 0.38), ground, READABLE)),
        secondary=look_up(colours.secondary, "secondary") if colours.secondary else accent,
        alert=look_up(colours.danger, "danger"),
        display=families[0],
        display_weight=face.weight or 800,
        display_tracking=-0.02 if face.tracking is None else face.tracking,
        body=families[1],
        light_ground=look_up(colours.light, "light") if colours.light else None,
        dark_ink=look_up(colours.dark, "dark") if colours.dark else None,
        captions=form.aigc.captions,
        mood=form.aigc.music,
        voices={"": form.aigc.voice} if isinstance(form.aigc.voice, str) else form.aigc.voice,
        lexicon=_lexicon(form.aigc.lexicon, path),
        title=_title(form.meta.name),
        wordmark=form.aigc.wordmark,
        mark=form.aigc.mark,
        motif=form.aigc.motif,
        intro=_bookend(form.aigc.intro, "intro", path),
        outro=_bookend(form.aigc.outro, "outro", path),
        lower_third=form.aigc.lower_third,
        logo=_logo(form.logo, path),
        notes=tuple(notes),
    )


def _title(value: str | Mapping[str, str]) -> str:
    return value if isinstance(value, str) else value.get("short") or next(iter(value.values()), "")


def _logo(value: Any, path: Path) -> Path | None:
    """The file of the logo."""
    if isinstance(value, dict):
        value = next((value[size] for size in ("medium", "large", "small") if size in value), None)
        value = value.get("light") if isinstance(value, dict) else value
    if not isinstance(value, str) or not value:
        return None
    return _beside(value, "logo", path)


def _bookend(given: Bookend | None, what: str, path: Path) -> Bookend | None:
    """An intro or outro with the whole paths of its files; None when there is none."""
    if given is None or given.show == "none":
        return None
    files = {key: str(_beside(getattr(given, key), what, path)) for key in given.files()}
    return given.model_copy(update=files)


def _lexicon(value: Mapping[str, str] | str, path: Path) -> Mapping[str, str]:
    """The entries in the brand's own file, or those of a file inside its folder."""
    if not isinstance(value, str):
        return value
    return lexicon.read_file(_beside(value, "lexicon", path)) if value else {}


def _beside(value: str, what: str, path: Path) -> Path:
    """A file that a brand names; only inside the brand's own folder, because a brand may come from somebody else."""
    file = (path.parent / value).resolve()
    if not file.is_relative_to(path.parent.resolve()) or not file.is_file():
        raise WorkflowError(f"brands/{path.name}: the {what} `{value}` is not there", "put it beside the brand's file")
    return file
