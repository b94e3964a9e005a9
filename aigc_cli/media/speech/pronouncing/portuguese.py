"""Brazilian Portuguese sounds. Rules after Cristófaro Silva, Fonética e fonologia do português; stress by the Acordo Ortográfico."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from aigc_cli.media.speech.pronouncing.spelling import mark, nuclei, scan, table

_V = "aeiouáâãàéêíóôõúü"
_NASAL = r"(?=[mn](?![aeiouáâãàéêíóôõúühˈ]))"
_RULES = table(
    ("ch", "ʃ"),
    ("lh", "lj"),
    ("nh", "ɲ"),
    ("rr", "x"),
    ("ss", "s"),
    ("sç|s?c<ei>", "s"),
    ("ç", "s"),
    ("qu(?=ˈ?[aoáâãóô])|qü|(?<=[ie]n)qu(?=ˈ?en)|(?<=[rs]e)qu(?=ˈ?en)", "kw"),
    ("qu?", "k"),
    ("gu(?=ˈ?[eiéêí])", "ɡ"),
    ("gu(?=ˈ?[aoáâãóô])|gü", "ɡw"),
    ("g<ei>", "ʒ"),
    ("g", "ɡ"),
    ("c|k", "k"),
    ("j", "ʒ"),
    ("ph", "f"),
    ("(?<![^\\W\\d_])x|(?<=[n])x|(?<=[aeo][iu])x", "ʃ"),
    ("(?<![^\\W\\d_])ex(?=ˈ?[aeiouáéíóúâêô])", "ez"),
    ("(?<=ˈe)x(?=[aeo])", "z"),
    ("x(?=[cptqs])", "s"),
    ("x", "ks"),
    ("(?<![^\\W\\d_])h|h", ""),
    (f"(?<=[{_V}])s(?=ˈ?[{_V}])|s(?=[bdgvmnlrz])", "z"),
    ("s", "s"),
    ("z(?![a-zà-ÿˈ])", "s"),
    ("z", "z"),
    ("(?<![^\\W\\d_])r|(?<=[nls])r", "x"),
    ("r", "ɾ"),
    ("t(?=ˈ?[iíy])|t(?=es?\\b)", "ʧ"),
    ("d(?=ˈ?[iíy])|d(?=es?\\b)", "ʤ"),
    (f"[aáâ]l(?![{_V}ˈh])", "W"),
    (f"[oóô]l(?![{_V}ˈh])", "ow"),
    (f"[uú]l(?![{_V}ˈh])", "uw"),
    (f"l(?![{_V}ˈ])", "ʊ"),
    ("ão", "ɐ̃ʊ̃"),
    ("am(?![a-zà-ÿˈ])", "ɐ̃ʊ̃"),
    ("ãe", "ɐ̃y"),
    ("õe", "o\u0303j"),
    ("ã", "ɐ̃"),
    ("õ", "o\u0303"),
    (f"[eéê]{_NASAL}[mn](?=[bp])", "Am"),
    ("[eéê]m(?![a-zà-ÿ])", "Aŋ"),
    ("[eéê]ns(?![a-zà-ÿ])", "Aŋs"),
    (f"[eéê]{_NASAL}[mn](?=[tdkcgq])", "Aŋ"),
    (f"[eéê]{_NASAL}[mn]", "Aŋ"),
    (f"[aáâ]{_NASAL}m(?=[bp])", "ɐ̃m"),
    (f"[aáâ]{_NASAL}[mn]", "ɐ̃ŋ"),
    (f"[oóô]{_NASAL}m(?=[bp])", "om"),
    (f"[oóô]{_NASAL}[mn]", "oŋ"),
    (f"[ií]{_NASAL}[mn]", "iŋ"),
    (f"[uú]{_NASAL}[mn]", "uŋ"),
    ("[aáâ](?=n?h?ˈ?[mn][aeiouáéíóú])(?<=ˈ.)", "ɐ̃"),
    ("(?<![ˈ])muit", "mwiŋt"),
    ("[aáàâ]i", "I"),
    ("[aáâ][uo](?![a-zà-ÿ])|[aáâ]u", "W"),
    ("[eê]i", "A"),
    ("éi", "ɛj"),
    ("[eêé]u", "eʊ"),
    ("[oô]i", "oɪ"),
    ("ói", "ɔj"),
    ("ou", "O"),
    ("iu", "iʊ"),
    ("ui", "uj"),
    (f"(?<!ˈ)i(?=ˈ?[{_V}])", "j"),
    ("é|(?<=ˈ)e(?=(?:l|l[ao]s?|rt[ao]s?|rr[ao]s?|st[ao]s?|rn[ao]s?|t[ae]s?|g[ao]s?|br?[ae]s?|d[ae]s?|v[ae]s?)\\b)", "ɛ"),
    ("(?<!ˈ)e(?=s?(?![a-zà-ÿˈ]))", "y"),
    ("[eê]", "e"),
    ("ó|(?<=ˈ)o(?=(?:l|v[ao]s|v[ae]|s[ae]s?|rt[ae]s?|j[ae]s?|l[ae]s?|d[ae]s?|t[ae]s?|c[ae]s?|r[ae]s?|rm[ae]s?|sta)\\b)", "ɔ"),
    ("(?<!ˈ)o(?=s?(?![a-zà-ÿˈ]))", "ʊ"),
    ("[oô]", "o"),
    ("(?<!ˈ)a(?=s?(?![a-zà-ÿˈ]))", "æ"),
    ("[aáàâ]", "a"),
    ("[ií]", "i"),
    ("[uúü]", "u"),
    ("y", "i"),
    ("w", "w"),
    *((letter, letter) for letter in "bdflmnptv"),
)
_NUCLEUS = re.compile("(?P<v>[áâãàéêíóôõú]|[aeo]|(?<![aeoáâãéêóô])[iu](?![aeoáâãéêíóôõú])|(?<=[aeo])[iu](?=[nmrlz](?![aeiouh])))")
_VOICED = re.compile("[ˈˌ]?[aeiouyæɐɛɔAIOWʊbdɡvzʒʤmnlɲ]")
_SPOKEN = {
    "muito": "mwˈiŋtw",
    "muita": "mwˈiŋtæ",
    "muitos": "mwˈiŋtʊs",
    "muitas": "mwˈiŋtæs",
    "e": "i",
    "é": "ɛ",
    "o": "ʊ",
    "os": "ʊs",
    "a": "a",
    "as": "as",
    "de": "ʤy",
    "do": "dʊ",
    "dos": "dʊs",
    "da": "dæ",
    "das": "dæs",
    "que": "ky",
    "se": "sy",
    "me": "my",
    "te": "ʧy",
    "no": "nʊ",
    "nos": "nʊs",
    "na": "næ",
    "nas": "næs",
    "em": "Aŋ",
    "por": "poɾ",
    "para": "pˌaɾæ",
    "com": "koŋ",
    "um": "ˌuŋ",
    "uma": "ˌumæ",
    "ou": "O",
    "ao": "W",
    "aos": "Ws",
    "à": "a",
    "às": "as",
    "pelo": "pˌelʊ",
    "pela": "pˌelæ",
    "seu": "seʊ",
    "sua": "sˌuæ",
    "mais": "mˈIs",
    "não": "nˌɐ̃ʊ̃",
    "nove": "nˈɔvy",
    "sete": "sˈɛʧy",
    "dez": "dˈɛs",
    "próximo": "pɾˈɔsimʊ",
    "próxima": "pɾˈɔsimæ",
    "máximo": "mˈasimʊ",
    "trouxe": "tɾˈOsy",
    "nossa": "nˈɔsæ",
    "nosso": "nˈɔsʊ",
    "taxa": "tˈaʃæ",
    "taxas": "tˈaʃæs",
    "baixo": "bˈIʃʊ",
    "táxi": "tˈaksi",
}


def _stress(word: str) -> int | None:
    """The place of the stressed vowel: where it is written, else by the last letters."""
    written = re.search("[áâéêíóôú]", word) or re.search("ão|ãe|õe|ã", word)
    if written and not (word.endswith(("mente", "zinho", "zinha")) and len(word) > 7):
        return written.start()
    hiatus = re.search(r"(?<![qg])[iu](?=[aeo]s?\Z)|(?<=g)i(?=[aeo]s?\Z)", word)
    if hiatus and not written:
        return hiatus.start()
    bare = re.sub("(?<=q)u|(?<=g)u(?=[ei])|h", "_", word)
    places = nuclei(bare, _NUCLEUS)
    if not places:
        return None
    is_late = len(places) == 1 or not re.search(r"(?:[aeo]s?|ens|em|am)\Z", word) or re.search(r"(?:[aeo][iu])s?\Z", word) is not None
    return places[-1] if is_late else places[-2]


def word_sound(word: str) -> str:
    """The sound of a word."""
    return _SPOKEN.get(word) or scan(mark(word, _stress(word)), _RULES)


def phrase(words: Sequence[str], language: str = "pt") -> list[str]:
    """The sounds of a phrase: a last s is z before a vowel or a voiced consonant."""
    del language
    found = [word_sound(word.replace("'", "")) for word in words]
    return [sound[:-1] + "z" if sound.endswith("s") and _VOICED.match(after) else sound for sound, after in pairwise([*found, ""])]
