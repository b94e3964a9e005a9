"""How the matches of English rules are spoken: a function per meaning, from a match to words.

It returns None when the pattern fits but the meaning does not; `|` parts what is heard for each shown word.
"""

from __future__ import annotations

import re

from aigc_cli.media.speech.reading.english_numbers import cardinal, digits, fraction, number, ordinal, roman, year
from aigc_cli.media.speech.reading.english_tables import (
    ABBREVIATIONS,
    COMPASS,
    CURRENCIES,
    MONTH_BY_NUMBER,
    MONTHS,
    ROMAN_KINGS,
    SCALES,
    SCHEMES,
    SPELLED_ENDINGS,
    TITLES,
    UNITS,
    WEEKDAYS,
)


def is_one(text: str) -> bool:
    return text.lstrip("+-") in ("1", "1.0", "1.00")


def signed(text: str) -> str:
    return ("plus " if text.startswith("+") else "") + number(text)


def stop(match: re.Match[str]) -> str:
    """A full stop that belongs to an abbreviation still ends the text."""
    return "." if match.group().endswith(".") and match.end() == len(match.string) else ""


def until(match: re.Match[str]) -> str:
    """What stands for the dash of a range: `between 5-10` is between five and ten."""
    return "and" if re.search(r"\bbetween\s\Z", match.string[: match.start()], re.IGNORECASE) else "to"


# ---- addresses -------------------------------------------------------------------------------------------------------


def label(text: str) -> str:
    parts = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", text)
    names = {
        "-": "dash",
        "_": "underscore",
        ".": "dot",
        "/": "slash",
        "+": "plus",
        "&": "and",
        "=": "equals",
        "?": "question mark",
        "@": "at",
    }
    return " ".join(number(part) if part.isdigit() else names.get(part, part if part.isalpha() else "") for part in parts if part)


def host(text: str) -> str:
    labels = text.split(".")
    return " dot ".join(
        [
            "W W W" if each.lower() == "www" else SPELLED_ENDINGS.get(each.lower(), label(each)) if place else label(each)
            for place, each in enumerate(labels)
        ]
    )


def url(match: re.Match[str]) -> str | None:
    site, path = match["host"], match["path"] or ""
    if not match["scheme"] and site.rpartition(".")[2].lower() not in SCHEMES and not (site == site.lower() and site.find(".") > 2):
        return None  # `end.Next` is two sentences without a space; `pikolo.coffee` is an address
    site = re.sub(r"\Awww\.", "", site, flags=re.IGNORECASE)
    path = re.sub(r"[?#].*", "", path).rstrip("/.,;:!?")
    return host(site) + (f" {label(path)}" if path else "")


def email(match: re.Match[str]) -> str:
    return f"{label(match['name'])} at {host(match['host'])}"


def camel(text: str) -> str:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text.replace("_", " "))
    return " ".join((year(int(part)) if len(part) == 4 else number(part)) if part.isdigit() else part for part in parts)


# ---- dates and times -------------------------------------------------------------------------------------------------


def month(text: str) -> str:
    return MONTHS[text.rstrip(".").lower()]


def month_day(match: re.Match[str]) -> str | None:
    day, last, written = int(match["day"]), match["last"], match["year"]
    if not 1 <= day <= 31 or (last and not 1 <= int(last) <= 31):
        return None
    words = f"{month(match['month'])} | {ordinal(day)}" + (f" to {ordinal(int(last))}" if last else "")
    if written:
        words += f"{match['comma'] or ''} | {year(int(written))}"
    return words


def day_month(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["day"]) <= 31:
        return None
    the = "" if re.search(r"\bthe\s\Z", match.string[: match.start()], re.IGNORECASE) else "the "
    words = f"{the}{ordinal(int(match['day']))} | of {month(match['month'])}".replace("| of ", "| of | " if match["of"] else "| of ")
    if match["year"]:
        words += f"{match['comma'] or ''} | {year(int(match['year']))}"
    return words


def calendar(month: int, day: int, written: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{MONTH_BY_NUMBER[month - 1]} {ordinal(day)}, {year(written)}"


def iso(match: re.Match[str]) -> str | None:
    words = calendar(int(match["month"]), int(match["day"]), int(match["year"]))
    if words is None:
        return None
    if match["hour"]:
        words += f", {'|' if match['gap'] == ' ' else ''} {clock(int(match['hour']), int(match['minute']), None)}" + (
            " U T C" if match["zone"] else ""
        )
    return words


def slashed(match: re.Match[str]) -> str | None:
    first, second, written = int(match[1]), int(match[2]), int(match[3])
    if len(match[3]) == 2:
        written += 1900 if written > 68 else 2000
    return calendar(second, first, written) if first > 12 else calendar(first, second, written)


def clock(hour: int, minute: int, half: str | None) -> str:
    if half is None and minute == 0:
        return f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred" if hour else "midnight"
    words = cardinal(hour)
    if minute:
        words += f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    if half:
        words += " A M" if half.lower() == "a" else " P M"
    return words


def time(match: re.Match[str]) -> str | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), match["second"]
    if hour > 24 or minute > 59:
        return None
    half = match["half"]
    words = clock(hour, minute, half)
    if second:
        words = f"{clock(hour, minute, None)} and {cardinal(int(second))} seconds" + (
            f" {'A M' if half.lower() == 'a' else 'P M'}" if half else ""
        )
    if half and match["gap"]:
        head, _, tail = words[:-4], "", words[-3:]
        words = f"{head} | {tail}"
    return words + (stop(match) if half else "")


def hour(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["hour"]) <= 12:
        return None
    return f"{cardinal(int(match['hour']))} {'|' if match['gap'] else ''} {'A M' if match['half'].lower() == 'a' else 'P M'}" + stop(match)


def hours(match: re.Match[str]) -> str | None:
    def side(hour: str, minute: str | None, half: str | None) -> str:
        return clock(int(hour), int(minute or 0), half or "") if half or minute else cardinal(int(hour))

    first = side(match["h1"], match["m1"], match["a1"]).replace(" o'clock", "")
    second = side(match["h2"], match["m2"], match["a2"])
    if match["gap"]:
        second = f"{second[:-4]} | {second[-3:]}"
    return f"{first} to {second}" + stop(match)


def reversed_date(match: re.Match[str]) -> str | None:
    return calendar(int(match["month"]), int(match["day"]), int(match["year"]))


def decade(match: re.Match[str]) -> str:
    text = match["year"]
    words = year(int(text)) if len(text) == 4 else cardinal(int(text))
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def years(match: re.Match[str]) -> str:
    return f"{year(int(match[1]))} {until(match)} {year(int(match[2])) if len(match[2]) == 4 else cardinal(int(match[2]))}"


# ---- money and measures ----------------------------------------------------------------------------------------------


def money(amount: str, currency: str, scale: str | None = None, *, gap: bool = False) -> str:
    """An amount in words: `3.50` `$` is three dollars fifty, `3.2` `$` `billion` three point two billion dollars."""
    one, many, cent, cents = CURRENCIES[currency]
    sign = "minus " if amount.startswith("-") else "plus " if amount.startswith("+") else ""
    amount = amount.lstrip("+-")
    if scale:
        return f"{sign}{number(amount)} {'|' if gap else ''} {SCALES[scale]} {many}"
    whole, _, decimals = amount.partition(".")
    if len(decimals) != 2:
        return f"{sign}{number(amount)} {one if is_one(amount) else many}"
    hundredths = int(decimals)
    if not whole.replace(",", "").strip("0"):
        return f"{sign}{cardinal(hundredths)} {cent if hundredths == 1 else cents}" if hundredths else f"{sign}zero {many}"
    words = f"{sign}{number(whole)} {one if is_one(whole) else many}"
    if hundredths == 0:
        return words
    return (
        f"{words} {cardinal(hundredths)}"
        if hundredths >= 10
        else f"{words} and {cardinal(hundredths)} {cent if hundredths == 1 else cents}"
    )


def amount(match: re.Match[str]) -> str | None:
    return money((match["sign"] or match["inner"] or "") + match["n"], match["cur"], match["scale"], gap=bool(match["gap"]))


def amounts(match: re.Match[str]) -> str:
    low, high, gap = match["low"], match["high"], match["gap"]
    scale = f" {'|' if gap else ''} {SCALES[match['scale']]}" if match["scale"] else ""
    low_scale = f" {SCALES[match['ls']]}" if match["ls"] and match["ls"] != match["scale"] else ""
    if not scale and ("." in low or "." in high):
        return f"{money(low, match['cur'])} {until(match)} {money(high, match['cur'])}"
    return f"{number(low)}{low_scale} {until(match)} {number(high)}{scale} {CURRENCIES[match['cur']][1]}"


def code_after(match: re.Match[str]) -> str:
    scale, parts = match["scale"], len(match.group().split())
    one, many = CURRENCIES[match["code"]][:2]
    words = number(match["n"]) + (f" {'|' if match['gap'] else ''} {SCALES[scale]}" if scale else "")
    return f"{words} {'|' if parts > (2 if match['gap'] else 1) else ''} {one if is_one(match['n']) and not scale else many}"


def percents(match: re.Match[str]) -> str:
    return f"{number(match[1])} {until(match)} {number(match[2])} percent"


def unit(match: re.Match[str]) -> str | None:
    amount, unit, gap = match["n"], match["unit"], match["gap"]
    if unit == "in" and (gap and not re.match(r"[.,;)]|\s+(?:wide|tall|long|deep|high|x|of\b)|\Z", match.string[match.end() :])):
        return None  # `3 in 4` is no length
    if (
        unit == "m"
        and match["high"] is None
        and gap == ""
        and "." in amount
        and match.string[match.end() : match.end() + 6].startswith(" users")
    ):
        return None
    one, many = UNITS[unit]
    words = signed(amount) + (f" {until(match)} {number(match['high'])}" if match["high"] else "")
    name = one if is_one(amount) and not match["high"] else many
    if match["dash"]:
        return f"{words} {one}"
    if not match["high"] and _describes(match):
        name = one
    return f"{words} {'|' if gap else ''} {name}" + (stop(match) if match.group().endswith(".") else "")


_NOT_DESCRIBED = frozenset(
    """
    a about above across
    ago after and apart are as at away before below but by can deep down each for from had has have high if in into is it
    less long longer more near of off on only or out over per since so tall than that the then there through to under until up was
    were when which while wide will with within
    """.split()  # noqa: SIM905
)


def _describes(match: re.Match[str]) -> bool:
    """True for `a 250g bag`: a measure before a noun that it describes is not counted."""
    before = re.search(r"(\w+)\s\Z", match.string[max(0, match.start() - 20) : match.start()])
    after = re.match(r"\s([a-z]{3,})\b", match.string[match.end() :])
    if after is None or after[1] in _NOT_DESCRIBED:
        return False
    return (before is not None and before[1].lower() in ("a", "an", "every", "our", "this")) or (
        not match["gap"] and match["unit"] in ("g", "kg", "mm", "ml", "mL", "cm", "oz", "lb") and "." not in match["n"]
    )


def part_of_unit(match: re.Match[str]) -> str | None:
    """`1/2 tsp` is one half teaspoon, `3/4 mile` three quarters of a mile."""
    top, bottom, one = int(match[1]), int(match[2]), UNITS[match["unit"]][0]
    if not 0 < top < bottom or match["unit"] == "in":
        return None
    article = "an" if one[0] in "aeio" else "a"
    return f"{fraction(top, bottom)} {'|' if match['gap'] else ''} {'' if top == 1 else f'of {article} '}{one}"


def degrees(match: re.Match[str]) -> str:
    gap = "|" if " " in match.group() else ""
    scale = "Celsius" if match["unit"] == "C" else "Fahrenheit"
    return f"{signed(match['n'])} {gap} {'degree' if is_one(match['n']) else 'degrees'} {scale}"


def feet(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]))} foot {cardinal(int(match[2]))}"


def distance(match: re.Match[str]) -> str:
    bearing = match["bearing"]
    words = COMPASS[bearing[0]]
    if len(bearing) == 2:
        words += COMPASS[bearing[1]]
    elif len(bearing) == 3:
        words += f"-{COMPASS[bearing[1]]}{COMPASS[bearing[2]]}"
    gap = "|" if match["gap"] else ""
    return f"{number(match['n'])} {gap} {UNITS[match['unit']][0 if is_one(match['n']) else 1]} | {words} | of"


def times(match: re.Match[str]) -> str:
    return f"{number(match[1])} times"


def by(match: re.Match[str]) -> str:
    gap = "|" if match[2] else ""
    return f"{number(match[1])} {gap} by {gap} {number(match[3])}"


# ---- numbers ---------------------------------------------------------------------------------------------------------


def scaled(match: re.Match[str]) -> str | None:
    if match["scale"] == "K" and match["n"] in ("2", "4", "5", "8") and "." not in match["n"]:
        return f"{number(match['n'])} K"
    return f"{signed(match['n'])} {'|' if match['gap'] else ''} {SCALES[match['scale']]}" + (" plus" if match["plus"] else "")


def scaled_range(match: re.Match[str]) -> str:
    return f"{number(match[1])} {until(match)} {number(match[2])} {'|' if match[3] else ''} {SCALES[match[4]]}"


def phone(match: re.Match[str]) -> str | None:
    groups = re.findall(r"\d+", match.group())
    if len(groups) == 3 and match.group().startswith("+"):
        return None
    sounds = [digits(group) for group in groups]
    if groups[0] == "1" and len(groups) > 2 and groups[1] == "800":
        sounds[1] = "eight hundred"
    blanks = re.findall(r"\d([^\d]+)(?=\d)", match.group())
    words = ("plus " if match.group().startswith("+") else "") + sounds[0]
    for blank, sound in zip(blanks, sounds[1:], strict=True):
        words += (", | " if " " in blank else ", ") + sound
    return words


def dialled(match: re.Match[str]) -> str:
    return digits(match.group())


def foreign_phone(match: re.Match[str]) -> str | None:
    """Numbers of other countries, group by group; figures one by one."""
    text = match.group()
    if text.startswith("+1") or not 8 <= sum(char.isdigit() for char in text) <= 15:
        return None
    groups = re.findall(r"\d+", text)
    sounds = [digits(group) for group in groups]
    sounds[0] = f"plus {sounds[0]}" if text.startswith("+") else sounds[0]
    return ", | ".join(sounds) if " " in text and text.count(" ") == len(groups) - 1 else ", ".join(sounds)


def parts(match: re.Match[str]) -> str | None:
    top, bottom = int(match["top"]), int(match["bottom"])
    if not (0 < top < bottom <= 100):
        return None
    words = fraction(top, bottom)
    return f"{number(match['whole'])} | and {words.replace('one ', 'a ', 1)}" if match["whole"] else words


_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8)}


def mixed(match: re.Match[str]) -> str:
    return f"{number(match[1])} and {fraction(*_VULGAR[match[2]]).replace('one ', 'a ', 1)}"


def version(match: re.Match[str]) -> str:
    return ("version " if match[1] else "") + " point ".join(number(part) for part in match[2].split("."))


def compare(match: re.Match[str]) -> str:
    words = {
        "~": "about",
        "≈": "about",
        "≠": "is not equal to",
        "<": "less than",
        ">": "more than",
        "≤": "at most",
        "≥": "at least",
        "<=": "at most",
        ">=": "at least",
    }
    return words[match[1]]


def numeral(match: re.Match[str]) -> str | None:
    value = roman(match["roman"])
    heads = " | ".join(match["name"].split())
    if match["name"] in ROMAN_KINGS:
        return f"{heads} | the {ordinal(value)}" if match["roman"] != "I" or match["name"] != "I" else None
    return f"{heads} | {cardinal(value)}"


def title(match: re.Match[str]) -> str:
    return TITLES[match[1]]


def abbreviation(match: re.Match[str]) -> str:
    return ABBREVIATIONS[match.group()] + stop(match)


def weekdays(match: re.Match[str]) -> str:
    return f"{WEEKDAYS[match[1]]} to {WEEKDAYS[match[2]]}"
