"""Rules of English reading, in order: addresses, dates, times, money, measures, numbers, abbreviations."""

from __future__ import annotations

import re

from aigc_cli.media.speech.reading import english_sayings as say
from aigc_cli.media.speech.reading.english_names import NAME_RULES
from aigc_cli.media.speech.reading.english_numbers import cardinal, digits, number, ordinal, roman, year
from aigc_cli.media.speech.reading.english_tables import (
    ABBREVIATIONS,
    COUNTED,
    CURRENCIES,
    MONTHS,
    PER,
    ROMAN_AFTER,
    ROMAN_KINGS,
    SCALES,
    TITLES,
    UNITS,
    WEEKDAYS,
    WORDS,
)
from aigc_cli.media.speech.reading.script import Rule, either

_NUM = r"(?:\d{1,3}(?:,\d{3}){1,12}|\d{1,40})(?:\.\d{1,40})?"
_SIGNED = rf"(?:(?<![\w)\]])[-+])?{_NUM}"


_MONTH = rf"(?:{'|'.join(sorted({name.capitalize() for name in MONTHS}, key=len, reverse=True))})\b\.?"
_SCALE = rf"(?:{either(SCALES)})(?![A-Za-z])"
_WORD_SCALE = r"(?:hundred|thousand|million|billion|trillion|[KMB]|k|bn|mn|tn)(?![A-Za-z])"
_MONEY = either(CURRENCIES)
_CODE = r"(?:USD|EUR|GBP|JPY|CNY|RMB|CHF|CAD|AUD|INR)"


_ROMAN = r"(?P<roman>(?=[IVXLC])(?:X{0,3}L?X{0,3})(?:IX|IV|V?I{0,3}))"
_GAP = r"(?P<gap>\s?)"

RULES = (
    # addresses
    Rule(re.compile(r"(?P<name>[\w.+-]{1,64})@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})", re.ASCII), say.email),
    Rule(
        re.compile(
            r"(?<![\w@])(?P<scheme>https?://|(?=www\.))?(?P<host>[A-Za-z0-9-]{1,63}"
            r"(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24})(?P<path>/[\w\-./?=&%#+]*)?(?<![.,;:!?])",
            re.ASCII,
        ),
        say.url,
    ),
    Rule(re.compile(r"(?<!\w)@([A-Za-z_]\w*)", re.ASCII), lambda match: f"at {say.camel(match[1])}"),
    Rule(re.compile(r"(?<!\w)#([A-Za-z_]\w*)", re.ASCII), lambda match: f"hashtag {say.camel(match[1])}"),
    *NAME_RULES,
    # fixed words
    Rule(re.compile(rf"(?<![\w.])(?<!\d\s)(?:{either(ABBREVIATIONS)})(?!\w)"), say.abbreviation),
    Rule(re.compile(rf"(?<![\w.&/-])(?:{either(WORDS)})(?![\w&/]|[.]\w)"), lambda match: WORDS[match.group()]),
    # dates
    Rule(re.compile(r"(?<![\w/])(?P<year>[12]\d{3})/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\w/])"), say.reversed_date),
    Rule(re.compile(r"\b(FY)\s?((?:19|20)\d\d)(?!\w)"), lambda match: f"F Y {'|' if ' ' in match.group() else ''} {year(int(match[2]))}"),
    Rule(
        re.compile(rf"\b(?P<month>{_MONTH}) '(?P<year>\d\d)(?!\w)"), lambda match: f"{say.month(match['month'])} | {number(match['year'])}"
    ),
    Rule(re.compile(r"(?<=\b[Mm]id-)((?:1[1-9]|20)\d\d)(?![\w%]|[.,/-]\d)"), lambda match: year(int(match[1]))),
    Rule(
        re.compile(
            r"\b(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?:(?P<gap>[T ])(?P<hour>\d{2}):(?P<minute>\d{2})(?::\d{2}"
            r"(?:\.\d+)?)?(?P<zone>Z|\+00:00)?)?(?![\d-])"
        ),
        say.iso,
    ),
    Rule(re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?![\w/])"), say.slashed),
    Rule(
        re.compile(
            rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?[-–]\s?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?"
            rf"(?![\w:%]|[.,]\d)(?:(?P<comma>,)? (?P<year>[12]\d{{3}})(?![\w%]|[.,]\d))?"
        ),
        say.month_day,
    ),
    Rule(
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<of>of )?(?P<month>{_MONTH})(?:(?P<comma>,)? (?P<year>[12]\d{{3}})"
            rf"(?![\w%]|[.,]\d))?(?!\w)"
        ),
        say.day_month,
    ),
    Rule(
        re.compile(rf"\b(?P<month>{_MONTH}),? (?P<year>[12]\d{{3}})(?![\w%]|[.,]\d)"),
        lambda match: f"{say.month(match['month'])} | {year(int(match['year']))}",
    ),
    Rule(re.compile(r"\b(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\.?\s?[-–]\s?(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\b\.?"), say.weekdays),
    Rule(
        re.compile(r"\b(Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?:\.|(?=,? (?:[A-Z][a-z]|\d)))(?!\w)"),
        lambda match: WEEKDAYS[match[1]] + say.stop(match),
    ),
    Rule(
        re.compile(r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.(?!\w)"), lambda match: MONTHS[match[1].lower()] + say.stop(match)
    ),
    Rule(re.compile(r"(?<![\w,.$€£¥])(?P<year>1[1-9]\d0|20[0-9]0)s\b"), say.decade),
    Rule(
        re.compile(
            r"(?:(?<=the )|(?<=his )|(?<=her )|(?<=my )|(?<=their )|(?<=early )|(?<=late )|(?<=mid-)|')(?P<year>[2-9]0)s\b",
            re.IGNORECASE,
        ),
        say.decade,
    ),
    Rule(re.compile(r"(?<![\w,.$€£¥-])((?:1[1-9]|20)\d\d)\s?[-–]\s?((?:1[1-9]|20)\d\d|\d\d)(?![\w%]|[.,-]\d)"), say.years),
    # times
    Rule(
        re.compile(
            r"(?<![\w.:$])(?P<h1>\d{1,2})(?::(?P<m1>\d{2}))?(?:\s?(?P<a1>[ap])\.?m\.?)?\s?[-–]\s?(?P<h2>\d{1,2})(?::"
            r"(?P<m2>\d{2}))?(?P<gap>\s?)(?P<a2>[ap])\.?m\b\.?",
            re.IGNORECASE,
        ),
        say.hours,
    ),
    Rule(
        re.compile(
            r"(?<![\w.:$])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:(?P<gap>\s?)(?P<half>[AaPp])"
            r"(?:\.[Mm]\.|[Mm]\b))?(?![\d:])"
        ),
        say.time,
    ),
    Rule(re.compile(r"(?<![\w.:$])(?P<hour>\d{1,2})(?P<gap>\s?)(?P<half>[AaPp])(?:\.[Mm]\.|[Mm]\b)"), say.hour),
    # money
    Rule(
        re.compile(
            rf"(?<!\w)(?P<cur>{_MONEY})\s?(?P<low>{_NUM})(?P<ls>{_SCALE})?\s?(?:[-–]|to)\s?(?:{_MONEY})?(?P<high>{_NUM})"
            rf"(?:{_GAP}(?P<scale>{_SCALE}))?(?!\d)"
        ),
        lambda match: None if " to " in match.group() else say.amounts(match),
    ),
    Rule(
        re.compile(rf"(?P<sign>(?<!\w)[-+])?(?<![A-Za-z0-9])(?P<cur>{_MONEY})\s?(?P<inner>-)?(?P<n>{_NUM})(?:{_GAP}(?P<scale>{_SCALE}))?"),
        say.amount,
    ),
    Rule(re.compile(rf"(?<![\w.,])(?P<n>{_NUM})(?:{_GAP}(?P<scale>{_WORD_SCALE}))?\s?(?P<code>{_CODE}|[€£₹₩¥])(?!\w)"), say.code_after),
    Rule(re.compile(rf"({_NUM})\s?¢"), lambda match: f"{number(match[1])} {'cent' if say.is_one(match[1]) else 'cents'}"),
    # percent, measures
    Rule(re.compile(rf"(?<![\w.,])({_NUM})%?\s?[-–]\s?({_NUM})\s?%"), say.percents),
    Rule(re.compile(rf"({_SIGNED})(\s?)%"), lambda match: f"{say.signed(match[1])} {'|' if match[2] else ''} percent"),
    Rule(
        re.compile(r"(?<!\w)M[wblsd]?\s?(\d{1,2}\.\d)(?!\d)"),
        lambda match: ("magnitude | " if " " in match.group() else "magnitude ") + number(match[1]),
    ),
    Rule(re.compile(rf"(?<![\w./])(\d{{1,2}})/(\d{{1,2}}){_GAP}(?P<unit>{either(UNITS)})(?![\w²³])"), say.part_of_unit),
    Rule(re.compile(rf"(?<![\w.,])(?P<n>{_NUM}){_GAP}(?P<unit>km|mi|m|ft) (?P<bearing>[NESW]{{1,3}}) of\b"), say.distance),
    Rule(re.compile(r"(?<![\w.])(\d{1,2})'\s?(\d{1,2})\"?(?!\w)"), say.feet),
    Rule(
        re.compile(
            rf"(?<!\d/)(?P<n>{_SIGNED})(?:\s?[-–]\s?(?P<high>{_NUM}))?(?:(?P<dash>-)|{_GAP})(?P<unit>{either(UNITS)})(?![\w²³])(?:\.(?=\s+[a-z]))?"
        ),
        lambda match: None if match["unit"] in ("in", "s", "t", "pt", "l", "h") and match["dash"] else say.unit(match),
    ),
    Rule(re.compile(r"(?<![\w.])(?P<n>-?\d{1,3}\.\d)\s?(?P<unit>[CF])(?!\w)"), say.degrees),
    Rule(
        re.compile(
            r"(?:(?<=\b[Hh]igh of )|(?<=\b[Ll]ow of )|(?<=\bnear )|(?<=\breach )|(?<=\bhit )|(?<=\bto )|(?<=\bbelow )|(?<=\babove ))"
            r"(?P<n>-?\d{1,3})\s?(?P<unit>[CF])(?!\w)"
        ),
        say.degrees,
    ),
    Rule(re.compile(rf"(?<![\w.,])({_NUM})(\s?)[x×]\s?({_NUM})(?!\w)"), say.by),
    Rule(re.compile(r"(?<![\w.,])(1?[05])[kK](?=\s+(?:run|race|walk|jog|fun)\b)"), lambda match: f"{number(match[1])} K"),
    Rule(re.compile(r"(?<![\w.,])(\d{1,4})\^(-?\d{1,3})(?!\w)"), lambda match: f"{number(match[1])} to the power of {number(match[2])}"),
    Rule(re.compile(rf"(?<![\w.,])({_NUM})[xX×](?!\w)"), say.times),
    Rule(re.compile(rf"(?<=[\w.])/({either(PER)})(?![\w])"), lambda match: f"per {PER[match[1]]}"),
    # numbers
    Rule(re.compile(r"(?<=\b[Cc]all )(?:911|999|112|988|311|411)(?!\w|[.,-]\d)|(?<=\b[Dd]ial )\d{3,5}(?!\w|[.,-]\d)"), say.dialled),
    Rule(re.compile(r"(?<![\w.])(?:\+\d{1,3}(?:[ .-]\(?\d{1,5}\)?){2,5}|0\d{1,4}(?:[ -]\d{3,4}){2})(?![\w-])"), say.foreign_phone),
    Rule(re.compile(r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-.]\d{4}(?![\w-])"), say.phone),
    Rule(
        re.compile(r"(?<![\w.,])(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE),
        lambda match: ordinal(int(match[1])) if len(match[1]) < 10 else None,
    ),
    Rule(re.compile(r"(?<![\w./])(?:(?P<whole>\d{1,3}) )?(?P<top>\d{1,2})[/⁄](?P<bottom>\d{1,3})(?![\w/]|\.\d)"), say.parts),
    Rule(re.compile(r"(\d{1,6})\s?([½¼¾⅓⅔⅛])"), say.mixed),
    Rule(re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3}){2,})(?![\w.])"), lambda match: number(match[1].replace(".", ""))),
    Rule(re.compile(r"(?<![\w.])(v|V)?(\d+(?:\.\d+){2,})(?!\w)"), say.version),
    Rule(re.compile(r"(?<![\w.])(v|V)(\d+(?:\.\d+)?)(?!\w)"), say.version),
    Rule(re.compile(rf"(?<![\w.,])({_NUM})\s?[-–]\s?({_NUM})(\s?)({_WORD_SCALE})"), say.scaled_range),
    Rule(re.compile(rf"(?<![\w.,])(?P<n>{_SIGNED}){_GAP}(?P<scale>{_WORD_SCALE})(?P<plus>\+?)"), say.scaled),
    Rule(
        re.compile(rf"(?<![\w.,/-])({_NUM})\s?(?:[-–]|:)\s?({_NUM})(?![\w/-]|[.,]\d)"),
        lambda match: (
            f"{number(match[1])} {say.until(match)} {number(match[2])}"
            if " " not in match.group()
            else f"{number(match[1])} | {say.until(match)} | {number(match[2])}"
        ),
    ),
    Rule(re.compile(r"(?<!\w)([~≈≠≤≥]|[<>]=?)(?=\s?[$€£¥+-]?\d)"), say.compare),
    Rule(re.compile(r"(?<![\w])#(?=\d)"), lambda _: "number"),
    Rule(re.compile(rf"(?<!\w)({either(COUNTED)})\.?\s?(?=\d)(?<=[. ])"), lambda match: COUNTED[match[1]]),
    Rule(re.compile(r"(?<![\w.,$€£¥/-])((?:1[1-9]|20)\d\d)(?![\w%]|[.,/]\d)"), lambda match: year(int(match[1]))),
    Rule(re.compile(rf"({_NUM})\+(?!\w)"), lambda match: f"{number(match[1])} plus"),
    Rule(re.compile(rf"(?<![\w.])[-+]{_NUM}(?<!,)"), lambda match: say.signed(match.group())),
    Rule(re.compile(rf"(?<![\d.]){_NUM}"), lambda match: number(match.group())),
    Rule(re.compile(r"(?<!\d)\.(\d+)"), lambda match: f"point {digits(match[1])}"),
    Rule(re.compile(r"\d+"), lambda match: number(match.group())),
    # words
    Rule(re.compile(rf"\b(?P<name>{either((*ROMAN_AFTER, *ROMAN_KINGS))}) {_ROMAN}(?![\w'])"), say.numeral),
    Rule(
        re.compile(r"(?<=[a-z] )(?<!\bthe )(II|III|IV|VI|VII|VIII|IX|XI|XII|XIII|XIV|XV|XVI)(?![\w'.-])"),
        lambda match: cardinal(roman(match[1])) if re.search(r"[A-Z][a-z]+ \Z", match.string[: match.start()]) else None,
    ),
    Rule(re.compile(rf"\b({either(TITLES)})\.(?=\s+[A-Z])"), say.title),
    Rule(re.compile(r"\bSt\.(?!\w)"), lambda match: "Street" + say.stop(match)),
    Rule(re.compile(r"(?<!\w)([AaPp])\.[Mm]\."), lambda match: f"{match[1].upper()} M" + say.stop(match)),
    Rule(re.compile(r"(?<=\w)/(?=\w)"), lambda _: ""),
)
