"""Puts a brief together: scenes with ranked, sourced lines, fitted to a length from the top of the pyramid down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from aigc_cli.storyboard import ColourVisual, Scene, Sentence, Source, Statement, Storyboard, Visual
from aigc_cli.writing import pacing
from aigc_cli.writing.figures import is_chinese

OVER = 1.07
"""A line is added while the clip stays under this part of the wanted length."""
SHORT, FAR_OVER = 0.9, 1.13
"""A clip that is still shorter than the one takes a line that brings it up to the other: breathing spaces give way."""


@dataclass(frozen=True)
class Line:
    """One sentence. `rank` 0 is always said; the higher, the sooner it is left out."""

    text: str
    sources: tuple[Source, ...]
    rank: int = 0


@dataclass(frozen=True)
class Piece:
    """A scene to be; it is there when its first line is, or silently when `is_kept`."""

    id: str
    layout: str
    lines: tuple[Line, ...]
    show: dict[str, JsonValue] = field(default_factory=dict)
    visual: Visual = field(default_factory=ColourVisual)
    is_kept: bool = False


@dataclass(frozen=True)
class Order:
    """What is wanted of a brief."""

    language: str
    title: str = ""
    subject: str = ""
    unit: str = ""
    value: str = ""
    max_items: int = 3
    length_s: float | None = None

    @property
    def is_chinese(self) -> bool:
        """True when the words are to be Chinese."""
        return is_chinese(self.language)

    def pick(self, english: str, chinese: str) -> str:
        """The text in the language of the brief."""
        return chinese if self.is_chinese else english


def build(pieces: Sequence[Piece], order: Order, *, title: str, notes: Sequence[str] = ()) -> Storyboard:
    """Chooses the lines that fit, makes the scenes, gathers the sources and the statements."""
    kept = _choose(pieces, order)
    scenes = [_scene(piece, lines, order) for piece, lines in zip(pieces, kept, strict=True) if lines or piece.is_kept]
    told = list(notes)
    left_out = sum(len(piece.lines) for piece in pieces) - sum(len(lines) for lines in kept)
    if left_out and order.length_s is not None:
        told.append(f"{left_out} sentence{'s' * (left_out > 1)} left out to keep the length of {order.length_s:g} s")
    if order.length_s is not None:
        scenes, note = pacing.hold(scenes, order.language, order.length_s)
        told += [note] if note else []
    statements = tuple(Statement(scene=scene.id, text=each.text, sources=each.sources) for scene in scenes for each in scene.sentences)
    sources = tuple(dict.fromkeys(source for statement in statements for source in statement.sources))
    return Storyboard(title=title, language=order.language, scenes=tuple(scenes), sources=sources, statements=statements, notes=tuple(told))


def _choose(pieces: Sequence[Piece], order: Order) -> list[tuple[Line, ...]]:
    chosen: list[set[int]] = [{index for index, line in enumerate(piece.lines) if line.rank == 0} for piece in pieces]
    ranked = sorted(
        (line.rank, number, index) for number, piece in enumerate(pieces) for index, line in enumerate(piece.lines) if line.rank > 0
    )
    for over in (OVER, FAR_OVER):
        for _, number, index in ranked:
            if index in chosen[number] or (index > 0 and 0 not in chosen[number]):
                continue
            is_short = order.length_s is None or over == OVER or _length(pieces, chosen, order) < order.length_s * SHORT
            chosen[number].add(index)
            if order.length_s is not None and (not is_short or _length(pieces, chosen, order) > order.length_s * over):
                chosen[number].discard(index)
    return [tuple(piece.lines[index] for index in sorted(picked)) for piece, picked in zip(pieces, chosen, strict=True)]


def _length(pieces: Sequence[Piece], chosen: Sequence[set[int]], order: Order) -> float:
    scenes = [
        _scene(piece, tuple(piece.lines[index] for index in sorted(picked)), order)
        for piece, picked in zip(pieces, chosen, strict=True)
        if picked or piece.is_kept
    ]
    return pacing.clip_s(scenes, order.language)


def _scene(piece: Piece, lines: Sequence[Line], order: Order) -> Scene:
    say = ""
    for line in lines:
        glue = " " if say and (say[-1].isascii() or not order.is_chinese) else ""
        say += glue + line.text
    return Scene(
        id=piece.id,
        layout=piece.layout,
        say=say,
        show={key: value for key, value in piece.show.items() if value not in ("", [])},
        visual=piece.visual,
        sentences=tuple(Sentence(text=line.text, sources=line.sources) for line in lines),
    )


def closing(order: Order, source: Source, items: Sequence[str], *, said: str = "", more: str = "") -> Piece:
    """The last scene: what all of it comes from. `said` is how the source is called aloud, `more` a sentence about it."""
    name = said or (source.title or source.file or source.url).replace(",", "")
    lines = [Line(order.pick(f"Source: {name}.", f"来源：{name}。"), (source,), rank=1)]
    if more:
        lines.append(Line(more, (source,), rank=5))
    shown: list[JsonValue] = []
    shown.extend([item for item in dict.fromkeys(items) if item][:5])
    show: dict[str, JsonValue] = {"headline": order.pick("Sources", "来源"), "items": shown}
    return Piece(id="sources", layout="source", lines=tuple(lines), show=show, is_kept=True)


def counted(value: float, text: str) -> dict[str, JsonValue]:
    """A number that counts up on the screen until it is `text`."""
    return {"value": value, "text": text}


def credit(order: Order, name: str) -> str:
    """The line that stands under what is stated."""
    return order.pick(f"Source: {name}", f"来源：{name}")
