"""Spanish words for reading. Spelling and counting by the Ortografía de la lengua española (RAE 2010)."""

from __future__ import annotations

from aigc_cli.media.speech.reading.romance import ALONE, FEMININE, MASCULINE, Noun, Tongue

_SMALL = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce"),
    *("quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro"),
    *("veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve"),
)
_TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos", "ochocientos", "novecientos"),
)
_ORDINALS = (
    *("cero", "primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "séptimo", "octavo", "noveno", "décimo", "undécimo"),
    "duodécimo",
)
_ORDINAL_TENS = ("", "decimo", "vigésimo", "trigésimo", "cuadragésimo", "quincuagésimo", "sexagésimo", "septuagésimo", "octogésimo")
_MONTHS = (*("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),)
# Nouns that end in -a and are masculine, or the other way round.
_MASCULINE_A = frozenset(
    [
        "día",
        "días",
        "problema",
        "problemas",
        "programa",
        "programas",
        "sistema",
        "sistemas",
        "mapa",
        "mapas",
        "idioma",
        "tema",
        "temas",
        "clima",
        "planeta",
    ]
)
_FEMININE = frozenset(
    [
        "vez",
        "veces",
        "noche",
        "noches",
        "mujer",
        "mujeres",
        "calle",
        "calles",
        "parte",
        "partes",
        "clase",
        "clases",
        "mano",
        "manos",
        "ciudad",
        "ciudades",
    ]
)


def _below_thousand(number: int, stands: str) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    words = [_HUNDREDS[hundreds].replace("tos", "tas") if stands == FEMININE else _HUNDREDS[hundreds]] if hundreds else []
    if rest or not hundreds:
        small = _SMALL[rest] if rest < 30 else _TENS[rest // 10] + (f" y {_SMALL[rest % 10]}" if rest % 10 else "")
        if small.endswith("uno") and stands:
            small = small[:-1] + "a" if stands == FEMININE else ("veintiún" if small == "veintiuno" else small[:-1])
        words.append(small)
    return " ".join(words)


def cardinal(number: int, stands: str = ALONE) -> str:
    """`1234` is mil doscientos treinta y cuatro; `21` before a noun veintiún or veintiuna."""
    words = []
    for size, one, many in ((10**12, "un billón", "billones"), (10**6, "un millón", "millones")):
        count, number = divmod(number, size)
        if count:
            words.append(one if count == 1 else f"{cardinal(count, MASCULINE)} {many}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        words.append("mil" if thousands == 1 else f"{_below_thousand(thousands, stands or MASCULINE)} mil")
    if rest or not words:
        words.append(_below_thousand(rest, stands))
    return " ".join(words)


def ordinal(number: int, stands: str = ALONE) -> str:
    """`21` is vigésimo primero; above 89 the cardinal is said, as people do."""
    if number < len(_ORDINALS):
        words = _ORDINALS[number]
    elif number < 20:
        words = f"decimo{_ORDINALS[number - 10]}"
    elif number < 90:
        words = _ORDINAL_TENS[number // 10] + (f" {_ORDINALS[number % 10]}" if number % 10 else "")
    else:
        return cardinal(number, stands)
    if stands == FEMININE:
        return " ".join(word[:-1] + "a" for word in words.split())
    return words[:-1] if stands == MASCULINE and words.endswith(("primero", "tercero")) else words


def _date(day: int, month: int, year: int | None) -> str:
    words = f"{'uno' if day == 1 else cardinal(day)} de {_MONTHS[month - 1]}"
    return words if year is None else f"{words} de {cardinal(year)}"


def _time(hour: int, minute: int) -> str:
    return cardinal(hour, FEMININE) + (f" {'cero ' if minute < 10 else ''}{cardinal(minute)}" if minute else "")


TONGUE = Tongue(
    language="es",
    cardinal=cardinal,
    ordinal=ordinal,
    year=cardinal,
    date=_date,
    time=_time,
    digits=_SMALL[:10],
    months=_MONTHS,
    point="coma",
    minus="menos",
    plus="más",
    percent="por ciento",
    until="a",
    per="por",
    of=lambda noun: f"de {noun}",
    money_joint=lambda words: f"con {words}",
    hundredth=("céntimo", "céntimos"),
    at="arroba",
    dot="punto",
    slash="barra",
    dash="guion",
    number_sign="número",
    fractions={"1/2": "un medio", "1/3": "un tercio", "2/3": "dos tercios", "1/4": "un cuarto", "3/4": "tres cuartos", "1/5": "un quinto"}
    | {"½": "medio", "¼": "un cuarto", "¾": "tres cuartos", "24/7": "veinticuatro siete"},
    scales={"millones": ("millón", "millones"), "millón": ("millón", "millones"), "mil": ("mil", "mil"), "billones": ("billón", "billones")}
    | {"mil millones": ("mil millones", "mil millones"), "M": ("millón", "millones"), "mill.": ("millón", "millones")},
    coins={
        "€": Noun("euro", "euros"),
        "EUR": Noun("euro", "euros"),
        "$": Noun("dólar", "dólares"),
        "USD": Noun("dólar", "dólares", hundredth=("centavo", "centavos")),
    }
    | {"US$": Noun("dólar", "dólares"), "£": Noun("libra", "libras", FEMININE), "¥": Noun("yen", "yenes"), "MXN": Noun("peso", "pesos")},
    units={"km/h": Noun("kilómetro por hora", "kilómetros por hora"), "km²": Noun("kilómetro cuadrado", "kilómetros cuadrados")}
    | {"km": Noun("kilómetro", "kilómetros"), "m²": Noun("metro cuadrado", "metros cuadrados"), "m": Noun("metro", "metros")}
    | {
        "cm": Noun("centímetro", "centímetros"),
        "mm": Noun("milímetro", "milímetros"),
        "kg": Noun("kilo", "kilos"),
        "g": Noun("gramo", "gramos"),
    }
    | {
        "mg": Noun("miligramo", "miligramos"),
        "l": Noun("litro", "litros"),
        "L": Noun("litro", "litros"),
        "ml": Noun("mililitro", "mililitros"),
    }
    | {
        "h": Noun("hora", "horas", FEMININE),
        "min": Noun("minuto", "minutos"),
        "s": Noun("segundo", "segundos"),
        "ºC": Noun("grado", "grados"),
    }
    | {"°C": Noun("grado", "grados"), "°": Noun("grado", "grados"), "GB": Noun("giga", "gigas"), "MB": Noun("mega", "megas")}
    | {"kWh": Noun("kilovatio hora", "kilovatios hora"), "kW": Noun("kilovatio", "kilovatios"), "W": Noun("vatio", "vatios")}
    | {"t": Noun("tonelada", "toneladas", FEMININE)},
    per_units={
        "mes": "al mes",
        "año": "al año",
        "día": "al día",
        "h": "por hora",
        "kg": "por kilo",
        "semana": "a la semana",
        "km": "por kilómetro",
    },
    abbreviations={"Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Dr.": "doctor", "Dra.": "doctora", "D.": "don", "Dña.": "doña"}
    | {
        "Ud.": "usted",
        "Uds.": "ustedes",
        "etc.": "etcétera",
        "p. ej.": "por | ejemplo",
        "EE. UU.": "Estados | Unidos",
        "EE.UU.": "Estados Unidos",
    }
    | {"av.": "avenida", "Av.": "avenida", "Avda.": "avenida", "C/": "calle", "tel.": "teléfono", "Tel.": "teléfono", "núm.": "número"}
    | {"pág.": "página", "aprox.": "aproximadamente", "máx.": "máximo", "mín.": "mínimo", "vs.": "contra", "a. C.": "antes | de Cristo"}
    | {
        "a. m.": "de la | mañana",
        "p. m.": "de la | tarde",
        "a.m.": "de la mañana",
        "p.m.": "de la tarde",
        "Prof.": "profesor",
        "Cía.": "compañía",
    },
    letters="a be ce de e efe ge hache i jota ca ele eme ene o pe cu erre ese te u uve uve-doble equis ye zeta",
    spelled=frozenset(("UE", "IA", "USB", "ADN", "IBM", "DVD", "PDF", "HBO", "BBVA", "TV", "EEUU")),
    signs={"&": " y ", "=": " igual a ", "%": " por ciento ", "°": " grados ", "×": " por ", "+": " más ", "@": " arroba ", "€": " euros "}
    | {"$": " dólares ", "–": "—", "/": " ", "¿": "", "¡": "", "«": "", "»": "", "#": " número ", "±": " más menos ", "≈": " unos "},
    ordinal_mark=r"er\b|\.?[ºª]|°(?!C)",
    is_feminine=lambda word: (
        word in _FEMININE or (word.endswith(("a", "as", "ción", "ciones", "dad", "dades")) and word not in _MASCULINE_A)
    ),
    centuries="siglo",
    kings=(
        "Felipe",
        "Carlos",
        "Alfonso",
        "Juan Carlos",
        "Isabel",
        "Fernando",
        "Enrique",
        "Luis",
        "Juan Pablo",
        "Benedicto",
        "Guerra Mundial",
    ),
)
