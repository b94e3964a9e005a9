"""Tells the language of a text cheaply: by its script, and for Latin letters by its commonest words.

The words are the most frequent function words of each language that English does not share.
"""

from __future__ import annotations

import re

from aigc_cli.errors import WorkflowError
from aigc_cli.letters import HAN
from aigc_cli.media.speech.reading.script import is_chinese, primary

_COMMON = {
    "en": "the of and to in is that for it with as was on are by this from at have has not you your will be an or which we our they",
    "es": "el los las del que una por con para como pero más este esta son fue sus muy también hasta hay desde está cuando todo según "
    "hoy todos nuestro nuestra buenos días gracias vamos aquí ahora nuevo nueva cada",
    "fr": "le les des une est dans pour que qui sur avec pas plus par sont ce cette mais nous vous aux été ses leur très être fait "
    "notre votre nos vos tout tous aujourd hui bonjour merci chez nouveau nouvelle chaque",
    "de": "der die das und ist nicht ein eine mit den dem von auf für sich auch wird sind wie im zu oder aber nach bei aus wir "
    "heute unser unsere alle jetzt mehr neue neuen jeder",
    "it": "il gli della che di è per una con non sono più anche dei nel alla come questo questa dal delle si hanno molto ma ed "
    "oggi nostro nostra tutti tutto ogni grazie buongiorno nuovo nuova senza",
    "pt": "os das uma não para com mais por dos como foi ao são também pelo pela até isso ela muito já você está seu sua em "
    "hoje nosso nossa todos bom dia obrigado novo nova cada sem",
    "nl": "het een van en niet dat op te zijn voor met aan ook maar bij nog wordt uit naar deze werd heeft er hij ze wat door",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_NAMES = {
    **{"en": "English", "zh": "Chinese", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian", "pt": "Portuguese"},
    **{"nl": "Dutch", "ja": "Japanese", "ko": "Korean", "ru": "Russian", "ar": "Arabic", "hi": "Hindi"},
}
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30fa]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile(f"[{HAN}]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_FEWEST_HITS = 3


def detect(text: str) -> str | None:
    """The primary language subtag of a text, or None when it is too short or too mixed to tell."""
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPTS}
    latin = re.findall(r"[^\W\d_]+", text.lower().replace("’", "'"))
    latin = [word for word in latin if word[0].isascii() or "\u00c0" <= word[0] <= "\u024f"]
    letters = sum(len(word) for word in latin)
    if counts["ja"] and counts["ja"] * 8 >= counts["zh"]:
        return "ja"
    best = max(counts, key=lambda language: counts[language])
    if counts[best] * 4 >= letters and counts[best]:  # an ideograph says about as much as four letters
        return best
    hits = {language: sum(word in words for word in latin) for language, words in _WORDS.items()}
    first, second = sorted(hits, key=lambda language: -hits[language])[:2]
    if hits[first] < _FEWEST_HITS or hits[first] < 1.5 * hits[second]:
        return None
    return first


def check_language(text: str, language: str) -> None:
    """Raises WorkflowError when a text is clearly in another language than the one a voice is asked to speak.

    Only where the two are sure: a short text, or one full of names, passes.
    """
    found = detect(text)
    wanted = "zh" if is_chinese(language) else primary(language)
    if found is None or found == wanted or wanted not in _NAMES:
        return
    if wanted in ("zh", "ja") and re.search(f"[{HAN}]", text):
        return  # Chinese with many Latin words in it is still Chinese
    name = _NAMES[found]
    raise WorkflowError(
        f"the text is in {name}, and the voice is asked to speak {_NAMES[wanted]}",
        f"set `language: {found}` if a voice speaks it, or write the text in {_NAMES[wanted]}",
    )
