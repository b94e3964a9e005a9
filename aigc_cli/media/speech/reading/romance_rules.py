"""Rules of Romance reading, in order: addresses, abbreviations, dates, times, money, measures, numbers, capitals."""

from __future__ import annotations

import re

from aigc_cli.media.speech.reading.english_numbers import roman
from aigc_cli.media.speech.reading.romance import ALONE, FEMININE, MASCULINE, Noun, Tongue
from aigc_cli.media.speech.reading.script import Rule, either

_LONGEST = 15
"""Figures of the longest number that is read as one; more are read one by one."""

_NUM = r"(?:\d{1,3}(?:[. ]\d{3}){1,4}(?![\d.])(?:,\d{1,12})?|\d{1,40}(?:[.,]\d{1,12}(?![.,]?\d))?)"
_SIGNED = rf"(?:(?<![\w)\]])[-+])?{_NUM}"
_ROMAN = r"(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"


def rules(t: Tongue) -> tuple[Rule, ...]:
    """The rules of a language. `|` in what a rule says parts what is heard for each shown word."""
    speak = _Speaker(t)
    coin, unit = either(t.coins), either(t.units)
    scale = rf"(?:{either(t.scales)})(?![^\W\d_])"
    month = rf"(?P<month>{either(t.months)})\b"
    return (
        Rule(re.compile(r"(?P<name>[\w.+-]{1,64})@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,5})", re.ASCII), speak.email),
        Rule(
            re.compile(
                r"(?<![\w@])(?:https?://|(?=www\.))?(?P<host>[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}"
                r"\.(?:com|org|net|info|eu|es|fr|it|pt|br|mx|ar|co|cl|pe|ch|be|ca|io|ai|app|shop|dev|uk|de))(?P<path>/[\w\-./]*)?(?![\w@])",
                re.ASCII,
            ),
            speak.address,
        ),
        Rule(re.compile(r"(?<!\w)@([A-Za-z_]\w*)"), lambda match: f"{t.at} {_parted(match[1])}"),
        Rule(re.compile(r"(?<!\w)#([^\W\d]\w*)"), lambda match: f"hashtag {_parted(match[1])}"),
        Rule(re.compile(rf"(?<![\w.])(?:{either(t.abbreviations)})(?!\w)"), lambda match: t.abbreviations[match.group()]),
        # dates
        Rule(re.compile(r"(?<![\w/-])(?P<y>[12]\d{3})-(?P<m>\d\d)-(?P<d>\d\d)(?![\w-])"), speak.date),
        Rule(re.compile(r"(?<![\w/.])(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>[12]\d{3})(?![\w/])"), speak.date),
        Rule(
            re.compile(rf"(?<![\w,.])(?P<d>[12]?\d|3[01])(?P<first>{t.ordinal_mark})?(?P<of> de)? (?P<named>{month})", re.IGNORECASE),
            speak.day,
        ),
        Rule(
            re.compile(rf"(?<=\b)(?P<named>{month})(?P<of> de| del)? (?P<y>1\d{{3}}|20\d\d)(?![\w%]|[.,]\d)", re.IGNORECASE),
            lambda match: f"{match['named']} {'| ' + match['of'].strip() if match['of'] else ''} | {t.year(int(match['y']))}",
        ),
        # times
        Rule(re.compile(r"(?<![\w.,:])(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::[0-5]\d)?(?:\s?h\b)?(?![\d:])"), speak.time),
        Rule(re.compile(r"(?<![\w.,:])(?P<h>[01]?\d|2[0-4])\s?h\s?(?P<m>[0-5]\d)?(?![\w:²³/])"), speak.hour),
        # money
        Rule(re.compile(rf"(?<!\w)(?P<coin>{coin})\s?(?P<n>-?{_NUM})(?:\s?(?P<scale>{scale}))?"), speak.money),
        Rule(re.compile(rf"(?P<n>{_SIGNED})(?:\s?(?P<scale>{scale}))?\s?(?P<coin>{coin})(?!\w)"), speak.money),
        # percent and measures
        Rule(re.compile(rf"(?<![\w.,])(?P<low>{_NUM})\s?%?\s?[-–]\s?(?P<high>{_NUM})(?P<gap>\s?)%"), speak.percents),
        Rule(
            re.compile(rf"(?P<n>{_SIGNED})(?P<gap>\s?)%"),
            lambda match: f"{speak.number(match['n'])} {'|' if match['gap'] else ''} {t.percent}",
        ),
        Rule(re.compile(rf"(?<![\w.,])(?P<low>{_NUM})\s?[-–]\s?(?P<n>{_NUM})(?P<gap>\s?)(?P<unit>{unit})(?![\w²³'])"), speak.measure),
        Rule(re.compile(rf"(?P<n>{_SIGNED})(?P<gap>\s?)(?P<unit>{unit})(?![\w²³'])"), speak.measure),
        Rule(re.compile(rf"(?<=[\w€$£])\s?/\s?({either(t.per_units)})(?!\w)"), lambda match: t.per_units[match[1]]),
        # numbers
        Rule(re.compile(r"(?<![\w.])(?:\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}|0\d(?:[ .]\d\d){4})(?![\w-])"), speak.phone),
        Rule(re.compile(rf"(?<![\w.,])(?P<n>\d{{1,4}})\.?(?P<mark>{t.ordinal_mark})(?!\w)"), speak.ordinal),
        Rule(re.compile(rf"\b(?P<roman>(?![LC])(?:{_ROMAN}))(?P<mark>{t.ordinal_mark})(?!\w)"), speak.roman_ordinal),
        *(
            (
                Rule(re.compile(rf"(?<=\b{t.centuries} )(?P<roman>{_ROMAN})(?![\w'])"), speak.roman_cardinal),
                Rule(re.compile(rf"\b(?P<roman>{_ROMAN})(?P<mark>)(?= {t.centuries}\b)"), speak.roman_ordinal),
            )
            if t.centuries
            else ()
        ),
        *((Rule(re.compile(rf"\b(?P<king>{either(t.kings)}) (?P<roman>{_ROMAN})(?![\w'])"), speak.king),) if t.kings else ()),
        Rule(re.compile(rf"(?<![\w/.,])(?:{either(t.fractions)})(?![\w/]|[.,]\d)"), lambda match: t.fractions[match.group()]),
        Rule(
            re.compile(rf"(?P<n>{_SIGNED})\s?(?P<scale>{scale})"),
            lambda match: f"{speak.number(match['n'], MASCULINE)} {_gap(match.group())} {speak.scale(match['n'], match['scale'])}",
        ),
        Rule(re.compile(rf"(?<![\w.,/-])(?P<low>{_NUM})\s?[-–:]\s?(?P<high>{_NUM})(?![\w/-]|[.,]\d)"), speak.span),
        Rule(re.compile(rf"(?<![\w.,])({_NUM})\s?[x×]\s?({_NUM})(?!\w)"), lambda m: f"{speak.number(m[1])} {t.per} {speak.number(m[2])}"),
        Rule(re.compile(r"(?<!\w)[Nn][.º°]{1,2}\s?(?=\d)|(?<!\w)#(?=\d)"), lambda _: t.number_sign),
        Rule(re.compile(r"(?<![\w.,-])(1[1-9]\d\d|20\d\d)(?![\w%]|[.,]\d)"), lambda match: t.year(int(match[1]))),
        Rule(re.compile(rf"(?P<n>{_SIGNED})(?= (?P<next>[^\W\d_]+))"), lambda match: speak.counted(match["n"], match["next"])),
        Rule(re.compile(_SIGNED), lambda match: speak.number(match.group())),
        Rule(re.compile(r"\d+"), lambda match: speak.number(match.group())),
        # capitals
        Rule(re.compile(r"(?<![\w])[A-ZÀ-Þ](?:\.[A-ZÀ-Þ]){1,5}\.?(?!\w)|\b[A-Z]{2,5}\b"), speak.capitals),
    )


def _gap(text: str) -> str:
    return "|" if re.search(r"\s\S*\Z", text) else ""


def _parted(name: str) -> str:
    """`CafeDelDia` is Cafe Del Dia."""
    return re.sub(r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])|_", " ", name)


def _is_one(written: str) -> bool:
    return re.sub(r"[,.]0+\Z", "", written.strip("+-")) == "1"


class _Speaker:
    """What the rules of a language say about their matches."""

    def __init__(self, t: Tongue) -> None:
        self.t = t

    def number(self, written: str, stands: str = ALONE) -> str:
        """A number as written: sign, thousands, decimals, leading zeros."""
        t = self.t
        sign = f"{t.minus} " if written.startswith("-") else f"{t.plus} " if written.startswith("+") else ""
        plain = written.lstrip("+-")
        plain = re.sub(r"(?<=\d)[. ](?=\d{3}(?!\d))", "", plain).replace(" ", "") if re.match(r"[1-9]\d{0,2}[. ]\d{3}", plain) else plain
        whole, _, decimals = plain.replace(".", ",").partition(",")
        if len(whole) > _LONGEST or (len(whole) > 1 and whole.startswith("0")):
            words = self._each(whole)
        else:
            words = t.cardinal(int(whole or "0"), ALONE if decimals else stands)
        if decimals:
            zeros = len(decimals) - len(decimals.lstrip("0"))
            rest = decimals[zeros:]
            tail = [t.digits[0]] * zeros + ([t.cardinal(int(rest), ALONE) if len(rest) <= 3 else self._each(rest)] if rest else [])
            words = f"{words} {t.point} {' '.join(tail)}"
        return sign + words

    def _each(self, figures: str) -> str:
        return " ".join(self.t.digits[int(char)] for char in figures if char.isascii() and char.isdigit())

    def counted(self, written: str, following: str) -> str:
        word = following.lower()
        is_noun = len(word) > 2 and not following.isupper() and word not in self.t.months
        return self.number(written, (FEMININE if self.t.is_feminine(word) else MASCULINE) if is_noun else ALONE)

    def scale(self, written: str, name: str) -> str:
        one, many = self.t.scales[name]
        below_two = self.t.language in ("fr", "pt") and re.match(r"[+-]?[01][.,]", written)  # `1,2 million`, but `1,2 millones`
        return one if _is_one(written) or below_two else many

    def _noun(self, written: str, noun: Noun) -> str:
        return noun.one if _is_one(written) else noun.many

    def money(self, match: re.Match[str]) -> str | None:
        t, written = self.t, match["n"]
        noun = t.coins[match["coin"]]
        text = match.group()
        if match["scale"]:
            spoken = f"{self.number(written, MASCULINE)} {self.scale(written, match['scale'])} {t.of(noun.many)}"
        else:
            cents = re.search(r"[.,](\d\d)\Z", written)
            if cents is None:
                spoken = f"{self.number(written, noun.gender)} {self._noun(written, noun)}"
            else:
                whole, hundredths = written[: cents.start()], int(cents[1])
                words = [] if whole.lstrip("+-") == "0" and hundredths else [self.number(whole, noun.gender), self._noun(whole, noun)]
                small = self._hundredths(hundredths, noun, is_alone=not words)
                spoken = " ".join([*words, small]) if small else " ".join(words)
        pieces = len(text.split())
        return spoken + " |" * (pieces - 1)

    def _hundredths(self, count: int, noun: Noun, *, is_alone: bool) -> str:
        if not count:
            return ""
        t = self.t
        named = f"{t.cardinal(count, MASCULINE)} {(noun.hundredth or t.hundredth)[count != 1]}"
        if is_alone:
            return named
        return t.money_joint(named if t.names_hundredths else t.cardinal(count, ALONE))

    def percents(self, match: re.Match[str]) -> str:
        return f"{self.number(match['low'])} {self.t.until} {self.number(match['high'])} {self.t.percent}"

    def measure(self, match: re.Match[str]) -> str | None:
        noun = self.t.units[match["unit"]]
        groups = match.groupdict()
        spoken = (
            f"{self.number(match['n'], noun.gender)} {'|' if match['gap'] and not groups.get('low') else ''} {self._noun(match['n'], noun)}"
        )
        return f"{self.number(groups['low'])} {self.t.until} {spoken}" if groups.get("low") else spoken

    def span(self, match: re.Match[str]) -> str:
        return f"{self.number(match['low'])} {self.t.until} {self.number(match['high'])}"

    def date(self, match: re.Match[str]) -> str | None:
        day, month = int(match["d"]), int(match["m"])
        return self.t.date(day, month, int(match["y"])) if 1 <= day <= 31 and 1 <= month <= 12 else None

    def day(self, match: re.Match[str]) -> str:
        month = self.t.months.index(match["month"].lower()) + 1
        first, *_ = self.t.date(int(match["d"]), month, None).split()
        whole = self.t.date(int(match["d"]), month, None)
        day = whole[: whole.lower().rfind(self.t.months[month - 1])].removesuffix(" de ").strip() or first
        return f"{day} {'| de' if match['of'] else ''} | {match['named']}"

    def time(self, match: re.Match[str]) -> str:
        return self.t.time(int(match["h"]), int(match["m"])) + " |" * (len(match.group().split()) - 1)

    def hour(self, match: re.Match[str]) -> str | None:
        noun = self.t.units["h"]
        if match["m"]:
            return self.time(match)
        hours = int(match["h"])
        return (
            f"{self.t.cardinal(hours, noun.gender)} {'|' if ' ' in match.group().strip() else ''} {noun.one if hours == 1 else noun.many}"
        )

    def phone(self, match: re.Match[str]) -> str:
        text = match.group()
        if self.t.language == "fr" and re.fullmatch(r"0\d(?:[ .]\d\d){4}", text):
            pairs = re.findall(r"\d\d", text)
            return ", ".join(self.number(pair) for pair in pairs)
        groups = re.findall(r"\d+", text)
        return (f"{self.t.plus} " if text.startswith("+") else "") + ", ".join(self._each(group) for group in groups)

    def _gender(self, mark: str) -> str:
        return FEMININE if mark in ("ª", "a", "re", "ère") else MASCULINE if mark in ("er", ".er") else ALONE

    def ordinal(self, match: re.Match[str]) -> str:
        return self.t.ordinal(int(match["n"]), self._gender(match["mark"]))

    def roman_ordinal(self, match: re.Match[str]) -> str | None:
        return self.t.ordinal(roman(match["roman"]), self._gender(match["mark"])) if match["roman"] else None

    def roman_cardinal(self, match: re.Match[str]) -> str | None:
        if not match["roman"]:
            return None
        value = roman(match["roman"])
        return self.t.ordinal(value, ALONE) if value < 10 and self.t.language != "fr" else self.t.cardinal(value, ALONE)

    def king(self, match: re.Match[str]) -> str | None:
        if not match["roman"]:
            return None
        value = roman(match["roman"])
        is_female = self.t.is_feminine(match["king"].lower())
        if self.t.language == "it":
            return f"{match['king']} | {self.t.ordinal(value, FEMININE if is_female else ALONE)}"
        is_ordinal = value == 1 if self.t.language == "fr" else value <= 10
        return (
            f"{match['king']} | {self.t.ordinal(value, FEMININE if is_female else ALONE) if is_ordinal else self.t.cardinal(value, ALONE)}"
        )

    def capitals(self, match: re.Match[str]) -> str | None:
        text = match.group()
        name = text.replace(".", "")
        around = re.findall(r"[^\W\d_]{2,}", match.string[max(0, match.start() - 20) : match.end() + 20])
        if sum(word.isupper() for word in around) > 2 and name not in self.t.spelled:
            return None  # a headline in capitals, not an abbreviation
        if name in self.t.spelled or not re.search("[AEIOUYÀ-Þ]", name) or ("." in text and len(name) > 1):
            names = self.t.letters.split()
            return " ".join(names[ord(char) - 65] for char in name if "A" <= char <= "Z")
        return None

    def _host(self, host: str) -> str:
        t = self.t
        spoken = host.removeprefix("www.").replace("-", f" {t.dash} ").replace(".", f" {t.dot} ")
        return re.sub(r"\d+", lambda match: f" {self.number(match.group())} ", spoken)

    def email(self, match: re.Match[str]) -> str:
        name = re.sub(r"\d+", lambda found: f" {self.number(found.group())} ", match["name"])
        for sign, word in ((".", self.t.dot), ("-", self.t.dash), ("_", " "), ("+", self.t.plus)):
            name = name.replace(sign, f" {word} ")
        return f"{name} {self.t.at} {self._host(match['host'])}"

    def address(self, match: re.Match[str]) -> str:
        path = (match["path"] or "").strip("/")
        return self._host(match["host"]) + "".join(f" {self.t.slash} {self._host(part)}" for part in path.split("/") if part)
