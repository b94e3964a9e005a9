"""Rules of English reading, in order: addresses, dates, times, money, measures, numbers, abbreviations."""

from __future__ import annotations

import re

from aigc_cli.media.reading.english_numbers import cardinal, digits, fraction, number, ordinal, roman, year
from aigc_cli.media.reading.english_tables import (
    ABBREVIATIONS,
    COMPASS,
    COUNTED,
    CURRENCIES,
    MONTH_BY_NUMBER,
    MONTHS,
    PER,
    ROMAN_AFTER,
    ROMAN_KINGS,
    SCALES,
    SCHEMES,
    SPELLED_ENDINGS,
    TITLES,
    UNITS,
    WEEKDAYS,
    WORDS,
)
from aigc_cli.media.reading.script import Rule

_NUM = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SIGNED = rf"(?:(?<![\w)\]])[-+])?{_NUM}"


def _any(names: object) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))  # type: ignore[call-overload]


_MONTH = rf"(?:{'|'.join(sorted({name.capitalize() for name in MONTHS}, key=len, reverse=True))})\b\.?"
_SCALE = rf"(?:{_any(SCALES)})(?![A-Za-z])"
_WORD_SCALE = r"(?:hundred|thousand|million|billion|trillion|[KMB]|k|bn|mn|tn)(?![A-Za-z])"
_MONEY = _any(CURRENCIES)
_CODE = r"(?:USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|AUD|INR)"


def _is_one(text: str) -> bool:
    return text.lstrip("+-") in ("1", "1.0", "1.00")


def _signed(text: str) -> str:
    return ("plus " if text.startswith("+") else "") + number(text)


def _stop(match: re.Match[str]) -> str:
    """A full stop that belongs to an abbreviation still ends the text."""
    return "." if match.group().endswith(".") and match.end() == len(match.string) else ""


# ---- addresses -------------------------------------------------------------------------------------------------------


def _label(text: str) -> str:
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


def _host(text: str) -> str:
    labels = text.split(".")
    return " dot ".join(
        [
            "W W W" if each.lower() == "www" else SPELLED_ENDINGS.get(each.lower(), _label(each)) if place else _label(each)
            for place, each in enumerate(labels)
        ]
    )


def _url(match: re.Match[str]) -> str | None:
    host, path = match["host"], match["path"] or ""
    if not match["scheme"] and host.rpartition(".")[2].lower() not in SCHEMES:
        return None
    host = re.sub(r"\Awww\.", "", host, flags=re.IGNORECASE)
    path = re.sub(r"[?#].*", "", path).rstrip("/.,;:!?")
    return _host(host) + (f" {_label(path)}" if path else "")


def _email(match: re.Match[str]) -> str:
    return f"{_label(match['name'])} at {_host(match['host'])}"


def _camel(text: str) -> str:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text.replace("_", " "))
    return " ".join(number(part) if part.isdigit() else part for part in parts)


# ---- dates and times -------------------------------------------------------------------------------------------------


def _month(text: str) -> str:
    return MONTHS[text.rstrip(".").lower()]


def _month_day(match: re.Match[str]) -> str | None:
    day, last, written = int(match["day"]), match["last"], match["year"]
    if not 1 <= day <= 31 or (last and not 1 <= int(last) <= 31):
        return None
    words = f"{_month(match['month'])} | {ordinal(day)}" + (f" to {ordinal(int(last))}" if last else "")
    if written:
        words += f"{match['comma'] or ''} | {year(int(written))}"
    return words


def _day_month(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["day"]) <= 31:
        return None
    the = "" if re.search(r"\bthe\s\Z", match.string[: match.start()], re.IGNORECASE) else "the "
    words = f"{the}{ordinal(int(match['day']))} | of {_month(match['month'])}".replace("| of ", "| of | " if match["of"] else "| of ")
    if match["year"]:
        words += f"{match['comma'] or ''} | {year(int(match['year']))}"
    return words


def _calendar(month: int, day: int, written: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{MONTH_BY_NUMBER[month - 1]} {ordinal(day)}, {year(written)}"


def _iso(match: re.Match[str]) -> str | None:
    words = _calendar(int(match["month"]), int(match["day"]), int(match["year"]))
    if words is None:
        return None
    if match["hour"]:
        words += f", {'|' if match['gap'] == ' ' else ''} {_clock(int(match['hour']), int(match['minute']), None)}" + (
            " U T C" if match["zone"] else ""
        )
    return words


def _slashed(match: re.Match[str]) -> str | None:
    first, second, written = int(match[1]), int(match[2]), int(match[3])
    if len(match[3]) == 2:
        written += 1900 if written > 68 else 2000
    return _calendar(second, first, written) if first > 12 else _calendar(first, second, written)


def _clock(hour: int, minute: int, half: str | None) -> str:
    if half is None and minute == 0:
        return f"{cardinal(hour)} o'clock" if 1 <= hour <= 12 else f"{cardinal(hour)} hundred" if hour else "midnight"
    words = cardinal(hour)
    if minute:
        words += f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    if half:
        words += " A M" if half.lower() == "a" else " P M"
    return words


def _time(match: re.Match[str]) -> str | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), match["second"]
    if hour > 24 or minute > 59:
        return None
    half = match["half"]
    words = _clock(hour, minute, half)
    if second:
        words = f"{_clock(hour, minute, None)} and {cardinal(int(second))} seconds" + (
            f" {'A M' if half.lower() == 'a' else 'P M'}" if half else ""
        )
    if half and match["gap"]:
        head, _, tail = words[:-4], "", words[-3:]
        words = f"{head} | {tail}"
    return words + (_stop(match) if half else "")


def _hour(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["hour"]) <= 12:
        return None
    return f"{cardinal(int(match['hour']))} {'|' if match['gap'] else ''} {'A M' if match['half'].lower() == 'a' else 'P M'}" + _stop(match)


def _hours(match: re.Match[str]) -> str | None:
    def side(hour: str, minute: str | None, half: str | None) -> str:
        return _clock(int(hour), int(minute or 0), half or "") if half or minute else cardinal(int(hour))

    first = side(match["h1"], match["m1"], match["a1"]).replace(" o'clock", "")
    second = side(match["h2"], match["m2"], match["a2"])
    if match["gap"]:
        second = f"{second[:-4]} | {second[-3:]}"
    return f"{first} to {second}" + _stop(match)


def _decade(match: re.Match[str]) -> str:
    text = match["year"]
    words = year(int(text)) if len(text) == 4 else cardinal(int(text))
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _years(match: re.Match[str]) -> str:
    return f"{year(int(match[1]))} to {year(int(match[2])) if len(match[2]) == 4 else cardinal(int(match[2]))}"


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
        return f"{sign}{number(amount)} {one if _is_one(amount) else many}"
    hundredths = int(decimals)
    if not whole.replace(",", "").strip("0"):
        return f"{sign}{cardinal(hundredths)} {cent if hundredths == 1 else cents}" if hundredths else f"{sign}zero {many}"
    words = f"{sign}{number(whole)} {one if _is_one(whole) else many}"
    if hundredths == 0:
        return words
    return (
        f"{words} {cardinal(hundredths)}"
        if hundredths >= 10
        else f"{words} and {cardinal(hundredths)} {cent if hundredths == 1 else cents}"
    )


def _amount(match: re.Match[str]) -> str | None:
    return money((match["sign"] or match["inner"] or "") + match["n"], match["cur"], match["scale"], gap=bool(match["gap"]))


def _amounts(match: re.Match[str]) -> str:
    low, high, gap = match["low"], match["high"], match["gap"]
    scale = f" {'|' if gap else ''} {SCALES[match['scale']]}" if match["scale"] else ""
    low_scale = f" {SCALES[match['ls']]}" if match["ls"] and match["ls"] != match["scale"] else ""
    if not scale and ("." in low or "." in high):
        return f"{money(low, match['cur'])} to {money(high, match['cur'])}"
    return f"{number(low)}{low_scale} to {number(high)}{scale} {CURRENCIES[match['cur']][1]}"


def _code_after(match: re.Match[str]) -> str:
    scale, parts = match["scale"], len(match.group().split())
    one, many = CURRENCIES[match["code"]][:2]
    words = number(match["n"]) + (f" {'|' if match['gap'] else ''} {SCALES[scale]}" if scale else "")
    return f"{words} {'|' if parts > (2 if match['gap'] else 1) else ''} {one if _is_one(match['n']) and not scale else many}"


def _percents(match: re.Match[str]) -> str:
    return f"{number(match[1])} to {number(match[2])} percent"


def _unit(match: re.Match[str]) -> str | None:
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
    words = _signed(amount) + (f" to {number(match['high'])}" if match["high"] else "")
    name = one if _is_one(amount) and not match["high"] else many
    if match["dash"]:
        return f"{words} {one}"
    return f"{words} {'|' if gap else ''} {name}" + (_stop(match) if match.group().endswith(".") else "")


def _feet(match: re.Match[str]) -> str:
    return f"{cardinal(int(match[1]))} foot {cardinal(int(match[2]))}"


def _distance(match: re.Match[str]) -> str:
    bearing = match["bearing"]
    words = COMPASS[bearing[0]]
    if len(bearing) == 2:
        words += COMPASS[bearing[1]]
    elif len(bearing) == 3:
        words += f"-{COMPASS[bearing[1]]}{COMPASS[bearing[2]]}"
    gap = "|" if match["gap"] else ""
    return f"{number(match['n'])} {gap} {UNITS[match['unit']][0 if _is_one(match['n']) else 1]} | {words} | of"


def _times(match: re.Match[str]) -> str:
    return f"{number(match[1])} times"


def _by(match: re.Match[str]) -> str:
    gap = "|" if match[2] else ""
    return f"{number(match[1])} {gap} by {gap} {number(match[3])}"


# ---- numbers ---------------------------------------------------------------------------------------------------------


def _scaled(match: re.Match[str]) -> str | None:
    if match["scale"] == "K" and match["n"] in ("2", "4", "5", "8") and "." not in match["n"]:
        return f"{number(match['n'])} K"
    return f"{_signed(match['n'])} {'|' if match['gap'] else ''} {SCALES[match['scale']]}" + (" plus" if match["plus"] else "")


def _scaled_range(match: re.Match[str]) -> str:
    return f"{number(match[1])} to {number(match[2])} {'|' if match[3] else ''} {SCALES[match[4]]}"


def _phone(match: re.Match[str]) -> str | None:
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


def _fraction(match: re.Match[str]) -> str | None:
    top, bottom = int(match["top"]), int(match["bottom"])
    if not (0 < top < bottom <= 100):
        return None
    words = fraction(top, bottom)
    return f"{number(match['whole'])} | and {words.replace('one ', 'a ', 1)}" if match["whole"] else words


_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8)}


def _mixed(match: re.Match[str]) -> str:
    return f"{number(match[1])} and {fraction(*_VULGAR[match[2]]).replace('one ', 'a ', 1)}"


def _version(match: re.Match[str]) -> str:
    return ("version " if match[1] else "") + " point ".join(number(part) for part in match[2].split("."))


def _compare(match: re.Match[str]) -> str:
    words = {
        "~": "about",
        "≈": "about",
        "<": "less than",
        ">": "more than",
        "≤": "at most",
        "≥": "at least",
        "<=": "at most",
        ">=": "at least",
    }
    return words[match[1]]


def _roman(match: re.Match[str]) -> str | None:
    value = roman(match["roman"])
    heads = " | ".join(match["name"].split())
    if match["name"] in ROMAN_KINGS:
        return f"{heads} | the {ordinal(value)}" if match["roman"] != "I" or match["name"] != "I" else None
    return f"{heads} | {cardinal(value)}"


def _title(match: re.Match[str]) -> str:
    return TITLES[match[1]]


def _abbreviation(match: re.Match[str]) -> str:
    return ABBREVIATIONS[match.group()] + _stop(match)


def _weekdays(match: re.Match[str]) -> str:
    return f"{WEEKDAYS[match[1]]} to {WEEKDAYS[match[2]]}"


_ROMAN = r"(?P<roman>(?=[IVXLC])(?:X{0,3}L?X{0,3})(?:IX|IV|V?I{0,3}))"
_GAP = r"(?P<gap>\s?)"

RULES = (
    # addresses
    Rule(re.compile(r"(?P<name>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)", re.ASCII), _email),
    Rule(
        re.compile(
            r"(?<![\w@])(?P<scheme>https?://|(?=www\.))?(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})(?P<path>/[\w\-./?=&%#+]*)?(?<![.,;:!?])",
            re.ASCII,
        ),
        _url,
    ),
    Rule(re.compile(r"(?<!\w)@([A-Za-z_]\w*)", re.ASCII), lambda match: f"at {_camel(match[1])}"),
    Rule(re.compile(r"(?<!\w)#([A-Za-z_]\w*)", re.ASCII), lambda match: f"hashtag {_camel(match[1])}"),
    # fixed words
    Rule(re.compile(rf"(?<![\w.])(?:{_any(ABBREVIATIONS)})(?!\w)"), _abbreviation),
    Rule(re.compile(rf"(?<![\w.&/-])(?:{_any(WORDS)})(?![\w&/]|[.]\w)"), lambda match: WORDS[match.group()]),
    # dates
    Rule(
        re.compile(
            r"\b(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?:(?P<gap>[T ])(?P<hour>\d{2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?(?P<zone>Z|\+00:00)?)?(?![\d-])"
        ),
        _iso,
    ),
    Rule(re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\w/])"), _slashed),
    Rule(
        re.compile(
            rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?[-–]\s?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?(?![\w:%]|[.,]\d)(?:(?P<comma>,)? (?P<year>[12]\d{{3}})(?![\w%]|[.,]\d))?"
        ),
        _month_day,
    ),
    Rule(
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<of>of )?(?P<month>{_MONTH})(?:(?P<comma>,)? (?P<year>[12]\d{{3}})(?![\w%]|[.,]\d))?(?!\w)"
        ),
        _day_month,
    ),
    Rule(
        re.compile(rf"\b(?P<month>{_MONTH}),? (?P<year>[12]\d{{3}})(?![\w%]|[.,]\d)"),
        lambda match: f"{_month(match['month'])} | {year(int(match['year']))}",
    ),
    Rule(re.compile(r"\b(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\.?\s?[-–]\s?(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\b\.?"), _weekdays),
    Rule(
        re.compile(r"\b(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?:\.|(?=,? (?:[A-Z][a-z]|\d)))(?!\w)"),
        lambda match: WEEKDAYS[match[1]] + _stop(match),
    ),
    Rule(re.compile(r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.(?!\w)"), lambda match: MONTHS[match[1].lower()] + _stop(match)),
    Rule(re.compile(r"(?<![\w,.$€£¥])(?P<year>1[1-9]\d0|20[0-9]0)s\b"), _decade),
    Rule(
        re.compile(
            r"(?:(?<=the )|(?<=his )|(?<=her )|(?<=my )|(?<=their )|(?<=early )|(?<=late )|(?<=mid-)|(?<='))(?P<year>[2-9]0)s\b",
            re.IGNORECASE,
        ),
        _decade,
    ),
    Rule(re.compile(r"(?<![\w,.$€£¥-])((?:1[1-9]|20)\d\d)\s?[-–]\s?((?:1[1-9]|20)\d\d|\d\d)(?![\w%]|[.,-]\d)"), _years),
    # times
    Rule(
        re.compile(
            r"(?<![\w.:$])(?P<h1>\d{1,2})(?::(?P<m1>\d{2}))?(?:\s?(?P<a1>[ap])\.?m\.?)?\s?[-–]\s?(?P<h2>\d{1,2})(?::(?P<m2>\d{2}))?(?P<gap>\s?)(?P<a2>[ap])\.?m\b\.?",
            re.IGNORECASE,
        ),
        _hours,
    ),
    Rule(
        re.compile(
            r"(?<![\w.:$])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:(?P<gap>\s?)(?P<half>[AaPp])(?:\.[Mm]\.|[Mm]\b))?(?![\d:])"
        ),
        _time,
    ),
    Rule(re.compile(r"(?<![\w.:$])(?P<hour>\d{1,2})(?P<gap>\s?)(?P<half>[AaPp])(?:\.[Mm]\.|[Mm]\b)"), _hour),
    # money
    Rule(
        re.compile(
            rf"(?<!\w)(?P<cur>{_MONEY})\s?(?P<low>{_NUM})(?P<ls>{_SCALE})?\s?(?:[-–]|to)\s?(?:{_MONEY})?(?P<high>{_NUM})(?:{_GAP}(?P<scale>{_SCALE}))?(?!\d)"
        ),
        lambda match: None if " to " in match.group() else _amounts(match),
    ),
    Rule(
        re.compile(rf"(?P<sign>(?<!\w)[-+])?(?<![A-Za-z0-9])(?P<cur>{_MONEY})\s?(?P<inner>-)?(?P<n>{_NUM})(?:{_GAP}(?P<scale>{_SCALE}))?"),
        _amount,
    ),
    Rule(re.compile(rf"(?<![\w.,])(?P<n>{_NUM})(?:{_GAP}(?P<scale>{_WORD_SCALE}))?\s?(?P<code>{_CODE}|[€£])(?!\w)"), _code_after),
    Rule(re.compile(rf"({_NUM})\s?¢"), lambda match: f"{number(match[1])} {'cent' if _is_one(match[1]) else 'cents'}"),
    # percent, measures
    Rule(re.compile(rf"(?<![\w.,])({_NUM})%?\s?[-–]\s?({_NUM})\s?%"), _percents),
    Rule(re.compile(rf"({_SIGNED})(\s?)%"), lambda match: f"{_signed(match[1])} {'|' if match[2] else ''} percent"),
    Rule(
        re.compile(r"(?<!\w)M[wblsd]?\s?(\d{1,2}\.\d)(?!\d)"),
        lambda match: ("magnitude | " if " " in match.group() else "magnitude ") + number(match[1]),
    ),
    Rule(re.compile(rf"(?<![\w.,])(?P<n>{_NUM}){_GAP}(?P<unit>km|mi|m|ft) (?P<bearing>[NESW]{{1,3}}) of\b"), _distance),
    Rule(re.compile(r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})\"?(?!\w)"), _feet),
    Rule(
        re.compile(
            rf"(?P<n>{_SIGNED})(?:\s?[-–]\s?(?P<high>{_NUM}))?(?:(?P<dash>-)|{_GAP})(?P<unit>{_any(UNITS)})(?![\w²³])(?:\.(?=\s+[a-z]))?"
        ),
        lambda match: None if match["unit"] in ("in", "s", "t", "pt", "l", "h") and match["dash"] else _unit(match),
    ),
    Rule(re.compile(rf"(?<![\w.,])({_NUM})(\s?)[x×]\s?({_NUM})(?!\w)"), _by),
    Rule(re.compile(rf"(?<![\w.,])({_NUM})[xX×](?!\w)"), _times),
    Rule(re.compile(rf"(?<=[\w.])/({_any(PER)})(?![\w])"), lambda match: f"per {PER[match[1]]}"),
    # numbers
    Rule(re.compile(r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-.]\d{4}(?![\w-])"), _phone),
    Rule(
        re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE),
        lambda match: ordinal(int(match[1])) if len(match[1]) < 10 else None,
    ),
    Rule(re.compile(r"(?<![\w./])(?:(?P<whole>\d{1,3}) )?(?P<top>\d{1,2})[/⁄](?P<bottom>\d{1,3})(?![\w/]|\.\d)"), _fraction),
    Rule(re.compile(r"(\d+)\s?([½¼¾⅓⅔⅛])"), _mixed),
    Rule(re.compile(r"(?<![\w.])(v|V)?(\d+(?:\.\d+){2,})(?!\w)"), _version),
    Rule(re.compile(r"(?<![\w.])(v|V)(\d+(?:\.\d+)?)(?!\w)"), _version),
    Rule(re.compile(rf"(?<![\w.,])({_NUM})\s?[-–]\s?({_NUM})({_GAP.replace('?P<gap>', '')})({_WORD_SCALE})"), _scaled_range),
    Rule(re.compile(rf"(?<![\w.,])(?P<n>{_SIGNED}){_GAP}(?P<scale>{_WORD_SCALE})(?P<plus>\+?)"), _scaled),
    Rule(
        re.compile(rf"(?<![\w.,/-])({_NUM})\s?(?:[-–]|:)\s?({_NUM})(?![\w/-]|[.,]\d)"),
        lambda match: (
            f"{number(match[1])} to {number(match[2])}" if " " not in match.group() else f"{number(match[1])} | to | {number(match[2])}"
        ),
    ),
    Rule(re.compile(r"(?<!\w)([~≈≤≥]|[<>]=?)(?=\s?[$€£¥+-]?\d)"), _compare),
    Rule(re.compile(r"(?<![\w])#(?=\d)"), lambda _: "number"),
    Rule(re.compile(rf"(?<!\w)({_any(COUNTED)})\.?\s?(?=\d)(?<=[. ])"), lambda match: COUNTED[match[1]]),
    Rule(re.compile(r"(?<![\w.,$€£¥/-])((?:1[1-9]|20)\d\d)(?![\w%]|[.,/]\d)"), lambda match: year(int(match[1]))),
    Rule(re.compile(rf"({_NUM})\+(?!\w)"), lambda match: f"{number(match[1])} plus"),
    Rule(re.compile(rf"(?<![\w.])[-+]{_NUM}(?<!,)"), lambda match: _signed(match.group())),
    Rule(re.compile(rf"(?<![\d.]){_NUM}"), lambda match: number(match.group())),
    Rule(re.compile(r"(?<!\d)\.(\d+)"), lambda match: f"point {digits(match[1])}"),
    Rule(re.compile(r"\d+"), lambda match: number(match.group())),
    # words
    Rule(re.compile(rf"\b(?P<name>{_any((*ROMAN_AFTER, *ROMAN_KINGS))}) {_ROMAN}(?![\w'])"), _roman),
    Rule(re.compile(rf"\b({_any(TITLES)})\.(?=\s+[A-Z])"), _title),
    Rule(re.compile(r"\bSt\.(?!\w)"), lambda match: "Street" + _stop(match)),
    Rule(re.compile(r"(?<=\w)/(?=\w)"), lambda _: ""),
)
