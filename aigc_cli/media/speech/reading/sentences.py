"""From a text to sentences of shown words: the way that all languages go, each with rules, words and ends of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from aigc_cli.media.speech.reading.script import (
    Claim,
    ReadWord,
    Rule,
    Sentence,
    check_script,
    claim,
    clean,
    fold,
    gather,
    lexicon_rules,
    paragraphs,
)

Words = tuple[ReadWord, ...]


def read_by(
    rules: Iterable[Rule],
    text: str,
    language: str,
    lexicon: Mapping[str, str],
    *,
    words: Callable[[str, str, Mapping[int, Claim]], Sequence[ReadWord]],
    ends: Callable[[ReadWord, ReadWord], bool],
    close: Callable[[Sequence[ReadWord]], Words] = tuple,
) -> tuple[Sentence, ...]:
    """Sentences of shown words.

    Args:
        rules: of the language; the lexicon's stand before them.
        text: as written.
        language: by whose letters the text is checked.
        lexicon: names, and how they are to be read.
        words: the shown words of a paragraph, from it, from it with signs made alike, and from what the rules claim by its start.
        ends: whether a sentence ends with a word, seen with the word after it.
        close: what is done to the words of a sentence that has ended.

    Raises WorkflowError when the text is not in the language's letters.
    """
    text = clean(text)
    check_script(text, language)
    all_rules = (*lexicon_rules(lexicon), *rules)
    sentences: list[Sentence] = []
    for paragraph in paragraphs(text):
        folded = fold(paragraph)
        claims = {each.start: each for each in claim(folded, all_rules)}
        found = [close(each) for each in _parted(gather(words(paragraph, folded, claims)), ends)]
        sentences.extend(Sentence(each, ends_paragraph=index == len(found) - 1) for index, each in enumerate(found))
    return tuple(sentences)


def blank_parted(paragraph: str, speak: Callable[[int, int], str]) -> list[ReadWord]:
    """The words between blanks, each with what is said for the characters from its start to its end."""
    return [ReadWord(match.group(), speak(*match.span())) for match in re.finditer(r"\S+", paragraph)]


def with_stop(words: Sequence[ReadWord], closing: str) -> Words:
    """A sentence whose last word has a full stop in its sound where it shows one; `closing` are the signs that may follow it."""
    last = words[-1]
    if fold(last.shown).rstrip(closing).endswith(".") and not re.search(r"[.!?…,;:][\"')\]]*\Z", last.spoken):
        return (*words[:-1], ReadWord(last.shown, last.spoken + ".", last.is_glued))
    return tuple(words)


def _parted(words: Words, ends: Callable[[ReadWord, ReadWord], bool]) -> list[list[ReadWord]]:
    found: list[list[ReadWord]] = []
    begun: list[ReadWord] = []
    for index, word in enumerate(words):
        begun.append(word)
        if index + 1 == len(words) or ends(word, words[index + 1]):
            found.append(begun)
            begun = []
    return found
