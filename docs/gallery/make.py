"""Makes the gallery: every scene template, chart, caption style, transition and brand, and both workflows, in three shapes and two
languages.

python -m docs.gallery.make [OUT]
"""

# ruff: noqa: TID253  # a tool of its own loads what it needs at once

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2

from aigc_cli.media.schedule import TRANSITION_S
from aigc_cli.media.timeline import Timeline
from docs.gallery import pictures, samples
from docs.gallery.studio import EXAMPLES, Rgb, Studio, column, filled, row

SHAPES = ("9:16", "1:1", "16:9")
LANGUAGES = {"en": "English", "zh": "Chinese"}
BRANDS = ("plain", "warm", "newsroom", "fresh", "mono", "elegant")
STYLES = ("highlight", "karaoke", "pop", "plain")
_TALL = {"9:16": 560, "1:1": 400, "16:9": 300}
_QUALITY = 80

Sheet = tuple[str, str, Rgb]
"""A file's name without its ending, what it shows, and its pixels."""


def main(out: Path) -> None:
    """Writes the sheets and their index."""
    studio = Studio()
    lines = [
        "# Gallery",
        "",
        "Made by `make gallery`: frames as they are in a clip, nothing retouched. The photo is a stand-in of 600x400.",
        "",
    ]
    total = 0
    for title, sheets in (
        ("Clips", clips(studio)),
        ("Scene templates", templates(studio)),
        ("Pictures", pictures.sheets(studio)),
        ("Charts", charts(studio)),
        ("Captions", captions(studio)),
        ("Brands", brands(studio)),
        ("Other scripts and emoji", scripts(studio)),
        ("Coming in and leaving", motion(studio)),
        ("Transitions", transitions(studio)),
    ):
        lines += [f"## {title}", ""]
        for name, about, pixels in sheets:
            total += _write(out / f"{name}.jpg", pixels)
            lines += [f"**{about}**", "", f"![{about}]({name}.jpg)", ""]
    total += _write(out / "readme.jpg", first_sight(studio))
    (out / "README.md").write_text("\n".join(lines).rstrip() + "\n")
    print(f"{total / 2**20:.1f} MiB in {out}")


def _write(file: Path, pixels: Rgb) -> int:
    """Writes a sheet; returns its size in bytes."""
    done, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    assert done
    file.write_bytes(bytes(data))
    print(f"{file.name}  {len(data) // 1024} KiB")
    return len(data)


def first_sight(studio: Studio) -> Rgb:
    """The sheet of the README: a product clip, and scenes of three news briefs, as they are posted."""
    clip = studio.film(studio.product(samples.PRODUCT["en"]), "9:16")
    news = []
    for path, picked in (
        ("earthquakes/week.geojson", slice(0, 3)),
        ("markets/sp500-monthly.csv", slice(0, 3)),
        ("news/nasa-news.rss", slice(0, 1)),
    ):
        news += studio.scenes(studio.film(studio.brief(EXAMPLES / path), "9:16", brand="newsroom"))[picked]
    return column([row(studio.scenes(clip), 400), row(news, 400)])


def clips(studio: Studio) -> Iterator[Sheet]:
    """Both workflows, scene by scene."""
    quakes, prices = EXAMPLES / "earthquakes" / "week.geojson", EXAMPLES / "markets" / "sp500-monthly.csv"
    for language, name in LANGUAGES.items():
        board = studio.product(samples.PRODUCT[language], language)
        yield (
            f"product-clip-{language}",
            f"`product-clip`, {name}",
            column([_scenes(studio, studio.film(board, form), form) for form in SHAPES]),
        )
    for language, name in LANGUAGES.items():
        for kind, path in (("earthquakes", quakes), ("markets", prices)):
            board = studio.brief(path, language)
            rows = [_scenes(studio, studio.film(board, form, brand="newsroom"), form) for form in SHAPES]
            yield f"news-brief-{kind}-{language}", f"`news-brief`, {kind}, {name}", column(rows)


def _scenes(studio: Studio, timeline: Timeline, form: str) -> Rgb:
    return row(studio.scenes(timeline), round(_TALL[form] * 0.72))


def templates(studio: Studio) -> Iterator[Sheet]:
    """Every template: three shapes, two languages."""
    for layout, (brand, *_) in samples.SCENES.items():
        rows = []
        for language in LANGUAGES:
            board = samples.board(layout, language)
            rows.append(row([_second(studio, studio.film(board, form, brand=brand)) for form in SHAPES], 400))
        yield f"scene-{layout}", f"`{layout}` in the brand `{brand}`", column(rows)


def _second(studio: Studio, timeline: Timeline, at: float = 0.6) -> Rgb:
    shot = timeline.shots[1]
    return studio.frames(timeline, [shot.start + int(shot.frames * at)])[0]


def charts(studio: Studio) -> Iterator[Sheet]:
    """Every form of chart, in three brands."""
    rows = []
    for brand in ("newsroom", "fresh", "plain"):
        pictures = [
            _second(studio, studio.film(samples.board("chart", visual=visual), "9:16", brand=brand, caption_style="none"))
            for visual in samples.CHARTS.values()
        ]
        rows.append(row(pictures, 480))
    yield "charts", ", ".join(f"`{form}`" for form in samples.CHARTS), column(rows)


def captions(studio: Studio) -> Iterator[Sheet]:
    """Every caption style in motion, every third frame, on a dark, a light and an accent ground, in two languages."""
    for style in STYLES:
        rows = []
        for layout, language in itertools.product(("quote", "feature", "offer"), LANGUAGES):
            film = studio.film(samples.board(layout, language), "1:1", brand="warm", caption_style=style)
            start = film.shots[1].start + 20
            strip = studio.frames(film, [start + step for step in range(0, 21, 3)])
            rows.append(row([each[int(each.shape[0] * 0.76) : int(each.shape[0] * 0.97)] for each in strip], 60))
        yield f"captions-{style}", f"`{style}`, every third frame", column(rows)


def transitions(studio: Studio) -> Iterator[Sheet]:
    """Every transition as a film strip."""
    board = studio.product(samples.PRODUCT["en"])
    rows = []
    for kind in TRANSITION_S:
        scenes = (board.scenes[0], *(scene.model_copy(update={"transition": kind}) for scene in board.scenes[1:]))
        film = studio.film(board.model_copy(update={"scenes": scenes}), "16:9", brand="warm", scale=0.25)
        shot = film.shots[2]
        steps = [round(shot.start - 1 + at * (shot.transition_frames + 1) / 7) for at in range(8)]
        rows.append(row(studio.frames(film, steps), 96))
    halves = [column(rows[:5]), column(rows[5:])]
    high = max(half.shape[0] for half in halves)
    names = ", ".join(f"`{kind}`" for kind in TRANSITION_S)
    yield "transitions", f"{names}: from above, left, then right", row([filled(half, high) for half in halves], high)


def brands(studio: Studio) -> Iterator[Sheet]:
    """Every brand, in its own captions: scenes with a picture and without, in portrait and wide."""
    tall = ("product", "title", "stat", "bullets", "comparison", "chart", "end-card")
    for brand in BRANDS:
        rows = [row([_second(studio, studio.film(samples.board(layout), "9:16", brand=brand)) for layout in tall], 400)]
        wide = [
            _second(studio, studio.film(samples.board(layout), "16:9", brand=brand)) for layout in ("title", "fact", "bullets", "quote")
        ]
        rows.append(row(wide, 220))
        yield f"brand-{brand}", f"`{brand}`", column(rows)


def scripts(studio: Studio) -> Iterator[Sheet]:
    """Arabic and Hebrew from the right, Hindi and Thai, and emoji among words."""
    rows = []
    for pair in zip(samples.SCRIPTS[::2], samples.SCRIPTS[1::2], strict=True):
        films = [studio.film(board, form, brand="warm") for board in pair for form in ("1:1", "16:9")]
        rows.append(row([_second(studio, film) for film in films], 330))
    yield "scripts", "Arabic, Hebrew, Hindi, Thai; emoji are the shipped drawings", column(rows)


def motion(studio: Studio) -> Iterator[Sheet]:
    """How a scene comes in, and how one leaves and the next comes in across a cut."""
    rows = []
    for layout in ("product", "bullets", "map", "offer"):
        film = studio.film(samples.board(layout), "9:16", brand=samples.SCENES[layout][0])
        start = film.shots[1].start
        rows.append(row(studio.frames(film, [start + frame for frame in (0, 3, 6, 9, 12, 15, 20, 30)]), 300))
    yield "motion", "Frames 0, 3, 6, 9, 12, 15, 20 and 30 of a scene", column(rows)
    film = studio.film(studio.product(samples.PRODUCT["en"]), "9:16", brand="warm")
    around = (-10, -6, -4, -2, -1, 0, 2, 4, 8, 14)
    rows = [row(studio.frames(film, [shot.start + frame for frame in around]), 260) for shot in film.shots[2:5]]
    yield "cuts", "Frames -10, -6, -4, -2, -1, 0, 2, 4, 8 and 14 around a cut", column(rows)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    target.mkdir(parents=True, exist_ok=True)
    main(target)
