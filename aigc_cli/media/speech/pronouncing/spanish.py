"""Spanish sounds. Rules after Navarro Tomás, Manual de pronunciación española, and the RAE's Ortografía (stress)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aigc_cli.media.speech.pronouncing.spelling import mark, nuclei, scan, table
from aigc_cli.media.speech.reading.script import primary

_ANY = "aeiouáéíóúü"
_RULES = table(
    ("ch", "ʧ"),
    ("sh", "ʃ"),
    ("ll", "ʎ"),
    ("rr", "r"),
    ("qu<ei>", "k"),
    ("q", "k"),
    ("n(?=ˈ?(?:[kqgjx]|c(?![eiéíh])))", "ŋ"),
    ("n(?=[bvpm])", "m"),
    ("e(?=n[dts])", "ɛ"),
    ("gu<ei>", "ɡ"),
    ("gü", "ɡw"),
    ("g<ei>", "x"),
    ("g", "ɡ"),
    ("cc<ei>", "kθ"),
    ("c<ei>", "θ"),
    ("cc|ck|c|k", "k"),
    ("zz|z", "θ"),
    ("ñ|gn(?=ˈ?[aeiouáéíóú])", "ɲ"),
    ("j", "x"),
    ("(?<![^\\W\\d_])x", "s"),
    ("x", "ks"),
    ("(?<![^\\W\\d_])hi(?=ˈ?e)", "ʝ"),
    ("h", ""),
    ("[bv]", "b"),
    ("ph", "f"),
    ("(?<![^\\W\\d_])ps", "s"),
    ("(?<![^\\W\\d_])r|(?<=[nls])r", "r"),
    ("r", "ɾ"),
    (f"y(?=ˈ?[{_ANY}])", "ʝ"),
    (f"[aá][iy](?!ˈ?[{_ANY}])", "I"),
    (f"[eé][iy](?!ˈ?[{_ANY}])", "A"),
    (f"[oó][iy](?!ˈ?[{_ANY}])", "oɪ"),
    ("[aá]u", "W"),
    ("[eé]u", "eʊ"),
    ("ou", "O"),
    ("uy(?![a-z])", "uj"),
    ("i(?=ˈ?[aeouáéóú])", "j"),
    ("[uü](?=ˈ?[aeioáéíó])", "w"),
    *(("[aá]", "a"), ("[eé]", "e"), ("[iíy]", "i"), ("[oó]", "o"), ("[uúü]", "u"), ("w", "w"), ("ç", "s")),
    *((letter, letter) for letter in "dflmnpst"),
)
_VOWEL = re.compile("(?P<v>[áéíóú]|[aeo]|(?<![aeoáéó])[iuy](?![aeiouáéíóú])|(?<=[aeoáéó])(?=x)x|[iuü](?=[iu](?![aeo]))|(?<=[iu])[iu])")
_UNSTRESSED = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "un",
        "lo",
        "le",
        "les",
        "me",
        "te",
        "se",
        "nos",
        "os",
        "y",
        "e",
        "o",
        "u",
        "que",
        "de",
        "del",
        "al",
        "a",
        "en",
        "con",
        "por",
        "para",
        "sin",
        "si",
        "mi",
        "tu",
        "su",
        "mis",
        "tus",
        "sus",
        "ni",
        "pero",
        "como",
    ]
)
_MEXICAN_X = re.compile("m[eé]xic|tex(?=a[sn])|oaxac")
_LENIS = {"b": "β", "d": "ð", "ɡ": "ɣ"}
_HARD_AFTER = {"b": "mn", "d": "nlɲ", "ɡ": "nŋ"}


def _stress(word: str) -> int | None:
    """The place of the stressed vowel: where it is written, else by the last letter."""
    written = re.search("[áéíóú]", word)
    if written:
        return written.start()
    if word.endswith("mente") and len(word) > 7:
        return len(word) - 4
    bare = re.sub(r"(?<=[gq])u(?=[ei])", "_", word.replace("h", "_"))
    places = nuclei(bare, _VOWEL)
    if not places:
        return None
    is_final = len(places) == 1 or not re.search("[aeiouns]\\Z", word)
    return places[-1] if is_final else places[-2]


def word_sound(word: str) -> str:
    """The sound of a word by itself, before its neighbours soften it."""
    word = _MEXICAN_X.sub(lambda match: match.group().replace("x", "j"), word)
    if word == "y":
        return "i"
    return scan(word if word in _UNSTRESSED else mark(word, _stress(word)), _RULES)


def phrase(words: Sequence[str], language: str = "es") -> list[str]:
    """The sounds of a phrase: b, d and g are soft but after a pause, n, or (d) l; with a tag of the Americas z is s and ll is y."""
    is_american = primary(language) != language.lower() and language.lower().replace("_", "-") not in ("es-es", "spa-es")
    found = []
    before = ""
    for word in words:
        sound = word_sound(word)
        if is_american:
            sound = sound.replace("sθ", "s").replace("θ", "s").replace("ʎ", "ʝ")
        out = ""
        for char in sound:
            soft = _LENIS.get(char)
            out += soft if soft and before and before not in _HARD_AFTER[char] else char
            before = char if char not in "ˈ" else before
        found.append(out)
    return found
