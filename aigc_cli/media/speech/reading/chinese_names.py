"""Names with figures in Chinese: kings and chapters in Roman numerals, aircraft, rooms, codes, decades of birth."""

from __future__ import annotations

import re

from aigc_cli.letters import HAN
from aigc_cli.media.speech.reading.chinese_numbers import amount, cardinal, counted, digits
from aigc_cli.media.speech.reading.chinese_tables import KINGS, PER_UNITS, UNITS
from aigc_cli.media.speech.reading.english_numbers import roman
from aigc_cli.media.speech.reading.english_tables import ROMAN_KINGS
from aigc_cli.media.speech.reading.script import Rule, either

_ROMAN = r"(?=[IVXL])(?:X{0,3}L?X{0,3})(?:IX|IV|V?I{0,3})"
_END = r"(?![A-Za-z\d])"


def _king(match: re.Match[str]) -> str:
    return f"{match['name']}{cardinal(roman(match['roman']))}世"


def _latin(match: re.Match[str]) -> str | None:
    """`Henry VIII` is Henry 八世, `Final Fantasy VII` ends with 七; one letter alone may be a letter: `iPhone X`."""
    value = cardinal(roman(match["roman"]))
    if match["name"] in ROMAN_KINGS:
        return f"{match['name']} | {value}世"
    return f"{match['name']} | {value}" if len(match["roman"]) > 1 else None


NAME_RULES = (
    Rule(re.compile(rf"(?P<name>{either(KINGS)})(?P<roman>{_ROMAN})世?{_END}"), _king),
    Rule(re.compile(rf"(?<![A-Za-z])(?P<name>[A-Z][a-z]+) (?P<roman>{_ROMAN}){_END}世?"), _latin),
    Rule(re.compile(rf"(?<=第){_ROMAN}(?=[季章部集卷代届次期世册幕])"), lambda match: cardinal(roman(match.group()))),
    Rule(re.compile(r"(?<![A-Za-z\d])(?:I|II|III|IV|VI|VII|VIII|IX)(?=[型期级类代卷章])"), lambda match: cardinal(roman(match.group()))),
    Rule(re.compile(rf"(?<=[{HAN}])(?=[IVXL]{{4}}){_ROMAN}{_END}"), lambda match: cardinal(roman(match.group()))),
    Rule(re.compile(r"(?<![\d.:点分第])(?:[6-9][05]|0[05]|10)(?=后(?![退面来方期续天勤再]))"), lambda match: digits(match.group())),
    Rule(
        re.compile(
            r"(?:(?<=邮编)|(?<=邮编[:：])|(?<=邮政编码)|(?<=验证码)|(?<=验证码[:：])|(?<=股票代码)|(?<=代码[:：])|(?<=房间))\d{3,8}(?![\d.,]|[个间套])"
        ),
        lambda match: digits(match.group()),
    ),
    Rule(
        re.compile(r"(?<![\d.,])(?:12306|12315|12345|12366|10086|955\d\d)(?![\d.,]|[元块个人名家万亿年米公千吨辆台件次套])"),
        lambda match: digits(match.group(), is_phone=True),
    ),
    Rule(re.compile(r"(?<=[\"“「])618(?=[\"”」])"), lambda match: digits(match.group())),
    Rule(
        re.compile(r"(?:(?<=波音)|(?<=空客))(?P<kind>A?)(?P<n>\d{3})(?:-(?P<series>\d{1,4}))?(?!\d)"),
        lambda match: f"{match['kind']}{digits(match['n'])}" + (f"，{digits(match['series'])}" if match["series"] else ""),
    ),
    Rule(re.compile(r"(?<!\d)(\d)米(\d{1,2})(?![\d.]|厘米|公分)"), lambda match: f"{counted(int(match[1]))}米{digits(match[2])}"),
    Rule(re.compile(r"(?<![\d'])(\d{1,2})['′](\d{2})[\"″](?!\d)"), lambda match: f"{amount(match[1])}分{cardinal(int(match[2]))}秒"),
    Rule(re.compile(r"(?<![A-Za-z])[fF]/(?=\d)"), lambda _: "f "),
    Rule(re.compile(r"(?<=[A-Za-ln-z])[²³](?![A-Za-z])"), lambda match: "平方" if match.group() == "²" else "立方"),
    Rule(re.compile(r"(?<=[日号])\s?[-–—~～]\s?(?=\d{1,2}[日号月])"), lambda _: "到"),
    Rule(
        re.compile(r"(?<![\d.,])(?:19\d[1-9]|20[0-3][1-9]|19[1-9]0|20[1-3]0)(?=年(?:后|前|以后|以前|以来|间|内))"),
        lambda match: digits(match.group()),
    ),
    Rule(re.compile(rf"(?<=[元块])/(?=[{HAN}])"), lambda _: "每"),
    Rule(re.compile(rf"(?<=[元万亿块])/(?P<unit>{either(PER_UNITS)}){_END}"), lambda match: f"每{UNITS[match['unit']]}"),
)
