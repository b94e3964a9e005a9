"""Draws every scene template, in three shapes and two languages, as contact sheets: what an editor looks at.

python docs/assets/preview_scenes.py OUT [--photo PHOTO] [--brand NAME] [--layout NAME]... [--at SECONDS]
"""

# ruff: noqa: TID253  # a tool of its own loads what it needs at once

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import PIL.Image

from aigc_cli.artifacts import Artifact
from aigc_cli.assets import Templates
from aigc_cli.media import brand, safe, scenes
from aigc_cli.media.compose import Composer
from aigc_cli.media.palettes import palette_of
from aigc_cli.media.timeline import Shot, Timeline
from aigc_cli.shapes import Picture
from aigc_cli.storyboard import ChartVisual, ImageVisual, MapVisual, Place, Scene

SIZES = {"9x16": (1080, 1920), "1x1": (1080, 1080), "16x9": (1920, 1080)}
SAMPLES = {
    "en": {
        "product": {"kicker": "Single origin", "headline": "Espresso, the slow way", "body": "Roasted this week in small batches"},
        "title": {"kicker": "Have you met", "headline": "Pikolo Espresso", "body": "Three things to know"},
        "feature": {"index": 2, "count": 3, "headline": "Ready in 30 seconds"},
        "stat": {
            "kicker": "This week",
            "number": {"value": 1707, "text": "1,707"},
            "label": "earthquakes",
            "headline": "recorded worldwide",
        },
        "offer": {"headline": "Come in before nine", "price": "$3.50", "cta": "Find your cup", "url": "https://example.com/pikolo"},
        "call-to-action": {
            "headline": "Come in before nine",
            "body": "Every day from six",
            "cta": "Find your cup",
            "url": "https://example.com/pikolo",
        },
        "headline": {
            "tag": "Alert",
            "kicker": "Earthquakes this week",
            "headline": "Magnitude 6.4 earthquake near Hualian, Taiwan",
            "body": "The strongest of 1,707 recorded",
            "source": "Source: USGS, all earthquakes, past week",
        },
        "fact": {
            "kicker": "Since its low",
            "number": {"value": 55, "text": "+55%"},
            "label": "since March 2009",
            "headline": "S&P 500 climbs back from its 2009 low",
            "source": "Source: monthly closing values, 2000 to 2010",
        },
        "map": {
            "tag": "Alert",
            "kicker": "Earthquakes this week",
            "unit": "M",
            "number": {"value": 6.4, "text": "6.4"},
            "headline": "22km NNE of Hualian, Taiwan",
            "source": "Source: USGS, all earthquakes, past week",
        },
        "chart": {
            "kicker": "Markets",
            "headline": "S&P 500 climbs back from its 2009 low",
            "number": {"value": 55, "text": "+55%"},
            "label": "since the low",
            "source": "Source: monthly closing values, 2000 to 2010",
        },
        "source": {
            "headline": "Sources",
            "items": ["USGS All Earthquakes, Past Week", "earthquake.usgs.gov", "M 6.4 - 22km NNE of Hualian, Taiwan"],
        },
        "bullets": {"headline": "Three reasons", "items": ["Single origin", "Roasted this week", "Ready in 30 seconds"]},
        "quote": {"headline": "“The best ten minutes of my morning.”", "body": "A guest in March"},
        "end-card": {"headline": "Pikolo Espresso", "body": "Every day from six", "url": "example.com/pikolo"},
    },
    "zh": {
        "product": {"kicker": "单一产地", "headline": "晨光手冲咖啡", "body": "本周小批量新鲜烘焙"},
        "title": {"kicker": "你见过吗", "headline": "晨光手冲咖啡", "body": "三件事值得知道"},
        "feature": {"index": 2, "count": 3, "headline": "三十秒即可享用一杯好咖啡"},
        "stat": {"kicker": "本周", "number": {"value": 1707, "text": "1,707"}, "label": "次地震", "headline": "全球共记录"},
        "offer": {"headline": "早上九点前来一杯", "price": "¥25", "cta": "立即购买", "url": "https://example.com/pikolo"},
        "call-to-action": {
            "headline": "早上九点前来一杯",
            "body": "每天早上六点开门",
            "cta": "立即购买",
            "url": "https://example.com/pikolo",
        },
        "headline": {
            "tag": "快讯",
            "kicker": "本周地震",
            "headline": "台湾花莲附近发生6.4级地震，为本周最强",
            "body": "本周共记录1,707次地震",
            "source": "来源：USGS，过去一周全部地震",
        },
        "fact": {
            "kicker": "低点以来",
            "number": {"value": 55, "text": "+55%"},
            "label": "自2009年3月",
            "headline": "标普500指数从2009年低点回升",
            "source": "来源：2000至2010年月度收盘价",
        },
        "map": {
            "tag": "快讯",
            "kicker": "本周地震",
            "unit": "M",
            "number": {"value": 6.4, "text": "6.4"},
            "headline": "台湾花莲东北偏北22公里",
            "source": "来源：USGS，过去一周全部地震",
        },
        "chart": {
            "kicker": "市场",
            "headline": "标普500指数从2009年低点回升",
            "number": {"value": 55, "text": "+55%"},
            "label": "低点以来",
            "source": "来源：2000至2010年月度收盘价",
        },
        "source": {"headline": "资料来源", "items": ["USGS 过去一周全部地震", "earthquake.usgs.gov"]},
        "bullets": {"headline": "三个理由", "items": ["单一产地", "本周新鲜烘焙", "三十秒即可享用"]},
        "quote": {"headline": "“这是我早晨最好的十分钟。”", "body": "三月的一位客人"},
        "end-card": {"headline": "晨光手冲咖啡", "body": "每天早上六点开门", "url": "example.com/pikolo"},
    },
}
MAP = MapVisual(
    places=(
        Place(longitude=121.7, latitude=24.1, label="Hualian", is_news=True),
        Place(longitude=142, latitude=38, label="Japan", weight=0.4),
    )
)
CHART = ChartVisual(
    form="area",
    labels=tuple(f"Month {n}" for n in range(12)),
    values=(9, 8, 7.2, 6, 4.2, 3, 3.4, 4, 4.4, 5, 5.5, 5.8),
    unit="$",
    mark=5,
    mark_label="low",
)
DISC = {"feature", "bullets"}
BARE = {"source", "end-card"}


class Files:
    """Artifacts of files on this disk."""

    def __init__(self) -> None:
        self.paths: dict[str, Path] = {}

    def add(self, path: Path) -> Artifact:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        self.paths[digest] = path
        return Artifact(digest=digest, media_type="image/png", size=len(content))

    def open(self, artifact: Artifact) -> Path:
        return self.paths[artifact.digest]


def picture(files: Files, path: Path, *, is_cutout: bool) -> Picture:
    with PIL.Image.open(path) as image:
        return Picture(
            image=files.add(path),
            width=image.width,
            height=image.height,
            is_cutout=is_cutout,
            is_photo=not is_cutout,
            palette=None if is_cutout else palette_of(image),
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--photo", type=Path, default=Path("examples/pikolo/coffee.png"))
    parser.add_argument("--brand", default="warm")
    parser.add_argument("--layout", action="append")
    parser.add_argument("--at", type=float, default=2.0)
    parser.add_argument("--bare", action="store_true", help="without pictures")
    parser.add_argument("--small", type=int, default=3)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    files, templates = Files(), Templates.beside(None)
    photo = picture(files, options.photo, is_cutout=False)
    cutout_path = options.out / "cutout.png"
    _cutout(cutout_path)
    cutout = picture(files, cutout_path, is_cutout=True)
    look = brand.load(options.brand, templates, photo=photo.palette)
    for name in options.layout or sorted(SAMPLES["en"]):
        rows = []
        for language in ("en", "zh"):
            row = []
            for size in SIZES.values():
                visual = {"map": MAP, "chart": CHART}.get(name, ImageVisual())
                scene = Scene(id=name, layout=name, show=SAMPLES[language][name], visual=visual)
                shown = None if options.bare or name in BARE else cutout if name in DISC else photo
                laid = scenes.lay_out(
                    scene,
                    template=scenes.load(name, templates),
                    width=size[0],
                    height=size[1],
                    frames=90,
                    fps=30,
                    brand=look,
                    picture=shown,
                    language=language,
                )
                timeline = Timeline(
                    title=name,
                    language=language,
                    width=size[0],
                    height=size[1],
                    safe=safe.safe_area(*size),
                    shots=(Shot(id=name, start=0, frames=90, layers=laid.layers),),
                )
                planes = Composer(timeline, files.open).frame(min(89, round(options.at * 30)))
                row.append(_rgb(planes, size)[:: options.small, :: options.small])
            tall = max(each.shape[0] for each in row)
            rows.append(np.hstack([np.pad(each, ((0, tall - each.shape[0]), (0, 12), (0, 0)), constant_values=255) for each in row]))
        PIL.Image.fromarray(np.vstack(rows)).save(options.out / f"{name}.png")
        print(options.out / f"{name}.png")


def _cutout(path: Path) -> None:
    from aigc_cli.media.paint import paint
    from aigc_cli.media.timeline import Box, DrawingOp

    pixels = paint((DrawingOp(name="stopwatch", box=Box(x=0, y=0, w=900, h=900)),), 900, 900, lambda _: path)
    alpha = np.maximum(pixels[..., 3:], 1)
    straight = np.dstack([np.clip(pixels[..., :3].astype(int) * 255 // alpha, 0, 255).astype(np.uint8), pixels[..., 3:]])
    PIL.Image.fromarray(straight).save(path)


def _rgb(planes: object, size: tuple[int, int]) -> np.ndarray:
    import cv2

    y, u, v = (np.asarray(part) for part in (planes.y, planes.u, planes.v))
    small = [cv2.resize(part, size, interpolation=cv2.INTER_LINEAR).astype(float) - 128 for part in (u, v)]
    luma = (y.astype(float) - 16) * 255 / 219
    u, v = small[0] * 255 / 224, small[1] * 255 / 224
    rgb = np.dstack([luma + 1.5748 * v, luma - 0.1873 * u - 0.4681 * v, luma + 1.8556 * u])
    return np.clip(rgb + 0.5, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
