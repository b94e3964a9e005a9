"""A storyboard in another language: the same scenes, pictures and sources, other words, about as long to say.

A model translates text by text. What comes back is used only when every number of the original stands in it and no other, names are
kept, and it is written in the language asked for; what takes too long to say is asked for again, shorter. Addresses, prices and figures
that hold no words are never given to the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import JsonValue

from aigc_cli.contracts import Context
from aigc_cli.errors import ProviderError
from aigc_cli.storyboard import ChartVisual, MapVisual, Scene, Sentence, Storyboard, Visual
from aigc_cli.writing import grounding, pacing, prompting
from aigc_cli.writing.answers import Unusable, first_object
from aigc_cli.writing.composing import split_sentences
from aigc_cli.writing.fidelity import Fault, Terms, faults_of, has_words
from aigc_cli.writing.prompting import Message, Prompt

_VERBATIM = ("url", "price", "number", "unit", "source", "index", "count", "logo")
_MOST_LABELS = 24
_GRACE_S = 0.6
_HELD = 0.97
_NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fi": "Finnish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Simplified Chinese",
}  # fmt: skip
_PER_S = {"zh": (5.0, "characters"), "ja": (7.0, "characters")}
_WORDS_PER_S = 2.6


class Asked(Protocol):
    """What of a `text.translate` step is read here."""

    @property
    def script(self) -> Storyboard: ...
    @property
    def language(self) -> str: ...
    @property
    def keep(self) -> tuple[str, ...]: ...
    @property
    def glossary(self) -> Mapping[str, str]: ...
    @property
    def forbidden(self) -> tuple[str, ...]: ...
    @property
    def tolerance(self) -> float: ...


@dataclass(frozen=True)
class Piece:
    """A text to be translated. `longest_s` bounds what is spoken, in seconds; `widest` what is shown, in columns of a Latin letter."""

    text: str
    longest_s: float | None = None
    widest: int | None = None


Candidates = Mapping[Piece, Sequence[str]]
Ask = Callable[[tuple[Piece, ...], Mapping[Piece, tuple[str, list[str]]], int], Candidates]
"""Gives pieces to the model, with the refused translation of each and what is wrong with it, and the number of the try from 0.

It returns the candidates for each piece, the likeliest first; a piece may be missing."""


def translate(request: Asked, ctx: Context, *, who: str, attempts: int, ask: Ask) -> Storyboard:
    """The storyboard in another language.

    Args:
        request: the step.
        ctx: hears of progress and notes.
        who: how messages call the model.
        attempts: tries at most, from 1; only what is still wrong is asked for again.
        ask: gives pieces to the model.

    Raises ProviderError when a number, a name or the language of a text is still wrong after the last try.
    """
    board = request.script
    if is_same(board.language, request.language):
        ctx.note(f"the storyboard is in {request.language} already: nothing was translated")
        return board
    terms = Terms(board.language, request.language, request.keep, request.glossary, request.forbidden)
    pending = pieces(board, terms, request.tolerance)
    known: dict[str, str] = {}
    refused: dict[Piece, tuple[str, list[str]]] = {}
    best: dict[Piece, tuple[str, list[Fault]]] = {}
    for number in range(attempts):
        if not pending:
            break
        found = ask(pending, refused, number)
        for piece in pending:
            judged = [(text, _faults(piece, text, terms)) for each in found.get(piece, ()) if (text := " ".join(each.split()))]
            judged += [best[piece]] if piece in best else []
            if judged:
                best[piece] = min(judged, key=lambda pair: (any(not fault.is_soft for fault in pair[1]), len(pair[1])))
        pending = tuple(piece for piece in pending if piece not in best or best[piece][1])
        refused = {piece: (best[piece][0], [fault.text for fault in best[piece][1]]) for piece in pending if piece in best}
        ctx.progress((number + 1) / (attempts + 1), f"{len(best)} texts, {len(pending)} to be mended")
    notes = []
    for piece in pending:
        text, faults = best.get(piece, ("", [Fault("nothing was answered")]))
        hard = next((fault.text for fault in faults if not fault.is_soft), "")
        if hard:
            raise ProviderError(
                f"{who} did not translate “{_short(piece.text)}” in {attempts} tries: {hard.rstrip('.')}",
                "try another `model`, give the words in `glossary`, or name a provider to fall back to",
            )
        notes.append(f"“{_short(text)}”: {'; '.join(fault.text.rstrip('.') for fault in faults)}")
    known = {piece.text: text for piece, (text, _) in best.items()}
    return _rebuilt(board, request, known, tuple(notes))


def is_same(source: str, target: str) -> bool:
    """True for two tags of one language: `en` and `en-GB`."""
    return _base(source) == _base(target)


def pieces(board: Storyboard, terms: Terms, tolerance: float) -> tuple[Piece, ...]:
    """Every text of a storyboard that holds words, each once, spoken ones first."""
    found: dict[str, Piece] = {}
    for scene in board.scenes:
        for text in _spoken(scene):
            if has_words(text, terms):
                longest = pacing.spoken_s(text, board.language) * (1 + tolerance) + _GRACE_S
                found.setdefault(text, Piece(text, longest_s=longest))
    for text in (board.title, *(text for scene in board.scenes for text in (*_shown(scene), *_labels(scene.visual)))):
        if has_words(text, terms) and text not in found:
            found[text] = Piece(text, widest=max(24, round(width(text) * 1.6)))
    return tuple(found.values())


def width(text: str) -> int:
    """How wide a text is, in columns: a Chinese character takes two."""
    return sum(2 if ord(char) >= 0x2E80 else 1 for char in text)


def _faults(piece: Piece, text: str, terms: Terms) -> list[Fault]:
    found = faults_of(piece.text, text, terms, is_spoken=piece.longest_s is not None)
    if piece.longest_s is not None and (length := pacing.spoken_s(text, terms.target)) > piece.longest_s:
        found.append(
            Fault(f"It takes {length:.1f} s to say, at most {piece.longest_s:.1f} s are wanted: say it in fewer words.", is_soft=True)
        )
    if piece.widest is not None and width(text) > piece.widest:
        letters = piece.widest // 2 if _base(terms.target) in ("zh", "ja", "ko") else piece.widest
        found.append(Fault(f"It is too long to be shown: at most {letters} characters.", is_soft=True))
    return found


def _spoken(scene: Scene) -> tuple[str, ...]:
    return tuple(each.text for each in scene.sentences) if scene.sentences else split_sentences(scene.say)


def _shown(scene: Scene) -> Iterator[str]:
    for name, value in scene.show.items():
        if name not in _VERBATIM:
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def _labels(visual: Visual) -> tuple[str, ...]:
    if isinstance(visual, ChartVisual):  # along a line stand dates, which are read as they are
        named = visual.labels if visual.form in ("bar", "ranked", "donut") and len(visual.labels) <= _MOST_LABELS else ()
        return (*named, visual.mark_label)
    return tuple(each.label for each in visual.places[:_MOST_LABELS]) if isinstance(visual, MapVisual) else ()


def _rebuilt(board: Storyboard, request: Asked, known: Mapping[str, str], notes: tuple[str, ...]) -> Storyboard:
    def told(text: str) -> str:
        return known.get(text, text)

    def shown(name: str, value: JsonValue) -> JsonValue:
        if name in _VERBATIM:
            return value
        if isinstance(value, list):
            return [told(each) if isinstance(each, str) else each for each in value]
        return told(value) if isinstance(value, str) else value

    glue = "" if _base(request.language) in ("zh", "ja") else " "
    scenes = []
    for index, scene in enumerate(board.scenes):
        said = [told(text) for text in _spoken(scene)]
        sentences = tuple(Sentence(text=told(each.text), sources=each.sources) for each in scene.sentences)
        changed = scene.model_copy(
            update={
                "say": glue.join(said),
                "sentences": sentences or tuple(Sentence(text=text) for text in said),
                "show": {name: shown(name, value) for name, value in scene.show.items()},
                "visual": _relabelled(scene.visual, told),
            }
        )
        scenes.append(_held(changed, scene, board.language, request.language, is_last=index == len(board.scenes) - 1))
    was, now = pacing.clip_s(board.scenes, board.language), pacing.clip_s(scenes, request.language)
    if abs(now - was) > was * request.tolerance:
        notes = (*notes, f"the clip takes about {now:.0f} s in {request.language}, {was:.0f} s in {board.language}")
    statements = tuple(each.model_copy(update={"text": told(each.text)}) for each in board.statements)
    return board.model_copy(
        update={
            "title": told(board.title), "language": request.language, "scenes": tuple(scenes), "statements": statements, "notes": notes,
        }
    )  # fmt: skip


def _held(scene: Scene, original: Scene, source: str, target: str, *, is_last: bool) -> Scene:
    """A scene that is said faster than the original holds as long, so that both clips are cut alike; one that was held stays so."""
    was = pacing.scene_s(original, source, is_last=is_last)
    if pacing.scene_s(scene, target, is_last=is_last) >= was * _HELD:
        return scene
    least = was - (pacing.LAST_HOLD_S if is_last else 0.0)
    return scene.model_copy(update={"min_s": round(min(60.0, max(scene.min_s, least)), 2)})


def _relabelled(visual: Visual, told: Callable[[str], str]) -> Visual:
    changes: dict[str, Any] = {}
    if isinstance(visual, ChartVisual):
        changes = {"labels": tuple(told(each) for each in visual.labels), "mark_label": told(visual.mark_label)}
    elif isinstance(visual, MapVisual):
        changes = {"places": tuple(each.model_copy(update={"label": told(each.label)}) for each in visual.places)}
    return visual.model_copy(update=changes) if changes else visual


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


# ---- asking a chat model -----------------------------------------------------------------------------------------------


def conversation(template: Prompt, request: Asked, asked: Sequence[Piece], refused: Mapping[Piece, tuple[str, list[str]]]) -> list[Message]:
    """The conversation that asks a chat model for pieces, numbered from 1; refused ones with what was wrong."""
    lines = []
    for number, piece in enumerate(asked, start=1):
        line = f"{number} ({_limit(piece, request.language)}): {piece.text}"
        if piece in refused:
            text, faults = refused[piece]
            line += f"\n  not as you had it, “{text}”: {' '.join(faults)}"
        lines.append(line)
    values = {
        "texts": "\n".join(lines),
        "source": language_name(request.script.language),
        "target": language_name(request.language),
        "title": request.script.title,
        "keep": "; ".join(request.keep),
        "glossary": "; ".join(f"{word} = {wanted}" for word, wanted in request.glossary.items()),
        "forbidden": "; ".join(request.forbidden),
    }
    return prompting.messages(template, values)


def _limit(piece: Piece, language: str) -> str:
    if piece.longest_s is None:
        return f"shown, at most {piece.widest // (2 if _base(language) in _PER_S else 1)} characters" if piece.widest else "shown"
    rate, unit = _PER_S.get(_base(language), (_WORDS_PER_S, "words"))
    return f"spoken, at most {max(2, int(piece.longest_s * rate))} {unit}"


def language_name(tag: str) -> str:
    """A language's English name, by which models know it; the tag itself for one that has none here."""
    if tag.lower() in ("zh-tw", "zh-hk", "zh-hant"):
        return "Traditional Chinese"
    return _NAMES.get(_base(tag), tag)


def schema(count: int) -> dict[str, Any]:
    """The form of an answer: the number of each text, and its translation."""
    names = [str(number) for number in range(1, count + 1)]
    return {"type": "object", "additionalProperties": False, "required": names, "properties": {name: {"type": "string"} for name in names}}


def read(text: str, asked: Sequence[Piece], template: Prompt) -> Candidates:
    """The translations in an answer; what is missing, or taken from the prompt's example, is left out, so that it is asked for again."""
    try:
        value = first_object(text)
    except Unusable:
        return {}
    found = {piece: str(value[str(number)]) for number, piece in enumerate(asked, start=1) if isinstance(value.get(str(number)), str)}
    return {piece: (said,) for piece, said in found.items() if not grounding.copied(said, template.example_words, piece.text)}
