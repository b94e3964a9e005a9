"""Portuguese words for reading, as in Brazil."""

from __future__ import annotations

from aigc_cli.media.speech.reading.romance import ALONE, FEMININE, MASCULINE, Noun, Tongue

_SMALL = (
    *("zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze", "treze", "catorze", "quinze"),
    *("dezesseis", "dezessete", "dezoito", "dezenove"),
)
_TENS = ("", "", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa")
_HUNDREDS = (*("", "cento", "duzentos", "trezentos", "quatrocentos", "quinhentos", "seiscentos", "setecentos", "oitocentos", "novecentos"),)
_ORDINALS = ("zero", "primeiro", "segundo", "terceiro", "quarto", "quinto", "sexto", "sétimo", "oitavo", "nono")
_ORDINAL_TENS = (
    *("", "décimo", "vigésimo", "trigésimo", "quadragésimo", "quinquagésimo", "sexagésimo", "septuagésimo", "octogésimo", "nonagésimo"),
)
_MONTHS = (*("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),)
_MASCULINE_A = frozenset(
    [
        "dia",
        "dias",
        "problema",
        "problemas",
        "programa",
        "programas",
        "sistema",
        "sistemas",
        "mapa",
        "mapas",
        "clima",
        "tema",
        "temas",
        "planeta",
    ]
)
_FEMININE = frozenset(["vez", "vezes", "noite", "noites", "mulher", "mulheres", "parte", "partes", "mão", "mãos"])


def _below_thousand(number: int, stands: str) -> str:
    if number == 100:
        return "cem"
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds:
        words.append(_HUNDREDS[hundreds].replace("tos", "tas") if stands == FEMININE else _HUNDREDS[hundreds])
    if rest >= 20:
        words.append(_TENS[rest // 10])
        rest %= 10
        if not rest:
            return " e ".join(words)
    if rest or not words:
        small = _SMALL[rest]
        words.append({"um": "uma", "dois": "duas"}.get(small, small) if stands == FEMININE else small)
    return " e ".join(words)


def cardinal(number: int, stands: str = ALONE) -> str:
    """`1299` is mil duzentos e noventa e nove; `2026` dois mil e vinte e seis."""
    words = []
    for size, one, many in ((10**12, "trilhão", "trilhões"), (10**9, "bilhão", "bilhões"), (10**6, "milhão", "milhões")):
        count, number = divmod(number, size)
        if count:
            words.append(f"{_below_thousand(count, MASCULINE)} {one if count == 1 else many}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        words.append("mil" if thousands == 1 else f"{_below_thousand(thousands, stands)} mil")
    if rest or not words:
        is_joined = bool(words) and (rest < 100 or rest % 100 == 0)
        words.append(("e " if is_joined else "") + _below_thousand(rest, stands))
    return " ".join(words)


def ordinal(number: int, stands: str = ALONE) -> str:
    """`21` is vigésimo primeiro; from 100 on the cardinal is said."""
    if number >= 100:
        return cardinal(number, stands)
    words = " ".join(filter(None, (_ORDINAL_TENS[number // 10], _ORDINALS[number % 10] if number % 10 or not number else "")))
    return " ".join(word[:-1] + "a" for word in words.split()) if stands == FEMININE else words


def _date(day: int, month: int, year: int | None) -> str:
    words = f"{'primeiro' if day == 1 else cardinal(day)} de {_MONTHS[month - 1]}"
    return words if year is None else f"{words} de {cardinal(year)}"


def _time(hour: int, minute: int) -> str:
    return cardinal(hour, FEMININE) + (f" e {cardinal(minute)}" if minute else " horas" if hour != 1 else " hora")


TONGUE = Tongue(
    language="pt",
    cardinal=cardinal,
    ordinal=ordinal,
    year=cardinal,
    date=_date,
    time=_time,
    digits=_SMALL[:10],
    months=_MONTHS,
    point="vírgula",
    minus="menos",
    plus="mais",
    percent="por cento",
    until="a",
    per="por",
    of=lambda noun: f"de {noun}",
    money_joint=lambda words: f"e {words}",
    hundredth=("centavo", "centavos"),
    names_hundredths=True,
    at="arroba",
    dot="ponto",
    slash="barra",
    dash="hífen",
    number_sign="número",
    fractions={"1/2": "meio", "1/3": "um terço", "2/3": "dois terços", "1/4": "um quarto", "3/4": "três quartos", "1/5": "um quinto"}
    | {"½": "meio", "¼": "um quarto", "¾": "três quartos", "24/7": "vinte e quatro por sete"},
    scales={"milhões": ("milhão", "milhões"), "milhão": ("milhão", "milhões"), "mil": ("mil", "mil"), "mi": ("milhão", "milhões")}
    | {"bilhões": ("bilhão", "bilhões"), "bilhão": ("bilhão", "bilhões"), "bi": ("bilhão", "bilhões"), "trilhões": ("trilhão", "trilhões")},
    coins={"R$": Noun("real", "reais"), "BRL": Noun("real", "reais"), "€": Noun("euro", "euros", hundredth=("cêntimo", "cêntimos"))}
    | {"EUR": Noun("euro", "euros", hundredth=("cêntimo", "cêntimos")), "US$": Noun("dólar", "dólares"), "$": Noun("dólar", "dólares")}
    | {"USD": Noun("dólar", "dólares"), "£": Noun("libra", "libras", FEMININE, ("pêni", "pence")), "¥": Noun("iene", "ienes")},
    units={"km/h": Noun("quilômetro por hora", "quilômetros por hora"), "km²": Noun("quilômetro quadrado", "quilômetros quadrados")}
    | {"km": Noun("quilômetro", "quilômetros"), "m²": Noun("metro quadrado", "metros quadrados"), "m": Noun("metro", "metros")}
    | {
        "cm": Noun("centímetro", "centímetros"),
        "mm": Noun("milímetro", "milímetros"),
        "kg": Noun("quilo", "quilos"),
        "g": Noun("grama", "gramas"),
    }
    | {
        "mg": Noun("miligrama", "miligramas"),
        "l": Noun("litro", "litros"),
        "L": Noun("litro", "litros"),
        "ml": Noun("mililitro", "mililitros"),
    }
    | {
        "h": Noun("hora", "horas", FEMININE),
        "min": Noun("minuto", "minutos"),
        "s": Noun("segundo", "segundos"),
        "°C": Noun("grau", "graus"),
    }
    | {
        "°": Noun("grau", "graus"),
        "GB": Noun("giga", "gigas"),
        "MB": Noun("mega", "megas"),
        "kWh": Noun("quilowatt hora", "quilowatts hora"),
    }
    | {"kW": Noun("quilowatt", "quilowatts"), "W": Noun("watt", "watts"), "t": Noun("tonelada", "toneladas", FEMININE)}
    | {"ha": Noun("hectare", "hectares")},
    per_units={"mês": "por mês", "ano": "por ano", "dia": "por dia", "h": "por hora", "kg": "o quilo", "semana": "por semana"},
    abbreviations={"Sr.": "senhor", "Sra.": "senhora", "Dr.": "doutor", "Dra.": "doutora", "Prof.": "professor", "Profa.": "professora"}
    | {"etc.": "etcétera", "p. ex.": "por | exemplo", "Av.": "avenida", "R.": "rua", "tel.": "telefone", "Tel.": "telefone", "nº": "número"}
    | {"pág.": "página", "aprox.": "aproximadamente", "máx.": "máximo", "mín.": "mínimo", "vs.": "contra", "Ltda.": "limitada"}
    | {"a.C.": "antes de Cristo", "d.C.": "depois de Cristo", "EUA": "Estados Unidos", "Cia.": "companhia", "D.": "dom"},
    letters="á bê cê dê é éfe gê agá i jota cá éle eme ene ó pê quê érre ésse tê u vê dáblio xis ípsilon zê",
    spelled=frozenset(("UE", "IA", "USB", "DNA", "IBM", "DVD", "PDF", "TV", "IPTU", "IBGE", "STF")),
    signs={"&": " e ", "=": " igual a ", "%": " por cento ", "°": " graus ", "×": " por ", "+": " mais ", "@": " arroba ", "€": " euros "}
    | {"$": " dólares ", "–": "—", "/": " ", "«": "", "»": "", "#": " número ", "±": " mais ou menos ", "≈": " cerca de "},
    ordinal_mark=r"\.?[ºª]|°(?!C)",
    is_feminine=lambda word: word in _FEMININE or (word.endswith(("a", "as", "ção", "ções", "dade", "dades")) and word not in _MASCULINE_A),
    centuries="século",
    kings=("Dom Pedro", "João Paulo", "Dom João", "Felipe", "Carlos", "Elizabeth", "Henrique", "Luís", "Bento"),
)
