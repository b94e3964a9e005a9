"""Chinese number words, as they are spoken: 两千 rather than 二千, 零 for skipped places."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_SCALES = ("", "万", "亿", "万亿")
_LONGEST = 16


def digits(text: str, *, is_phone: bool = False) -> str:
    """Each figure by itself; on the telephone 1 is 幺."""
    said = "".join(_DIGITS[int(char)] for char in text if char.isascii() and char.isdigit())
    return said.replace("一", "幺") if is_phone else said


def _below_10000(number: int, *, is_first: bool) -> str:
    said, pending = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            pending = bool(said)
            continue
        if pending or (not said and not is_first and place < 3):
            said += "零" if not said.endswith("零") else ""
        pending = False
        figure = "两" if digit == 2 and place in (2, 3) else _DIGITS[digit]
        said += ("" if digit == 1 and place == 1 and not said and is_first else figure) + _PLACES[place]
    return said


def cardinal(number: int) -> str:
    """`12345` is 一万两千三百四十五, `10` 十, `20003` 两万零三."""
    if number < 0:
        return "负" + cardinal(-number)
    if number == 0:
        return "零"
    groups = []
    while number:
        number, rest = divmod(number, 10_000)
        groups.append(rest)
    said, skipped = "", False
    for scale in range(len(groups) - 1, -1, -1):
        group = groups[scale]
        if group == 0:
            skipped = bool(said)
            continue
        part = _below_10000(group, is_first=not said)
        if skipped and not part.startswith("零"):
            part = "零" + part
        skipped = False
        if scale and part in ("二", "零二"):
            part = part.replace("二", "两")
        said += part + _SCALES[scale]
    return said


def counted(number: int) -> str:
    """A number before what it counts: 两个, 两点, but 十二个."""
    return "两" if number == 2 else cardinal(number)


def number(text: str) -> str:
    """A number as it is written: sign, commas, decimals, leading zeros. `-3.50` is 负三点五零."""
    sign = "负" if text.startswith("-") else ""
    whole, point, decimals = text.lstrip("+-").replace(",", "").partition(".")
    said = digits(whole) if len(whole) > _LONGEST or (len(whole) > 1 and whole.startswith("0")) else cardinal(int(whole or "0"))
    return sign + said + (f"点{digits(decimals)}" if point and decimals else "")


def amount(text: str) -> str:
    """A number of money or measure: no zeros at the end of its decimals, 两 when it stands alone."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "两" if text == "2" else number(text)
