"""Brands: every text colour of every tone can be read, and mistakes in a brand's file are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.style import brand as brands
from aigc_cli.media.style.brand import READABLE, ROLES, from_palette, load
from aigc_cli.media.style.palettes import contrast, mix
from aigc_cli.shapes import Palette

TEMPLATES = Templates.beside(None)
NAMES = [name.removesuffix(".yaml") for name in TEMPLATES.names("brands")]
TONES = ("dark", "light", "accent")
COFFEE = Palette(ground="#2B1A12", ink="#FFFFFF", accent="#F2A33C", quiet="#B89B88")


def grounds(tone: brands.Tone) -> list[str]:
    """Every colour that a word may stand on: both ends of the ground, alone and under each glow as far as words meet it."""
    ends = [tone.top, tone.bottom]
    return ends + [mix(end, glow.colour, glow.opacity * glow.met) for end in ends for glow in tone.glows]


def check(tone: brands.Tone) -> None:
    for colour in (tone.ink, tone.quiet, tone.accent):
        assert min(contrast(colour, ground) for ground in grounds(tone)) >= READABLE - 0.02, (tone.name, colour)
    assert contrast(tone.on_fill, tone.fill) >= READABLE


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tone", TONES)
def test_every_text_of_every_shipped_brand_can_be_read(name: str, tone: brands.ToneName) -> None:
    check(load(name, TEMPLATES).tone(tone))


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@settings(max_examples=150, deadline=None)
@example(ground="#000000", primary="#000000", secondary="#A18E00", ink="#000000")  # a deep yellow: bright by hue, not by light
@given(ground=colours, primary=colours, secondary=colours, ink=colours)
def test_any_colours_become_a_brand_that_can_be_read(ground: str, primary: str, secondary: str, ink: str) -> None:
    text = f"color: {{background: '{ground}', foreground: '{ink}', primary: '{primary}', secondary: '{secondary}'}}\n"
    found = brands.parse("any", text)
    for tone in TONES:
        check(found.tone(tone))


def test_auto_takes_the_photo_s_colours_and_plain_without_one() -> None:
    found = load("auto", TEMPLATES, photo=COFFEE)
    assert found.palette == COFFEE
    assert load("auto", TEMPLATES).palette == load("plain", TEMPLATES).palette
    for tone in TONES:
        check(found.tone(tone))


def test_dark_is_dark_and_light_is_light() -> None:
    found = from_palette(COFFEE)
    assert found.tone("dark").is_dark
    assert not found.tone("light").is_dark
    assert contrast(found.tone("dark").bottom, found.tone("light").top) > 8


def write(folder: Path, text: str) -> Templates:
    (folder / "templates" / "brands").mkdir(parents=True)
    (folder / "templates" / "brands" / "own.yaml").write_text(text, encoding="utf-8")
    return Templates.beside(folder)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("color: {primry: red}\n", r"brands/own.yaml:1:9: `color.primry` is not known here", "did you mean `primary`"),
        ("color:\n  primary: sunset\n", "`color.primary`: there is no colour `sunset`", "#RRGGBB"),
        ("color: {primary: '#12345G'}\n", "`#12345G` is not a colour", "#RRGGBB"),
        ("color: {palette: {a: b, b: a}, primary: a}\n", "there is no colour `a`", "use #RRGGBB"),
        ("typography: {base: Comic Sans}\n", "there is no font family `Comic Sans`", "Manrope"),
        ("logo: ../../secret.png\n", "the logo `../../secret.png` is not there", "put it beside"),
        ("a: &x [1]\nb: *x\n", "aliases", "write the value out"),
        ("color: [\n", "own.yaml:", "check the indentation"),
        ("- 1\n", "not a mapping", "about"),
    ],
)
def test_mistakes_are_found_with_their_place_and_cure(tmp_path: Path, text: str, message: str, hint: str) -> None:
    with pytest.raises(WorkflowError, match=message) as caught:
        load("own", write(tmp_path, text))
    assert hint in caught.value.hint


def test_a_brand_file_in_the_open_form_is_read(tmp_path: Path) -> None:
    own = """
meta: {name: {short: Acme, full: Acme Tools}, link: https://example.com}
color:
  palette: {navy: "#003", snow: "#FFFFFF", orange: "#FF7A00"}
  background: snow
  foreground: navy
  primary: orange
typography:
  fonts: [{family: Inter, source: google}]
  base: {family: Inter, size: 16px, line-height: 1.5}
  headings: Space Grotesk
aigc: {captions: pop, music: upbeat, voice: heart, wordmark: ACME, mark: rocket}
"""
    found = load("own", write(tmp_path, own))
    assert (found.display, found.body, found.captions, found.wordmark) == ("Space Grotesk", "Inter", "pop", "ACME")
    assert found.palette.ground == "#000033"  # drawn on white: its dark scenes stand on its ink
    assert all(found.style(role).size >= found.style(role).floor for role in ROLES)


def test_a_colour_that_cannot_be_read_is_repaired_and_told() -> None:
    found = brands.parse("own", "color: {background: '#101010', foreground: '#FFFFFF', primary: '#303030'}\n")
    assert contrast(found.palette.accent, found.palette.ground) >= READABLE
    assert "`color.primary` #303030 is not readable" in found.notes[0]


def test_an_unknown_brand_and_role_name_what_there_is() -> None:
    with pytest.raises(WorkflowError, match=r"no template `brands/nope\.yaml`") as caught:
        load("nope", TEMPLATES)
    assert "plain.yaml" in caught.value.hint
    with pytest.raises(WorkflowError, match="no type role `shout`"):
        load("plain", TEMPLATES).style("shout")
