"""Lexicons: how names are to sound. Shipped ones, those beside a workflow, and those in a step's own `lexicon`.

A file is `templates/lexicon.LANG.yaml`, a mapping from a name as it is written to words to be read instead (`Pee koh lo`) or to
phonemes between slashes: IPA for Latin words (`/pɪˈkoʊloʊ/`), pinyin with tone figures for Chinese (`/chong2 qing4/`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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


def load(templates: Templates, language: str) -> dict[str, str]:
    """The entries of every `lexicon.LANG.yaml` for a language, a nearer file's over a farther one's. Raises WorkflowError."""
    name = f"lexicon.{_tag(language)}.yaml"
    found: dict[str, str] = {}
    for root in reversed(templates.roots):
        path = root / name
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            found.update(read_file(path))
    return found


def _tag(language: str) -> str:
    return "zh" if is_chinese(language) else primary(language)


def read_file(path: Path) -> dict[str, str]:
    """The checked entries of one file. Raises WorkflowError that names the file and the entry."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise WorkflowError(f"{path.name}: {path.stat().st_size:,} bytes are too many for a lexicon", "keep the names that occur")
        loaded = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = path.name if line is None else f"{path.name}:{line + 1}"
        raise WorkflowError(f"{where}: the lexicon cannot be read", "write one `name: sound` per line, in UTF-8") from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise WorkflowError(f"{path.name}: a lexicon is a mapping from names to sounds", "write one `name: sound` per line")
    return check(loaded, path.name)


def check(entries: Mapping[Any, object], where: str) -> dict[str, str]:
    """The entries as text. Raises WorkflowError for an empty one, one that is too long, or an unknown phoneme."""
    if len(entries) > MOST_ENTRIES:
        raise WorkflowError(f"{where}: {len(entries):,} entries; {MOST_ENTRIES:,} are the most", "keep the names that occur")
    found: dict[str, str] = {}
    for name, sound in entries.items():
        if not isinstance(name, str) or not isinstance(sound, str):
            raise WorkflowError(f"{where}: `{name}` and its sound must both be text", "put them in quotes")
        if not name.strip() or len(name) > LONGEST_NAME or not any(char.isalnum() for char in name):
            raise WorkflowError(f"{where}: `{name[:20]}` is no name", f"a name has letters or figures, {LONGEST_NAME} at most")
        if not sound.strip() or len(sound) > LONGEST_SOUND or not any(char.isalnum() for char in sound):
            raise WorkflowError(f"{where}: `{name}` has no sound that can be spoken", "write words, or phonemes between slashes")
        if is_phonemes(sound):
            _check_phonemes(name, sound, where)
        found[name.strip()] = " ".join(sound.split())
    return found


def is_phonemes(sound: str) -> bool:
    """True for `/.../`."""
    sound = sound.strip()
    return len(sound) > 2 and sound[0] == sound[-1] == "/"


def is_pinyin(sound: str) -> bool:
    """True for phonemes written as pinyin with tone figures."""
    return bool(re.search(r"[1-5]", sound))


def _check_phonemes(name: str, sound: str, where: str) -> None:
    inner = sound.strip()[1:-1].strip()
    if is_pinyin(inner):
        for syllable in inner.lower().split():
            if not _PINYIN.match(syllable):
                raise WorkflowError(
                    f"{where}: `{name}` has the unknown syllable `{syllable}`", "write pinyin with tone figures, such as `/chong2 qing4/`"
                )
        return
    for char in to_model(inner):
        if char not in _ENGLISH:
            raise WorkflowError(f"{where}: `{name}` has the unknown phoneme `{char}`", "write English IPA, such as `/pɪˈkoʊloʊ/`")


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
