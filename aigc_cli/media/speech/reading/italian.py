"""Italian words for reading. Numbers are parted at the thousands so that each part keeps its stress."""

from __future__ import annotations

from aigc_cli.media.speech.reading.romance import ALONE, FEMININE, Noun, Tongue

_SMALL = (
    *("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici", "tredici"),
    *("quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"),
)
_TENS = ("", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")
_ORDINALS = ("zero", "primo", "secondo", "terzo", "quarto", "quinto", "sesto", "settimo", "ottavo", "nono", "decimo")
_MONTHS = (
    *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"),
)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = ("" if hundreds == 1 else _SMALL[hundreds]) + "cento" if hundreds else ""
    if not rest and hundreds:
        return words
    if rest < 20:
        return words + _SMALL[rest] if rest or not hundreds else words
    ten, one = _TENS[rest // 10], rest % 10
    if one in (1, 8):
        ten = ten[:-1]
    return words + ten + ("tré" if one == 3 else _SMALL[one] if one else "")


def cardinal(number: int, stands: str = ALONE) -> str:
    """`1299` is mille duecentonovantanove, `1` before a noun un or una."""
    if number == 1 and stands:
        return "una" if stands == FEMININE else "un"
    words = []
    for size, one, many in (
        (10**12, "mille miliardi", "mila miliardi"),
        (10**9, "un miliardo", "miliardi"),
        (10**6, "un milione", "milioni"),
    ):
        count, number = divmod(number, size)
        if count:
            words.append(one if count == 1 else f"{cardinal(count)} {many}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        words.append("mille" if thousands == 1 else f"{_below_thousand(thousands)}mila".replace("é", "e"))
    if rest or not words:
        words.append(_below_thousand(rest))
    return " ".join(words)


def ordinal(number: int, stands: str = ALONE) -> str:
    """`21` is ventunesimo."""
    if number < len(_ORDINALS):
        words = _ORDINALS[number]
    else:
        stem = cardinal(number).replace("é", "e")
        words = f"{stem if stem.endswith(('tre', 'sei')) and number > 20 else stem[:-1]}esimo"
    return words[:-1] + "a" if stands == FEMININE else words


def _date(day: int, month: int, year: int | None) -> str:
    words = f"{'primo' if day == 1 else cardinal(day)} {_MONTHS[month - 1]}"
    return words if year is None else f"{words} {cardinal(year)}"


def _time(hour: int, minute: int) -> str:
    return cardinal(hour, FEMININE) + (f" e {cardinal(minute)}" if minute else "")


TONGUE = Tongue(
    language="it",
    cardinal=cardinal,
    ordinal=ordinal,
    year=cardinal,
    date=_date,
    time=_time,
    digits=_SMALL[:10],
    months=_MONTHS,
    point="virgola",
    minus="meno",
    plus="più",
    percent="per cento",
    until="a",
    per="per",
    of=lambda noun: f"di {noun}",
    money_joint=lambda words: f"e {words}",
    hundredth=("centesimo", "centesimi"),
    at="chiocciola",
    dot="punto",
    slash="barra",
    dash="trattino",
    number_sign="numero",
    fractions={"1/2": "un mezzo", "1/3": "un terzo", "2/3": "due terzi", "1/4": "un quarto", "3/4": "tre quarti", "1/5": "un quinto"}
    | {"½": "mezzo", "¼": "un quarto", "¾": "tre quarti", "24/7": "ventiquattro sette"},
    scales={"milioni": ("milione", "milioni"), "milione": ("milione", "milioni"), "mila": ("mila", "mila"), "mln": ("milione", "milioni")}
    | {"miliardi": ("miliardo", "miliardi"), "miliardo": ("miliardo", "miliardi"), "mld": ("miliardo", "miliardi")},
    coins={"€": Noun("euro", "euro"), "EUR": Noun("euro", "euro"), "$": Noun("dollaro", "dollari"), "USD": Noun("dollaro", "dollari")}
    | {
        "US$": Noun("dollaro", "dollari"),
        "£": Noun("sterlina", "sterline", FEMININE),
        "¥": Noun("yen", "yen"),
        "CHF": Noun("franco", "franchi"),
    },
    units={"km/h": Noun("chilometro all'ora", "chilometri all'ora"), "km²": Noun("chilometro quadrato", "chilometri quadrati")}
    | {
        "km": Noun("chilometro", "chilometri"),
        "m²": Noun("metro quadrato", "metri quadrati"),
        "mq": Noun("metro quadrato", "metri quadrati"),
    }
    | {
        "m": Noun("metro", "metri"),
        "cm": Noun("centimetro", "centimetri"),
        "mm": Noun("millimetro", "millimetri"),
        "kg": Noun("chilo", "chili"),
    }
    | {"g": Noun("grammo", "grammi"), "mg": Noun("milligrammo", "milligrammi"), "l": Noun("litro", "litri"), "L": Noun("litro", "litri")}
    | {
        "ml": Noun("millilitro", "millilitri"),
        "h": Noun("ora", "ore", FEMININE),
        "min": Noun("minuto", "minuti"),
        "s": Noun("secondo", "secondi"),
    }
    | {"°C": Noun("grado", "gradi"), "°": Noun("grado", "gradi"), "GB": Noun("giga", "giga"), "MB": Noun("mega", "mega")}
    | {"kWh": Noun("chilowattora", "chilowattora"), "kW": Noun("chilowatt", "chilowatt"), "W": Noun("watt", "watt")}
    | {"t": Noun("tonnellata", "tonnellate", FEMININE)},
    per_units={"mese": "al mese", "anno": "all'anno", "giorno": "al giorno", "h": "all'ora", "kg": "al chilo", "settimana": "a settimana"},
    abbreviations={
        "Sig.": "signor",
        "Sig.ra": "signora",
        "Dott.": "dottor",
        "Dr.": "dottor",
        "Dott.ssa": "dottoressa",
        "Prof.": "professor",
    }
    | {"Ing.": "ingegner", "Avv.": "avvocato", "ecc.": "eccetera", "ad es.": "ad | esempio", "es.": "esempio", "tel.": "telefono"}
    | {"Tel.": "telefono", "art.": "articolo", "pag.": "pagina", "ca.": "circa", "max.": "massimo", "min.": "minimo", "vs.": "contro"}
    | {"S.p.A.": "esse pi a", "S.r.l.": "esse erre elle", "a.C.": "avanti Cristo", "d.C.": "dopo Cristo", "n.": "numero", "nr.": "numero"},
    letters="a bi ci di e effe gi acca i gei cappa elle emme enne o pi cu erre esse ti u vu doppia-vu ics ipsilon zeta",
    spelled=frozenset(("UE", "IA", "USB", "DNA", "IBM", "DVD", "PDF", "TV", "PC", "PD")),
    signs={
        "&": " e ",
        "=": " uguale a ",
        "%": " per cento ",
        "°": " gradi ",
        "×": " per ",
        "+": " più ",
        "@": " chiocciola ",
        "€": " euro ",
    }
    | {"$": " dollari ", "–": "—", "/": " ", "«": "", "»": "", "#": " numero ", "±": " più o meno ", "≈": " circa "},
    ordinal_mark=r"[ºª]|°(?!C)",
    is_feminine=lambda word: word.endswith(("a", "zione", "tà")),
    centuries="secolo",
    kings=("Vittorio Emanuele", "Carlo", "Filippo", "Elisabetta", "Enrico", "Luigi", "Giovanni Paolo", "Benedetto", "Pio", "Umberto"),
)
