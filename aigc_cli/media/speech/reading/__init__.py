"""Reading aloud: from words as they are written to words as they are spoken, each shown word keeping its own sound.

`read` is the door. A shown word such as `$3.50,` carries the words that are heard for it (`three dollars fifty,`), so
that captions show what was written while it is heard.
"""

from __future__ import annotations

from collections.abc import Mapping

from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading.romance import is_romance
from aigc_cli.media.speech.reading.romance import read as read_romance
from aigc_cli.media.speech.reading.script import Sentence, has_words, is_chinese, primary

__all__ = ["Sentence", "read"]


def read(text: str, language: str, lexicon: Mapping[str, str] | None = None) -> tuple[Sentence, ...]:
    """Sentences of a text, each a tuple of shown words with what is spoken for them.

    Args:
        text: as written; emoji and control characters stay silent.
        language: BCP 47 tag; English, Chinese, Spanish, French, Italian and Portuguese are known.
        lexicon: names and how they are to be spelled for the voice; wins over every rule.

    Raises WorkflowError when there is nothing to say, the script is not the language's, or the language is not known.
    """
    if not has_words(text):
        said = "is empty" if not text.strip() else "has no word or number in it"
        raise WorkflowError(f"the text to speak {said}", "give it words, or leave the scene silent")
    if primary(language) == "en":
        from aigc_cli.media.speech.reading.english import read as read_english

        return read_english(text, lexicon or {})
    if is_chinese(language):
        from aigc_cli.media.speech.reading.chinese import read as read_chinese

        return read_chinese(text, lexicon or {})
    if is_romance(language):
        return read_romance(text, language, lexicon or {})
    raise WorkflowError(f"no reading rules for the language `{language}`", "use `en`, `zh`, `es`, `fr`, `it` or `pt`")
