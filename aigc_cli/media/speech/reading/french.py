"""French words for reading, as in France: soixante-dix, quatre-vingts, quatre-vingt-dix."""

from __future__ import annotations

from aigc_cli.media.speech.reading.romance import ALONE, FEMININE, Noun, Tongue

_SMALL = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze"),
    *("quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
_TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante")
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
_FEMININE = frozenset(
    [
        "fois",
        "personnes",
        "personne",
        "places",
        "place",
        "pages",
        "page",
        "minutes",
        "heures",
        "secondes",
        "années",
        "année",
        "semaines",
        "semaine",
        "journées",
        "villes",
        "ville",
        "voitures",
        "voiture",
        "maisons",
        "maison",
        "femmes",
        "femme",
        "filles",
        "fille",
        "questions",
        "question",
        "options",
        "option",
        "pièces",
        "pièce",
        "étoiles",
        "recettes",
        "livres",
        "tonnes",
        "entreprises",
        "entreprise",
        "offres",
        "offre",
        "équipes",
        "équipe",
        "marques",
        "marque",
        "boutiques",
        "couleurs",
        "tasses",
        "tasse",
        "nuits",
        "nuit",
    ]
)


def _below_hundred(number: int, *, is_last: bool) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 70:
        ten, one = divmod(number, 10)
        return _TENS[ten] + ("" if not one else " et un" if one == 1 else f"-{_SMALL[one]}")
    if number < 80:
        return "soixante et onze" if number == 71 else f"soixante-{_SMALL[number - 60]}"
    if number == 80:
        return "quatre-vingts" if is_last else "quatre-vingt"
    return f"quatre-vingt-{_SMALL[number - 80]}"


def _below_thousand(number: int, *, is_last: bool) -> str:
    hundreds, rest = divmod(number, 100)
    words = []
    if hundreds:
        plural = "s" if hundreds > 1 and not rest and is_last else ""
        words.append(f"cent{plural}" if hundreds == 1 else f"{_SMALL[hundreds]} cent{plural}")
    if rest or not hundreds:
        words.append(_below_hundred(rest, is_last=is_last))
    return " ".join(words)


def cardinal(number: int, stands: str = ALONE) -> str:
    """`1299` is mille deux cent quatre-vingt-dix-neuf; `21` before a feminine noun vingt et une."""
    words = []
    for size, name in ((10**12, "billion"), (10**9, "milliard"), (10**6, "million")):
        count, number = divmod(number, size)
        if count:
            words.append(f"{_below_thousand(count, is_last=True)} {name}{'s' if count > 1 else ''}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        words.append("mille" if thousands == 1 else f"{_below_thousand(thousands, is_last=False)} mille")
    if rest or not words:
        words.append(_below_thousand(rest, is_last=True))
    spoken = " ".join(words)
    return f"{spoken}e" if stands == FEMININE and spoken.endswith("un") else spoken


def ordinal(number: int, stands: str = ALONE) -> str:
    """`1` is premier or première, `21` vingt et unième."""
    if number == 1:
        return "première" if stands == FEMININE else "premier"
    stem = cardinal(number).removesuffix("s") if number % 100 in (0, 80) and number > 1 else cardinal(number)
    last = {"cinq": "cinqu", "neuf": "neuv"}
    for ending, changed in last.items():
        if stem.endswith(ending):
            stem = stem.removesuffix(ending) + changed
    return f"{stem.removesuffix('e')}ième"


def _date(day: int, month: int, year: int | None) -> str:
    words = f"{'premier' if day == 1 else cardinal(day)} {_MONTHS[month - 1]}"
    return words if year is None else f"{words} {cardinal(year)}"


def _time(hour: int, minute: int) -> str:
    return f"{cardinal(hour, FEMININE)} heure{'s' if hour > 1 else ''}" + (f" {cardinal(minute)}" if minute else "")


TONGUE = Tongue(
    language="fr",
    cardinal=cardinal,
    ordinal=ordinal,
    year=cardinal,
    date=_date,
    time=_time,
    digits=_SMALL[:10],
    months=_MONTHS,
    point="virgule",
    minus="moins",
    plus="plus",
    percent="pour cent",
    until="à",
    per="par",
    of=lambda noun: f"d'{noun}" if noun[0] in "aeiouyé" else f"de {noun}",
    money_joint=lambda words: words,
    hundredth=("centime", "centimes"),
    at="arobase",
    dot="point",
    slash="barre",
    dash="tiret",
    number_sign="numéro",
    fractions={"1/2": "un demi", "1/3": "un tiers", "2/3": "deux tiers", "1/4": "un quart", "3/4": "trois quarts", "1/5": "un cinquième"}
    | {"½": "demi", "¼": "un quart", "¾": "trois quarts", "24/7": "vingt-quatre sept"},
    scales={
        "millions": ("million", "millions"),
        "million": ("million", "millions"),
        "M": ("million", "millions"),
        "mille": ("mille", "mille"),
    }
    | {"milliards": ("milliard", "milliards"), "milliard": ("milliard", "milliards"), "Md": ("milliard", "milliards")},
    coins={"€": Noun("euro", "euros"), "EUR": Noun("euro", "euros"), "$": Noun("dollar", "dollars"), "USD": Noun("dollar", "dollars")}
    | {"US$": Noun("dollar", "dollars"), "£": Noun("livre", "livres", FEMININE), "¥": Noun("yen", "yens"), "CHF": Noun("franc", "francs")},
    units={"km/h": Noun("kilomètre heure", "kilomètres heure"), "km²": Noun("kilomètre carré", "kilomètres carrés")}
    | {"km": Noun("kilomètre", "kilomètres"), "m²": Noun("mètre carré", "mètres carrés"), "m": Noun("mètre", "mètres")}
    | {
        "cm": Noun("centimètre", "centimètres"),
        "mm": Noun("millimètre", "millimètres"),
        "kg": Noun("kilo", "kilos"),
        "g": Noun("gramme", "grammes"),
    }
    | {
        "mg": Noun("milligramme", "milligrammes"),
        "l": Noun("litre", "litres"),
        "L": Noun("litre", "litres"),
        "ml": Noun("millilitre", "millilitres"),
    }
    | {"h": Noun("heure", "heures", FEMININE), "min": Noun("minute", "minutes", FEMININE), "s": Noun("seconde", "secondes", FEMININE)}
    | {"°C": Noun("degré", "degrés"), "°": Noun("degré", "degrés"), "Go": Noun("giga", "gigas"), "Mo": Noun("méga", "mégas")}
    | {"kWh": Noun("kilowatt-heure", "kilowatt-heures"), "kW": Noun("kilowatt", "kilowatts"), "W": Noun("watt", "watts")}
    | {"t": Noun("tonne", "tonnes", FEMININE), "ha": Noun("hectare", "hectares")},
    per_units={"mois": "par mois", "an": "par an", "jour": "par jour", "h": "par heure", "kg": "le kilo", "semaine": "par semaine"},
    abbreviations={"M.": "monsieur", "Mme": "madame", "Mlle": "mademoiselle", "MM.": "messieurs", "Dr": "docteur", "Dr.": "docteur"}
    | {"Pr": "professeur", "etc.": "etcétéra", "p. ex.": "par | exemple", "av.": "avenue", "bd": "boulevard", "tél.": "téléphone"}
    | {"Tél.": "téléphone", "env.": "environ", "max.": "maximum", "min.": "minimum", "vs": "contre", "St": "saint", "Ste": "sainte"}
    | {"n°": "numéro", "N°": "numéro", "apr.": "après", "J.-C.": "Jésus Christ", "éd.": "édition", "Cie": "compagnie"},
    letters="a bé cé dé e effe gé ache i ji ka elle emme enne o pé ku erre esse té u vé double-vé ixe i-grec zède",
    spelled=frozenset(("UE", "IA", "USB", "ADN", "IBM", "DVD", "PDF", "TV", "RATP", "USA", "EDF", "ONG", "PIB", "SUV", "TVA", "CEO")),
    signs={"&": " et ", "=": " égale ", "%": " pour cent ", "°": " degrés ", "×": " par ", "+": " plus ", "@": " arobase ", "€": " euros "}
    | {"$": " dollars ", "–": "—", "/": " ", "«": "", "»": "", "#": " numéro ", "±": " plus ou moins ", "≈": " environ "},
    ordinal_mark=r"ers?\b|ère\b|re\b|ème\b|e\b",
    is_feminine=lambda word: word in _FEMININE,
    kings=("Louis", "Napoléon", "François", "Charles", "Philippe", "Henri", "Jean-Paul", "Benoît", "Elizabeth", "Guerre mondiale"),
)
