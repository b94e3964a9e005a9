"""English number words, the American way: no `and` after hundreds."""

from __future__ import annotations

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion", "quadrillion")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}
_FRACTIONS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_LONGEST = 15  # figures; more are read one by one


def digits(text: str) -> str:
    """Each figure by itself: `007` is zero zero seven."""
    return " ".join(ONES[int(char)] for char in text if char.isascii() and char.isdigit())


def cardinal(number: int) -> str:
    """`1234` is one thousand two hundred thirty-four."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number < 20:
        return ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{ONES[number // 100]} hundred" + (f" {cardinal(number % 100)}" if number % 100 else "")
    words, scale = [], 0
    while number:
        number, rest = divmod(number, 1000)
        if rest:
            words.append(cardinal(rest) + (f" {_SCALES[scale]}" if scale else ""))
        scale += 1
    return " ".join(reversed(words))


def ordinal(number: int) -> str:
    """`21` is twenty-first."""
    head, dash, last = cardinal(number).rpartition("-")
    if not dash:
        head, dash, last = cardinal(number).rpartition(" ")
    regular = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return head + dash + _ORDINALS.get(last, regular)


def year(number: int) -> str:
    """`1905` is nineteen oh five, `2000` two thousand, `2026` twenty twenty-six."""
    high, low = divmod(number, 100)
    if not 1000 <= number <= 9999 or (high % 10 == 0 and low < 10):
        return cardinal(number)
    if low == 0:
        return f"{cardinal(high)} hundred"
    return f"{cardinal(high)} {'oh ' if low < 10 else ''}{cardinal(low)}"


def number(text: str) -> str:
    """A number as it is written: sign, commas, decimals, leading zeros. `-1,234.50` is minus one thousand ... point five zero."""
    sign = "minus " if text.startswith("-") else ""
    whole, point, decimals = text.lstrip("+-").replace(",", "").partition(".")
    is_code = len(whole) > _LONGEST or (len(whole) > 1 and whole.startswith("0"))
    words = digits(whole) if is_code else cardinal(int(whole or "0"))
    return sign + words + (f" point {digits(decimals)}" if point and decimals else "")


def fraction(top: int, bottom: int) -> str:
    """`3/4` is three quarters, `1/2` one half."""
    one, many = _FRACTIONS.get(bottom, (ordinal(bottom), ordinal(bottom) + "s"))
    return f"{cardinal(top)} {one if top == 1 else many}"


def roman(text: str) -> int:
    """The value of a Roman numeral in capitals."""
    total = 0
    for index, char in enumerate(text):
        value = _ROMAN[char]
        total += -value if index + 1 < len(text) and _ROMAN[text[index + 1]] > value else value
    return total
