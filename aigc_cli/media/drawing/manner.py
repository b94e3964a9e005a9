"""How charts and maps are drawn in one scene: colours, typefaces, size, time."""

from __future__ import annotations

from dataclasses import dataclass

from aigc_cli.shapes import Palette


@dataclass(frozen=True)
class Manner:
    """What every chart and map of a scene shares.

    Attributes:
        colours: of the brand, on the ground that the drawing stands on.
        alert: #RRGGBB of the finding or the news.
        display: family of large numbers.
        body: family of labels and names.
        scale: shorter side of the frame over 1080.
        frames: length of the shot.
        fps: frames per second.
        language: BCP 47 tag of the labels; large numbers are abbreviated by its habit.
        is_seen: the drawing is there from the shot's first frame.
    """

    colours: Palette
    alert: str
    display: str
    body: str
    scale: float
    frames: int
    fps: int
    language: str = ""
    is_seen: bool = False
