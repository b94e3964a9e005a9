from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from aigc_cli.media.speech.phonemes import NOBODY, RomancePhonemes
from aigc_cli.media.speech.pronouncing import pronouncer
from aigc_cli.media.speech.reading import read

DATA = Path(__file__).parent.parent.parent / "data"
VOCABULARY = frozenset(json.loads((resources.files("aigc_cli") / "data/voices/vocabulary.json").read_text(encoding="utf-8")))
LANGUAGES = ("es", "fr", "it", "pt")


@pytest.mark.parametrize(
    ("language", "phrase", "sound"),
    [
        ("es", "el guitarrista llegó a guadalajara", "el ɣitarˈista ʎeɣˈo a ɣwaðalaxˈaɾa"),
        ("es", "dos ciudades", "dˈos θjuðˈaðes"),
        ("es", "hay cigüeñas", "ˈI θiɣwˈeɲas"),
        ("es", "veinte reyes y un rey", "bˈAnte rˈeʝes i un rˈA"),
        ("es", "méxico canción", "mˈexiko kanθjˈon"),
        ("es-MX", "una canción en zaragoza ella", "ˈuna kansjˈon en saɾaɣˈosa ˈeʝa"),
        ("fr", "les enfants ont un ami", "lez ɑ̃fˈɑ̃ ɔ̃t œ̃n amˈi"),
        ("fr", "les héros", "le eʁˈo"),
        ("fr", "l'eau de la bouilloire", "lˈo də la bujwˈaʁ"),
        ("fr", "ils aiment le vent souvent", "ilz ˈɛm lə vˈɑ̃ suvˈɑ̃"),
        ("fr", "vingt cinq hommes", "vˈɛ̃t sˈɛ̃k ˈɔm"),
        ("fr", "dix heures dix maisons", "dˈiz ˈœʁ dˈi mɛzˈɔ̃"),
        ("fr", "la nation moitié autonomie", "la nasjˈɔ̃ mwatjˈe otɔnɔmˈi"),
        ("it", "gli gnocchi con lo zucchero", "ʎi ɲˈokːi kon lo ʣˈukːero"),
        ("it", "la città economica", "la ʧitːˈa ekonˈɔmika"),
        ("it", "parlano italiano", "pˈarlano italjˈano"),
        ("it", "l'energia e la magia", "lenerʤˈia e la maʤˈia"),
        ("it", "scienza chiesa sciare", "ʃˈɛnʦa kjˈɛza ʃˈare"),
        ("it", "due amici perdere", "dˈue amˈiʧi pˈɛrdere"),
        ("pt", "a cidade do dia", "a sidˈaʤy dʊ ʤˈiæ"),
        ("pt", "coração de mãe", "koɾasˈɐ̃ʊ̃ ʤy mˈɐ̃y"),
        ("pt", "o carro caro", "ʊ kˈaxʊ kˈaɾʊ"),
        ("pt", "as ações", "az asˈo\u0303js"),
        ("pt", "economia história", "ekonomˈiæ istˈɔɾjæ"),
        ("pt", "filho banho quente", "fˈiljʊ bˈaɲʊ kˈAŋʧy"),
    ],
)
def test_how_phrases_sound(language: str, phrase: str, sound: str) -> None:
    assert " ".join(pronouncer(language)(phrase.split())) == sound


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sound_is_one_that_the_voices_know(language: str) -> None:
    phonemes = RomancePhonemes(language)
    for line in (DATA / f"listening.{language}.txt").read_text(encoding="utf-8").splitlines():
        for sentence in read(line, language):
            sound = phonemes(sentence.words)
            assert set(sound.phonemes) <= VOCABULARY
            assert set(sound.owners) - {NOBODY} == set(range(len(sentence.words)))
            assert sorted(owner for owner in sound.owners if owner != NOBODY) == [owner for owner in sound.owners if owner != NOBODY]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["Ok", "xyz", "a" * 300, "L'", "Straße, ñandú, cœur, ação", "“Sí” (no)—ya"])
def test_words_from_anywhere_have_a_sound_or_none_but_never_fail(language: str, text: str) -> None:
    for sentence in read(text, language):
        sound = RomancePhonemes(language)(sentence.words).keep(VOCABULARY)
        assert len(sound.phonemes) == len(sound.owners)


def test_a_fixed_sound_is_taken_as_it_is() -> None:
    (sentence,) = read("Visite Pikolo.", "es", {"Pikolo": "/pɪˈkoʊloʊ/"})
    assert "pɪkˈOlO" in RomancePhonemes("es")(sentence.words).phonemes
