"""What makes a mood: tempo, key, chords, instruments, patterns. Patterns count sixteenths of a 4/4 bar; digits are loudness 1-9."""

from __future__ import annotations

from dataclasses import dataclass

Rhythm = tuple[tuple[float, float], ...]
"""A melody's rhythm over two bars: (beat, length in beats)."""


@dataclass(frozen=True)
class Style:
    """A mood's music. `arp` and `bass` are 16 characters: a digit picks a chord's note (bass: 1 root, 5 fifth, 8 octave)."""

    tempo_bpm: float
    key: str
    verse: tuple[tuple[str, ...], ...]
    chorus: tuple[tuple[str, ...], ...]
    cadence: tuple[str, ...]
    pad: str
    pluck: str
    lead: str
    low: str
    arp: tuple[str, ...]
    bass: str
    drums: tuple[tuple[str, str], ...]
    rhythms: tuple[Rhythm, ...]
    levels: tuple[tuple[str, float], ...]
    swing: float = 0.0
    room_s: float = 1.4
    is_stab: bool = False


_BROAD: tuple[Rhythm, ...] = (
    ((0, 2), (2, 1), (3, 1), (4, 3)),
    ((0, 1.5), (1.5, 0.5), (2, 2), (4, 2), (6, 2)),
    ((1, 1), (2, 2), (4, 1.5), (5.5, 2)),
)
_LIVELY: tuple[Rhythm, ...] = (
    ((0, 1), (1, 0.5), (1.5, 1), (3, 0.5), (3.5, 1), (5, 1), (6, 1.5)),
    ((0, 0.5), (0.5, 0.5), (1.5, 0.5), (2, 1.5), (4, 0.5), (4.5, 0.5), (5.5, 0.5), (6, 1.5)),
    ((0.5, 0.5), (1, 1), (2.5, 0.5), (3, 1), (4.5, 0.5), (5, 0.5), (5.5, 0.5), (6, 1.5)),
)

STYLES: dict[str, Style] = {
    "calm": Style(
        tempo_bpm=76,
        key="D",
        verse=(("1add9", "6", "4add9", "5sus"), ("1add9", "37", "4add9", "1")),
        chorus=(("4add9", "5", "67", "1"), ("67", "4add9", "1", "5")),
        cadence=("4add9", "5sus"),
        pad="glass",
        pluck="electric",
        lead="kalimba",
        low="round-bass",
        arp=("1...2...3...2...", "1...3...2...4..."),
        bass="1...............",
        drums=(("shaker", "3.2.4.2.3.2.4.2."), ("boom", "5..............."), ("snap", "........4.......")),
        rhythms=_BROAD,
        levels=(
            ("pad", 0.114),
            ("pluck", 0.16),
            ("lead", 0.26),
            ("bass", 0.171),
            ("shaker", 0.35),
            ("boom", 0.26),
            ("snap", 0.25),
        ),
        room_s=2.2,
    ),
    "upbeat": Style(
        tempo_bpm=118,
        key="G",
        verse=(("1", "5", "6", "4"), ("1add9", "6", "4", "5")),
        chorus=(("4", "1", "5", "6"), ("6", "4", "1", "5")),
        cadence=("4", "5"),
        pad="warm",
        pluck="muted",
        lead="bell",
        low="round-bass",
        arp=("1.3.2.4.1.3.2.4.", "1..3..2.4..3..2."),
        bass="1..1..1.1..1..58",
        drums=(
            ("kick", "9...8...9...8..."),
            ("clap", "....8.......8..."),
            ("hat", "..6...6...6...6."),
            ("shaker", "4252425242524252"),
        ),
        rhythms=_LIVELY,
        levels=(
            ("pad", 0.091),
            ("pluck", 0.23),
            ("lead", 0.189),
            ("bass", 0.124),
            ("kick", 0.43),
            ("clap", 0.39),
            ("hat", 0.4),
            ("shaker", 0.36),
            ("cymbal", 0.21),
            ("rise", 0.18),
        ),
        room_s=1.2,
    ),
    "corporate": Style(
        tempo_bpm=104,
        key="C",
        verse=(("1add9", "5", "6", "4add9"), ("1add9", "4add9", "6", "5")),
        chorus=(("4add9", "5", "1", "6"), ("6", "4add9", "1", "5sus")),
        cadence=("4add9", "5"),
        pad="warm",
        pluck="piano",
        lead="bell",
        low="round-bass",
        arp=("1.2.3.2.4.2.3.2.", "1.3.2.3.4.3.2.3."),
        bass="1.....1.1.....5.",
        drums=(
            ("kick", "9.....7.8......."),
            ("snap", "....7.......7..."),
            ("hat", "..4...4...4...4."),
            ("shaker", "3.4.3.4.3.4.3.4."),
        ),
        rhythms=(*_BROAD, *_LIVELY[:1]),
        levels=(
            ("pad", 0.107),
            ("pluck", 0.106),
            ("lead", 0.155),
            ("bass", 0.141),
            ("kick", 0.32),
            ("snap", 0.43),
            ("hat", 0.45),
            ("shaker", 0.4),
            ("cymbal", 0.22),
            ("rise", 0.177),
        ),
        room_s=1.6,
    ),
    "cinematic": Style(
        tempo_bpm=84,
        key="Dm",
        verse=(("1", "6", "3", "7"), ("1", "4", "6", "7")),
        chorus=(("6", "7", "1", "1"), ("6", "3", "7", "4")),
        cadence=("4", "5!"),
        pad="strings",
        pluck="spiccato",
        lead="piano",
        low="deep-bass",
        arp=("1.2.3.2.1.2.3.2.", "1.1.3.1.2.1.3.1."),
        bass="1.......1.......",
        drums=(("boom", "9.........6....."), ("kick", "........6.....5."), ("cymbal", "............2...")),
        rhythms=_BROAD,
        levels=(
            ("pad", 0.169),
            ("pluck", 0.23),
            ("lead", 0.178),
            ("bass", 0.34),
            ("boom", 0.29),
            ("kick", 0.35),
            ("cymbal", 0.26),
            ("rise", 0.21),
        ),
        room_s=2.6,
    ),
    "newsroom": Style(
        tempo_bpm=112,
        key="Am",
        verse=(("1", "1", "6", "7"), ("1", "7", "6", "7")),
        chorus=(("6", "7", "1", "1"), ("4", "6", "7", "5!")),
        cadence=("6", "7"),
        pad="brass",
        pluck="pulse",
        lead="strings",
        low="deep-bass",
        arp=("1.1.3.1.2.1.3.1.", "1.3.1.2.1.3.1.4."),
        bass="1.1.1.1.1.1.1.1.",
        drums=(
            ("kick", "9.......9.....6."),
            ("snare", "....5.......5..."),
            ("tick", "6345634563456345"),
            ("boom", "8..............."),
        ),
        rhythms=_BROAD,
        levels=(
            ("pad", 0.163),
            ("pluck", 0.29),
            ("lead", 0.23),
            ("bass", 0.34),
            ("kick", 0.39),
            ("snare", 0.53),
            ("tick", 0.42),
            ("boom", 0.23),
            ("cymbal", 0.22),
            ("rise", 0.176),
        ),
        room_s=1.4,
        is_stab=True,
    ),
    "playful": Style(
        tempo_bpm=124,
        key="F",
        verse=(("1", "6", "2", "5"), ("1", "4", "2", "5")),
        chorus=(("4", "1", "2", "5"), ("1", "3", "4", "5")),
        cadence=("2", "5"),
        pad="warm",
        pluck="pizzicato",
        lead="marimba",
        low="plucked-bass",
        arp=("..2.....3.2.....", "..2...3...2...3."),
        bass="1.......5.......",
        drums=(("kick", "8.......7......."), ("snap", "....8.......8..."), ("shaker", "..4...4...4...4."), ("tick", "3...............")),
        rhythms=_LIVELY,
        levels=(
            ("pad", 0.094),
            ("pluck", 0.36),
            ("lead", 0.3),
            ("bass", 0.195),
            ("kick", 0.34),
            ("snap", 0.37),
            ("shaker", 0.4),
            ("tick", 0.4),
            ("cymbal", 0.22),
            ("rise", 0.174),
        ),
        swing=0.16,
        room_s=1.0,
    ),
}
