"""Names with figures in English: kings and chapters in Roman numerals, models of aircraft and telephones, rooms, states, codes."""

from __future__ import annotations

import re

from aigc_cli.media.speech.reading.english_numbers import cardinal, digits, number, ordinal, roman
from aigc_cli.media.speech.reading.english_tables import PEOPLE, ROMAN_AFTER, ROMAN_KINGS, SAFE_STATES, SOFTWARE, STATES, WORDS
from aigc_cli.media.speech.reading.script import Rule, either

_NUM = r"\d{1,6}(?:\.\d{1,3})?"
_ROMAN = r"(?P<roman>(?=[IVXLC])(?:X{0,3}L?X{0,3})(?:IX|IV|V?I{0,3}))"
_ROOMS = (
    "Apt.",
    "Apartment",
    "Unit",
    "Suite",
    "Flat",
    "Room",
    "Gate",
    "Seat",
    "Floor",
    "Platform",
    "Section",
    "Exhibit",
    "Block",
    "Building",
)
_LENGTHS = {"cm": "centimeters", "mm": "millimeters", "m": "meters", "in": "inches", "ft": "feet"}


def _numeral(match: re.Match[str]) -> str | None:
    value, own = roman(match["roman"]), "'s" if match["own"] else ""
    heads = " | ".join(match["name"].split())
    return f"{heads} | the {ordinal(value)}{own}" if match["name"] in ROMAN_KINGS else f"{heads} | {cardinal(value)}{own}"


def model(text: str) -> str | None:
    """Three figures as a model's name has them: 380 is three eighty, 707 seven oh seven; None for whole hundreds."""
    if text.endswith("00"):
        return None
    return f"{cardinal(int(text[0]))} {'oh ' if text[1] == '0' else ''}{cardinal(int(text[1:]))}"


def _aircraft(match: re.Match[str]) -> str:
    series = match["series"]
    kind = f"{match['letter']} " if match["letter"] else ""
    return f"{match['maker']} | {kind}{model(match['n']) or number(match['n'])}" + (f" {number(series)}" if series else "")


def _lettered(match: re.Match[str]) -> str | None:
    said = model(match["n"])
    return said and f"{match['letters']} {said}"


def _sides(match: re.Match[str]) -> str:
    words = " by ".join(number(each) for each in re.findall(_NUM, match["sides"]))
    return words + (f"{' |' if match['gap'] else ''} {_LENGTHS[match['unit']]}" if match["unit"] else "")


def _zip(match: re.Match[str]) -> str:
    return " | ".join([*match["head"].split(), digits(match["n"])])


def _millions(match: re.Match[str]) -> str:
    return f"{number(match['n'])} million"


def _room(match: re.Match[str]) -> str:
    name = "Apartment" if match["room"] == "Apt." else match["room"]
    return f"{name} | {number(match['n'])} {match['letter']}"


NAME_RULES = (
    Rule(re.compile(r"(?<=\d )[Ee]xt\.(?=\s?\d)"), lambda _: "extension"),
    Rule(re.compile(r"\biPhone X([SR]?)(?![\w'])"), lambda match: f"iPhone | ten {match[1]}".rstrip()),
    Rule(re.compile(r"\b(?P<mac>Mac )?OS X(?![\w'])"), lambda match: ("Mac | " if match["mac"] else "") + "O S | ten"),
    Rule(re.compile(rf"\b(?P<name>{either((*ROMAN_AFTER, *ROMAN_KINGS))}) {_ROMAN}(?P<own>'s)(?!\w)"), _numeral),
    Rule(re.compile(r"\b(?P<maker>Boeing|Airbus) (?P<letter>A)?(?P<n>\d{3})(?:-(?P<series>\d{1,4}))?(?![\w.,]*\d)"), _aircraft),
    Rule(re.compile(r"(?<![\w.&$€£¥/-])(?P<letters>[A-Z]{1,3})-?(?P<n>\d{3})(?![\w%]|[.,]\d)"), _lettered),
    Rule(
        re.compile(rf"(?<![\w.,])(?P<sides>{_NUM}\s?[x×]\s?{_NUM}\s?[x×]\s?{_NUM})(?:(?P<gap>\s?)(?P<unit>{either(_LENGTHS)})(?!\w))?"),
        _sides,
    ),
    Rule(re.compile(r"\b(?P<head>(?:ZIP|[Zz]ip)(?: [Cc]ode)?:?(?: is)?) (?P<n>\d{5})(?![\w,.-]*\d)"), _zip),
    Rule(re.compile(rf"\b(?P<room>{either(_ROOMS)}) (?P<n>\d{{1,4}})(?P<letter>[A-Z])(?!\w)"), _room),
    Rule(re.compile(rf"(?<![\w.,$€£¥])(?P<n>{_NUM})m(?=\s(?:[a-z]+\s)?(?:{either(PEOPLE)})\b)"), _millions),
    Rule(re.compile(r"(?<![\w.:])(\d{1,2}):00(?=\s+o'clock)"), lambda match: cardinal(int(match[1]))),
    Rule(
        re.compile(rf"\b(?P<name>{either(SOFTWARE)}) (?P<major>\d{{1,2}})\.(?P<minor>[1-9]\d)(?![\w.]*\d)"),
        lambda match: f"{WORDS.get(match['name'], match['name'])} | {number(match['major'])} point {number(match['minor'])}",
    ),
    Rule(
        re.compile(rf"(?<=[a-z], )(?P<state>{either(STATES)}) (?P<zip>\d{{5}})(?![\w,.-]*\d)"),
        lambda match: f"{STATES[match['state']]} | {digits(match['zip'])}",
    ),
    Rule(re.compile(rf"(?<=[a-z], )(?:{either(SAFE_STATES)})(?!\w)"), lambda match: STATES[match.group()]),
    Rule(re.compile(r"(?<![\w-])WW(II|I|2|1)(?![\w-])"), lambda match: f"World War {'two' if match[1] in ('II', '2') else 'one'}"),
    Rule(re.compile(r"(?<=\b[Cc]all )(\d{3})-(\d{4})(?![\w-]|[.,]\d)"), lambda match: f"{digits(match[1])}, {digits(match[2])}"),
)
