"""Rules of Chinese reading, in order: addresses, telephone numbers, dates, times, money, measures, numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from aigc_cli.letters import HAN
from aigc_cli.media.speech.reading.chinese_names import NAME_RULES
from aigc_cli.media.speech.reading.chinese_numbers import amount, cardinal, counted, digits, number
from aigc_cli.media.speech.reading.chinese_tables import COUNTERS, CURRENCIES, SCALES, SPEEDS, UNITS, WORDS
from aigc_cli.media.speech.reading.english_numbers import roman
from aigc_cli.media.speech.reading.script import Rule, either

_NUM = r"(?:\d{1,3}(?:,\d{3}){1,12}|\d{1,40})(?:\.\d{1,40})?"
_DASH = r"\s?(?:[-–—~～]|至|到)\s?"
_FREE = r"(?<![\w.,])"  # `\w` holds Chinese too; used where a figure must stand apart from Latin letters only
_APART = r"(?<![A-Za-z\d.,])"


_SCALE = either(SCALES)
_HAN_SCALE = either([name for name in SCALES if not name.isascii()])
_MONEY = either(CURRENCIES)
_UNIT = either(UNITS)


def _scaled(text: str, scale: str | None) -> str:
    """`3.2` `B` is 三十二亿; `3.2` `亿` is 三点二亿."""
    if not scale:
        return amount(text)
    factor, name = SCALES[scale]
    if factor == 1:
        return amount(text) + name
    value = Decimal(text.replace(",", "")) * factor
    for size, word in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if value >= size:
            return amount(f"{(value / size).normalize():f}") + word
    return amount(f"{value.normalize():f}")


def _sign(text: str) -> str:
    return {"-": "负", "+": "正"}.get(text or "", "")


# ---- addresses -------------------------------------------------------------------------------------------------------


def _spell(text: str) -> str:
    names = {".": "点", "/": "斜杠", "-": "杠", "_": "下划线", "@": "at"}
    parts = re.findall(r"[A-Za-z]+|\d+|[^A-Za-z\d]", text)
    words = (digits(part) if part.isdigit() else names.get(part, part if part.isalpha() else "").strip() for part in parts)
    return " ".join(word for word in words if word)


def _url(match: re.Match[str]) -> str | None:
    host, path = match["host"], (match["path"] or "").rstrip("/.")
    if not match["scheme"] and host.rpartition(".")[2].lower() not in (
        "com",
        "cn",
        "net",
        "org",
        "io",
        "ai",
        "app",
        "shop",
        "store",
        "co",
        "tv",
        "cc",
        "top",
        "gov",
        "edu",
        "hk",
        "tw",
        "us",
    ):
        return None
    return _spell(re.sub(r"\Awww\.", "", host)) + (f" {_spell(re.sub(r'[?#].*', '', path))}" if path else "")


# ---- dates and times -------------------------------------------------------------------------------------------------


def _day(month: str, day: str) -> str | None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{cardinal(int(month))}月{cardinal(int(day))}日"


def _date(match: re.Match[str]) -> str | None:
    day = _day(match["month"], match["day"])
    return day and f"{digits(match['year'])}年{day}"


def _clock(hour: str, minute: str) -> str | None:
    if int(hour) > 24 or int(minute) > 59:
        return None
    tail = "" if int(minute) == 0 else f"零{cardinal(int(minute))}分" if int(minute) < 10 else f"{cardinal(int(minute))}分"
    return f"{counted(int(hour))}点{tail}"


def _time(match: re.Match[str]) -> str | None:
    said = _clock(match["hour"], match["minute"])
    if said is None:
        return None
    if match["second"]:
        said = f"{counted(int(match['hour']))}点{cardinal(int(match['minute']))}分{cardinal(int(match['second']))}秒"
    half = (match["half"] or "").lower()
    return {"a": "上午", "p": "下午"}.get(half, "") + said


def _times(match: re.Match[str]) -> str | None:
    first, second = _clock(match[1], match[2]), _clock(match[3], match[4])
    return f"{first}到{second}" if first and second else None


# ---- money and measures ----------------------------------------------------------------------------------------------


def _money(match: re.Match[str]) -> str:
    return f"{_sign(match['sign'])}{_scaled(match['n'], match['scale'])}{CURRENCIES[match['cur']]}" + ("每" if match["per"] else "")


def _moneys(match: re.Match[str]) -> str:
    return f"{_scaled(match['low'], None)}到{_scaled(match['high'], match['scale'])}{CURRENCIES[match['cur']]}"


def _percent(match: re.Match[str]) -> str:
    compared = re.search(r"[比期幅率]\s?\Z", match.string[: match.start()])
    sign = {"-": "下降", "+": "增长"}.get(match["sign"] or "", "") if compared else _sign(match["sign"])
    return f"{sign}百分之{number(match['n'])}"


def _percents(match: re.Match[str]) -> str:
    return f"百分之{number(match[1])}到百分之{number(match[2])}"


def _degrees(match: re.Match[str]) -> str:
    sign = "零下" if match["sign"] == "-" else ""
    return f"{sign}{amount(match['n'])}{UNITS[match['unit']]}"


def _unit(match: re.Match[str]) -> str | None:
    high = f"到{amount(match['high'])}" if match["high"] else ""
    name = SPEEDS.get(match["unit"]) or UNITS[match["unit"]]
    gap = "|" if re.search(r"\d\s+\D", match.group()) else ""
    return f"{_sign(match['sign'])}{amount(match['n'])}{high}{gap}{name}"


# ---- numbers ---------------------------------------------------------------------------------------------------------


def _range(match: re.Match[str]) -> str:
    tail = match["tail"] or ""
    low, high = (digits(match[1]), digits(match[2])) if tail == "年" and len(match[1]) == 4 else (number(match[1]), number(match[2]))
    if tail and tail != "年":
        low, high = amount(match[1]), amount(match[2])
    return f"{low}到{high}"


def _fraction(match: re.Match[str]) -> str | None:
    top, bottom = int(match[1]), int(match[2])
    return f"{cardinal(bottom)}分之{cardinal(top)}" if 0 < top < bottom <= 100 else None


_VULGAR = {"½": "二分之一", "¼": "四分之一", "¾": "四分之三", "⅓": "三分之一", "⅔": "三分之二"}


def _counted(match: re.Match[str]) -> str:
    return amount(match["n"]) if "." in match["n"] else counted(int(match["n"]))


def _long(match: re.Match[str]) -> str:
    return digits(match.group())


def _plus(match: re.Match[str]) -> str:
    return f"{_scaled(match[1], match[2])}多"


RULES = (
    Rule(
        re.compile(r"(?P<name>[A-Za-z0-9_.+-]{1,64})@(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5})"),
        lambda match: _spell(match.group()),
    ),
    Rule(
        re.compile(
            r"(?<![A-Za-z0-9@])(?P<scheme>https?://|(?=www\.))?(?P<host>[A-Za-z0-9-]{1,63}"
            r"(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24})(?P<path>/[A-Za-z0-9\-./?=&%_]*)?(?![A-Za-z])"
        ),
        _url,
    ),
    Rule(re.compile(rf"(?<![A-Za-z\d&])(?:{either(WORDS)})(?![A-Za-z\d&])"), lambda match: WORDS[match.group()]),
    *NAME_RULES,
    # telephone
    Rule(re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"), lambda match: digits(match.group(), is_phone=True)),
    Rule(re.compile(r"(?<!\d)(?:400|800)-?\d{3}-?\d{4}(?!\d)"), lambda match: digits(match.group(), is_phone=True)),
    Rule(re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"), lambda match: digits(match.group(), is_phone=True)),
    Rule(
        re.compile(
            r"(?:(?<=电话)|(?<=电话[:：])|(?<=拨打)|(?<=请拨)|(?<=致电)|(?<=热线)|(?<=热线[:：])|(?<=客服)|(?<=短信)|(?<=报警))\d{3,12}(?![\d.,])"
        ),
        lambda match: digits(match.group(), is_phone=True),
    ),
    # names and models, figure by figure
    Rule(re.compile(r"(?<=[DGCZTKL])\d{1,4}(?=次)"), lambda match: digits(match.group(), is_phone=True)),
    Rule(re.compile(r"(?<![\d.,])\d{3,4}(?=[pP](?![A-Za-z])|室|号房|房间)"), lambda match: digits(match.group())),
    Rule(
        re.compile(r"(?<=[A-Za-z])(?<!\d[xX])\d{3,}(?![\d.,]*[\d%])"),
        lambda match: None if match.group().endswith("00") else digits(match.group()),
    ),
    Rule(re.compile(r"(?<![\d.])618(?=大促|购物|活动|狂欢|年中|期间|开|来)"), lambda _: "六一八"),
    Rule(re.compile(rf"(?<=[{HAN}])(?:II|III|IV|VI|VII|VIII|IX|XI|XII)(?![A-Za-z\d])"), lambda match: cardinal(roman(match.group()))),
    # dates
    Rule(re.compile(r"(?<!\d)(20\d\d)[-–—~～](\d\d)(?=\s?(?:赛季|学年|财年))"), lambda match: f"{digits(match[1])}到{digits(match[2])}"),
    Rule(re.compile(r"(?<!\d)(?P<year>[12]\d{3})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)"), _date),
    Rule(re.compile(r"(?<!\d)(\d{4})[-–—~～至到](\d{4})(?=\s?年)"), lambda match: f"{digits(match[1])}到{digits(match[2])}"),
    Rule(re.compile(r"(?<![\d.])([12]\d{3})(?=\s?(?:年(?!前|后|间|以|内|来|多)|款|财年|赛季|版))"), lambda match: digits(match[1])),
    Rule(re.compile(r"(?<![\d.])([02-9]\d)(?=年(?!前|后|代|间|以|内|来|多|[的历纪经老]))(?<=0\d)"), lambda match: digits(match[1])),
    Rule(re.compile(r"(?<!\d)(\d{1,2})(?=月\d{1,2}[日号])"), lambda match: cardinal(int(match[1]))),
    Rule(
        re.compile(r"(?<!\d)(\d{1,2})[-–—~～](\d{1,2})(?=[日号月])"), lambda match: f"{cardinal(int(match[1]))}到{cardinal(int(match[2]))}"
    ),
    Rule(re.compile(r"(?<!\d)(\d{1,2})(?=[日号月](?!个))"), lambda match: cardinal(int(match[1]))),
    # times
    Rule(re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})\s?[-–—~～至到]\s?(\d{1,2}):(\d{2})(?![\d:])"), _times),
    Rule(
        re.compile(
            r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:\s?(?P<half>[AaPp])\.?[Mm]\.?(?![A-Za-z]))?(?![\d:])"
        ),
        _time,
    ),
    Rule(
        re.compile(r"(?<![\d.])(?P<hour>\d{1,2})\s?(?P<half>[AaPp])\.?[Mm]\.?(?![A-Za-z])"),
        lambda match: f"{'上午' if match['half'].lower() == 'a' else '下午'}{counted(int(match['hour']))}点",
    ),
    Rule(re.compile(r"(?<!\d)(\d{1,3})\s?[:：]\s?(\d{1,3})(?!\d)"), lambda match: f"{cardinal(int(match[1]))}比{cardinal(int(match[2]))}"),
    # money
    Rule(
        re.compile(
            rf"(?<![A-Za-z])(?P<cur>{_MONEY})\s?(?P<low>{_NUM})\s?[-–—~～至到]\s?(?:{_MONEY})?(?P<high>{_NUM})\s?"
            rf"(?P<scale>{_SCALE})?(?![A-Za-z])"
        ),
        _moneys,
    ),
    Rule(
        re.compile(
            rf"(?P<sign>(?<![A-Za-z\d])[-+])?(?<![A-Za-z])(?P<cur>{_MONEY})\s?(?P<n>{_NUM})\s?(?P<scale>{_SCALE})?(?![A-Za-z])"
            rf"(?P<per>/(?=[{HAN}]))?"
        ),
        _money,
    ),
    Rule(
        re.compile(
            rf"{_APART}(?P<sign>)(?P<n>{_NUM})\s?(?P<scale>{_SCALE})?\s?(?P<cur>USD|RMB|CNY|EUR|GBP|HKD|JPY|CHF|[€£])(?P<per>)(?![A-Za-z])"
        ),
        _money,
    ),
    # percent, measures
    Rule(re.compile(rf"{_APART}({_NUM})%?{_DASH}({_NUM})\s?%"), _percents),
    Rule(re.compile(rf"(?P<sign>(?<![A-Za-z\d])[-+])?(?P<n>{_NUM})\s?%"), _percent),
    Rule(re.compile(rf"(?P<n>{_NUM})\s?‰"), lambda match: f"千分之{number(match['n'])}"),
    Rule(re.compile(rf"(?P<sign>(?<![A-Za-z\d])-)?(?P<n>{_NUM})\s?(?P<unit>°C|°F|℃|℉|°)"), _degrees),
    Rule(
        re.compile(r"(?<![A-Za-z\d.])(-?)(\d{1,3}\.\d)\s?C(?![A-Za-z\d])"),
        lambda match: f"{'零下' if match[1] else ''}{amount(match[2])}摄氏度",
    ),
    Rule(re.compile(r"(?<![A-Za-z])M[wbls]?\s?(\d(?:\.\d)?)(?=\s?级)"), lambda match: amount(match[1])),
    Rule(re.compile(r"(?<![A-Za-z])M[wbls]?\s?(\d\.\d)(?!\d)"), lambda match: f"{number(match[1])}级"),
    Rule(
        re.compile(
            rf"(?P<sign>(?<![A-Za-z\d])[-+])?{_APART}(?P<n>{_NUM})(?:{_DASH}(?P<high>{_NUM}))?\s?"
            rf"(?P<unit>{either((*SPEEDS, *UNITS))})(?![A-Za-z\d²³])"
        ),
        lambda match: (
            None
            if match["unit"] in ("A", "V", "in", "t", "m", "h", "s")
            and match["unit"] + match.string[match.end() : match.end() + 1] in ("A股", "V型")
            else _unit(match)
        ),
    ),
    Rule(re.compile(r"(?<=[公英平立])/(?=小?时)"), lambda _: "每"),
    Rule(re.compile(r"(?<![\w)）])[~～≈](?=\s?\d)"), lambda _: "约"),
    Rule(re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])"), lambda _: " "),
    Rule(re.compile(rf"{_APART}({_NUM})\s?[xX×*]\s?({_NUM})(?![A-Za-z\d])"), lambda match: f"{number(match[1])}乘{number(match[2])}"),
    Rule(re.compile(rf"{_APART}({_NUM})[xX×](?![A-Za-z\d])"), lambda match: f"{amount(match[1])}倍"),
    # numbers
    Rule(re.compile(rf"(?<![A-Za-z\d.,/-])({_NUM}){_DASH}({_NUM})(?![\d/-]|[.,]\d)(?=\s?(?P<tail>[{COUNTERS}]|年)?)"), _range),
    Rule(re.compile(r"(?<![\d./])(\d{1,2})/(\d{1,3})(?![\d/]|\.\d)"), _fraction),
    Rule(re.compile(r"(\d{0,6})([½¼¾⅓⅔])"), lambda match: (f"{number(match[1])}又" if match[1] else "") + _VULGAR[match[2]]),
    Rule(re.compile(rf"({_NUM})({_SCALE})?\+(?![\dA-Za-z])"), _plus),
    Rule(
        re.compile(rf"{_APART}(?P<n>{_NUM})\s?(?P<scale>K|k|M|B|bn|w)(?![A-Za-z\d])"),
        lambda match: None if match["scale"] == "K" and match["n"] in ("2", "4", "8") else _scaled(match["n"], match["scale"]),
    ),
    Rule(re.compile(rf"(?P<n>{_NUM})(?P<scale>{_HAN_SCALE})"), lambda match: _scaled(match["n"], match["scale"])),
    Rule(re.compile(r"(?<![\d.])(?:19|20)(\d0)(?=年代)"), lambda match: digits(match.group())),
    Rule(
        re.compile(r"第\s?(\d+)"),
        lambda match: f"第{cardinal(int(match[1]))}" if " " not in match.group() else f"第|{cardinal(int(match[1]))}",
    ),
    Rule(
        re.compile(r"(?<![A-Za-z])(?:v|V)(\d+(?:\.\d+)+)(?!\d)"),
        lambda match: "V " + "点".join(number(part) for part in match[1].split(".")),
    ),
    Rule(re.compile(r"(?<![\d.])\d+(?:\.\d+){2,}(?![\d])"), lambda match: "点".join(number(part) for part in match.group().split("."))),
    Rule(re.compile(rf"(?<![\d.,A-Za-z])(?P<n>2)(?=\s?[{COUNTERS}])"), _counted),
    Rule(re.compile(r"(?<![\d.,])\d{10,}(?![\d]|[.,]\d)"), _long),
    Rule(re.compile(rf"(?<![A-Za-z\d])-({_NUM})"), lambda match: f"负{number(match[1])}"),
    Rule(re.compile(r"(?<=[A-Za-z])-(?=\d)"), lambda _: " "),
    Rule(re.compile(rf"(?<![\d.]){_NUM}"), lambda match: number(match.group())),
    Rule(re.compile(r"\d+"), lambda match: number(match.group())),
)
