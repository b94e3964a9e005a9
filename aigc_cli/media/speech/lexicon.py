"""Lexicons: how names are to sound. Shipped ones, those beside a workflow, and those in a step's own `lexicon`.

A file is `templates/lexicon.LANG.yaml`, a mapping from a name as it is written to words to be read instead (`Pee koh lo`) or to
phonemes between slashes: IPA for Latin words (`/pɪˈkoʊloʊ/`), pinyin with tone figures for Chinese (`/chong2 qing4/`). A brand has
one in its own file, or beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.speech.reading.script import is_chinese, primary

MOST_ENTRIES = 20_000
LONGEST_NAME = 80
LONGEST_SOUND = 400
_LARGEST_BYTES = 2_000_000

# IPA as dictionaries write it, and the one-letter signs of the voice models' alphabet (misaki's) for the same sounds.
_IPA = (
    *(("aɪə", "Iə"), ("aʊə", "Wə"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("oʊ", "O"), ("əʊ", "Q"), ("tʃ", "ʧ"), ("dʒ", "ʤ")),
    *(("t͡ʃ", "ʧ"), ("d͡ʒ", "ʤ"), ("ɝː", "ɜɹ"), ("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("ɫ", "l"), ("g", "ɡ"), ("r", "ɹ"), ("e", "ɛ"), ("o", "ɔ")),
    *(("'", "ˈ"), ("ʼ", "ˈ"), ("’", "ˈ"), (".", ""), ("‿", ""), ("͡", ""), ("ʰ", ""), ("ɐ", "ʌ"), ("ɵ", "ə")),
)
VOWELS = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ"
_ENGLISH = frozenset("AIOQWYTabdfhijklmnpstuvwzæðŋɑɒɔəɛɜɡɪɹʃʊʌʒʤʧˈˌːθᵊᵻɾʔ -")
_PINYIN = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ueng|iao|ian|ing|ang|eng|ong|uai|uan|üan|van|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|üe|ve|ue|ün|vn|a|o|e|i|u|ü|v)"
    r"r?[1-5]\Z"
)


@dataclass(frozen=True)
class Fault:
    """A mistake in a lexicon's file: line and column count from 1, 0 where it is the whole file."""

    line: int
    column: int
    message: str
    hint: str


def files(templates: Templates, language: str) -> tuple[Path, ...]:
    """Every `lexicon.LANG.yaml` for a language, the farthest first. A link that leads out of the templates is not followed."""
    name = f"lexicon.{_tag(language)}.yaml"
    found = [(root, root / name) for root in reversed(templates.roots)]
    return tuple(path for root, path in found if path.is_file() and path.resolve().is_relative_to(root.resolve()))


def load(templates: Templates, language: str) -> dict[str, str]:
    """The entries of every `lexicon.LANG.yaml` for a language, a nearer file's over a farther one's. Raises WorkflowError."""
    found: dict[str, str] = {}
    for path in files(templates, language):
        found.update(read_file(path))
    return found


def _tag(language: str) -> str:
    return "zh" if is_chinese(language) else primary(language)


def read_file(path: Path) -> dict[str, str]:
    """The checked entries of one file. Raises WorkflowError that names the file, the line and the entry."""
    entries, fault = _entries(path)
    fault = fault or next(_faults(entries), None)
    if fault is not None:
        fault = next(iter(faults(path)), fault)
        raise WorkflowError(f"{path.name}{f':{fault.line}' if fault.line else ''}: {fault.message}", fault.hint)
    return _tidy(entries)


def faults(path: Path) -> tuple[Fault, ...]:
    """Every mistake in one file, with its place."""
    entries, fault = _entries(path, typ="rt")  # with positions, and twenty times slower
    return (fault,) if fault is not None else tuple(_faults(entries))


def _entries(path: Path, typ: str = "safe") -> tuple[dict[Any, Any], Fault | None]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return {}, Fault(0, 0, f"{path.stat().st_size:,} bytes are too many for a lexicon", "keep the names that occur")
        loaded = YAML(typ=typ, pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        return {}, Fault(line, column, "the lexicon cannot be read", "write one `name: sound` per line, in UTF-8")
    if loaded is not None and not isinstance(loaded, dict):
        return {}, Fault(0, 0, "a lexicon is a mapping from names to sounds", "write one `name: sound` per line")
    return loaded or {}, None


def check(entries: Mapping[Any, object], where: str) -> dict[str, str]:
    """The entries as text. Raises WorkflowError for an empty one, one that is too long, or an unknown phoneme."""
    fault = next(_faults(entries), None)
    if fault is not None:
        raise WorkflowError(f"{where}: {fault.message}", fault.hint)
    return _tidy(entries)


def _tidy(entries: Mapping[Any, object]) -> dict[str, str]:
    return {str(name).strip(): " ".join(str(sound).split()) for name, sound in entries.items()}


def _faults(entries: Mapping[Any, object]) -> Iterator[Fault]:
    if len(entries) > MOST_ENTRIES:
        yield Fault(0, 0, f"{len(entries):,} entries; {MOST_ENTRIES:,} are the most", "keep the names that occur")
        return
    places = getattr(getattr(entries, "lc", None), "data", None) or {}
    for name, sound in entries.items():
        if not isinstance(name, str) or not isinstance(sound, str):
            wrong = f"`{name}` and its sound must both be text", "put them in quotes"
        elif found := _wrong_name(name):
            wrong = found
        elif found := _wrong_sound(sound):
            wrong = f"`{name}` {found[0]}", found[1]
        else:
            continue
        line, column = (places[name][0] + 1, places[name][1] + 1) if name in places else (0, 0)
        yield Fault(line, column, *wrong)


def _wrong_name(name: str) -> tuple[str, str] | None:
    if not name.strip() or len(name) > LONGEST_NAME or not any(char.isalnum() for char in name):
        return f"`{name[:20]}` is no name", f"a name has letters or figures, {LONGEST_NAME} characters at most"
    return None


def _wrong_sound(sound: str) -> tuple[str, str] | None:
    """What is wrong with a sound, and its cure."""
    if not sound.strip() or len(sound) > LONGEST_SOUND or not any(char.isalnum() for char in sound):
        return "has no sound that can be spoken", "write words, or phonemes between slashes"
    return _wrong_phonemes(sound.strip()[1:-1].strip()) if is_phonemes(sound) else None


def _wrong_phonemes(inner: str) -> tuple[str, str] | None:
    if is_pinyin(inner):
        unknown = next((each for each in inner.lower().split() if not _PINYIN.match(each)), None)
        cure = "write pinyin with tone figures, such as `/chong2 qing4/`"
        return None if unknown is None else (f"has the unknown syllable `{unknown}`", cure)
    unknown = next((char for char in to_model(inner) if char not in _ENGLISH), None)
    return None if unknown is None else (f"has the unknown phoneme `{unknown}`", "write English IPA, such as `/pɪˈkoʊloʊ/`")


def _valid_name(name: str) -> str:
    wrong = _wrong_name(name)
    if wrong is not None:
        raise ValueError(f"{wrong[0]}: {wrong[1]}")
    return name.strip()


def _valid_sound(sound: str) -> str:
    wrong = _wrong_sound(sound)
    if wrong is not None:
        raise ValueError(f"{wrong[0]}: {wrong[1]}")
    return " ".join(sound.split())


def _few(entries: dict[str, str]) -> dict[str, str]:
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"{len(entries):,} entries; {MOST_ENTRIES:,} are the most")
    return entries


Entries = Annotated[dict[Annotated[str, AfterValidator(_valid_name)], Annotated[str, AfterValidator(_valid_sound)]], AfterValidator(_few)]
"""A lexicon within another file: every mistake has the place of its entry."""


def is_phonemes(sound: str) -> bool:
    """True for `/.../`."""
    sound = sound.strip()
    return len(sound) > 2 and sound[0] == sound[-1] == "/"


def is_pinyin(sound: str) -> bool:
    """True for phonemes written as pinyin with tone figures."""
    return bool(re.search(r"[1-5]", sound))


def to_model(ipa: str) -> str:
    """English IPA in the alphabet of the voice models; what is in that alphabet already stays.

    Dictionaries set a stress before its syllable, the models' alphabet right before its vowel.
    """
    for written, meant in _IPA:
        ipa = ipa.replace(written, meant)
    return re.sub(rf"([ˈˌ])([^ˈˌ {VOWELS}]+)(?=[{VOWELS}])", r"\2\1", ipa)


def relevant(text: str, entries: Mapping[str, str]) -> dict[str, str]:
    """The entries whose names occur in a text, in order of name: what a take depends on."""
    folded = text.lower()
    return {name: entries[name] for name in sorted(entries) if name.lower() in folded}
