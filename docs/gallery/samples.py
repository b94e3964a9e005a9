"""What the gallery's templates show: words in two languages, and what is seen."""

from __future__ import annotations

from typing import Any

from aigc_cli.storyboard import ChartVisual, ColourVisual, ImageVisual, MapVisual, Place, Scene, Storyboard, Visual

PRODUCT: dict[str, dict[str, Any]] = {
    "en": {
        "product": "Pikolo Espresso",
        "tagline": "Small cup, big morning",
        "points": ["Single origin", "Roasted this week", "Ready in 30 seconds"],
        "price": "$3.50",
        "cta": "Find your cup",
        "url": "https://www.example.com/pikolo",
    },
    "zh": {
        "product": "晨光手冲咖啡",
        "tagline": "一小杯，好早晨",
        "points": ["单一产地", "本周新鲜烘焙", "三十秒即可享用"],
        "price": "¥28",
        "cta": "立即购买",
        "url": "https://www.example.com/pikolo",
    },
}
_SAY = {"en": "Ready in thirty seconds, every single morning.", "zh": "三十秒即可享用，每一个早晨。"}
_PHOTO = ImageVisual(photo=0)
_MAP = MapVisual(
    places=(
        Place(longitude=121.7, latitude=24.1, label="Hualian", is_news=True),
        *(
            Place(longitude=x, latitude=y, weight=w)
            for x, y, w in (
                (142, 38, 0.4), (128, 3, 0.5), (126, -3, 0.7), (101, -1, 0.4), (146, 18, 0.6), (95, 26, 0.3), (120.5, 15, 0.3),
                (150, -5, 0.6),
            )
        ),
    ),
)  # fmt: skip
_MAP_ZH = _MAP.model_copy(update={"places": (_MAP.places[0].model_copy(update={"label": "花莲"}), *_MAP.places[1:])})
_LINE = ChartVisual(
    form="area",
    labels=("Mar 2008", *("",) * 10, "Feb 2009", *("",) * 12, "Mar 2010"),
    values=(1322, 1385, 1400, 1280, 1267, 1282, 1166, 968, 896, 903, 825, 735, 797, 872, 919, 919, 987, 1020, 1057, 1036, 1095, 1115, 1073,
            1104, 1140),
    mark=11,
    mark_label="Feb 2009",
)  # fmt: skip
CHARTS: dict[str, ChartVisual] = {
    "area": _LINE,
    "line": _LINE.model_copy(update={"form": "line"}),
    "bar": ChartVisual(
        form="bar",
        labels=("2005", "2006", "2007", "2008", "2009"),
        values=(5, 7, 9, 3, 6),
        unit="$",
        mark=3,
        mark_label="2008",
    ),
    "ranked": ChartVisual(
        form="ranked",
        labels=("Apple", "Google", "Amazon", "IBM", "Microsoft"),
        values=(241, 180, 91, 32, 6),
        unit="%",
        mark=0,
    ),
    "donut": ChartVisual(form="donut", labels=("Sun", "Rain", "Fog", "Drizzle", "Snow"), values=(180, 144, 30, 7, 4), mark=0),
}
_NEWS = "newsroom"
# Template: (brand, words in English, words in Chinese, what is seen).
SCENES: dict[str, tuple[str, dict[str, Any], dict[str, Any], Visual]] = {
    "title": ("warm", {"kicker": "Have you met", "headline": "Pikolo Espresso", "body": "Three things to know"},
              {"kicker": "你见过吗", "headline": "晨光手冲咖啡", "body": "三件事值得知道"}, ColourVisual()),
    "product": ("warm", {"kicker": "Single origin", "headline": "Espresso, the slow way", "body": "Roasted this week"},
                {"kicker": "单一产地", "headline": "晨光手冲咖啡", "body": "本周新鲜烘焙"}, _PHOTO),
    "feature": ("warm", {"index": 2, "count": 3, "headline": "Ready in 30 seconds"},
                {"index": 2, "count": 3, "headline": "三十秒即可享用"}, ImageVisual(prompt="Ready in 30 seconds", style="drawing")),
    "bullets": ("fresh", {"kicker": "Why Pikolo", "headline": "Three reasons", "items": PRODUCT["en"]["points"]},
                {"kicker": "为什么选它", "headline": "三个理由", "items": PRODUCT["zh"]["points"]}, ColourVisual()),
    "stat": ("fresh", {"kicker": "This week", "number": {"value": 1707, "text": "1,707"}, "label": "cups", "headline": "poured by nine"},
             {"kicker": "本周", "number": {"value": 1707, "text": "1,707"}, "label": "杯", "headline": "九点之前端出"}, ColourVisual()),
    "quote": ("elegant", {"headline": "“The best ten minutes of my morning.”", "body": "A guest in March"},
              {"headline": "“这是我早晨最好的十分钟。”", "body": "三月的一位客人"}, _PHOTO),
    "comparison": ("plain", {"kicker": "Every morning", "headline": "Two ways to the first cup", "left": "The queue",
                             "left_items": ["Eleven minutes", "Lukewarm"], "right": "Pikolo", "right_items": ["30 seconds", "Hot"]},
                   {"kicker": "每天早晨", "headline": "第一杯咖啡的两种喝法", "left": "排队", "left_items": ["十一分钟", "温的"],
                    "right": "晨光", "right_items": ["三十秒", "热的"]}, ColourVisual()),
    "chart": (_NEWS, {"kicker": "Markets", "headline": "S&P 500 climbs back from its 2009 low", "number": {"value": 55, "text": "+55%"},
                      "label": "since the low", "source": "Source: monthly closing values, 2000 to 2010"},
              {"kicker": "市场", "headline": "标普500指数从2009年低点回升", "number": {"value": 55, "text": "+55%"}, "label": "低点以来",
               "source": "来源：2000至2010年月度收盘价"}, _LINE),
    "map": (_NEWS, {"tag": "Alert", "kicker": "Earthquakes this week", "unit": "M", "number": {"value": 6.4, "text": "6.4"},
                    "headline": "22km NNE of Hualian, Taiwan", "source": "Source: USGS, all earthquakes, past week"},
            {"tag": "快讯", "kicker": "本周地震", "unit": "M", "number": {"value": 6.4, "text": "6.4"}, "headline": "花莲东北偏北22公里",
             "source": "来源：USGS，过去一周全部地震"}, _MAP),
    "photo": ("mono", {"kicker": "On the counter", "headline": "The first cup of the day", "body": "Kitchen, 6:40"},
              {"kicker": "吧台上", "headline": "今天的第一杯", "body": "厨房，6:40"}, _PHOTO),
    "split": ("warm", {"kicker": "Slow roast", "headline": "Roasted this week", "body": "In small batches, by hand"},
              {"kicker": "慢烘", "headline": "本周新鲜烘焙", "body": "小批量，手工"}, _PHOTO),
    "offer": ("warm", {"headline": "Come in before nine", "price": "$3.50", "cta": "Find your cup", "url": "https://example.com/pikolo"},
              {"headline": "早上九点前来一杯", "price": "¥28", "cta": "立即购买", "url": "https://example.com/pikolo"}, _PHOTO),
    "call-to-action": ("fresh", {"kicker": "Pikolo Espresso", "headline": "Your turn", "cta": "Find your cup", "url": "https://example.com/pikolo"},
                       {"kicker": "晨光手冲咖啡", "headline": "轮到你了", "cta": "立即购买", "url": "https://example.com/pikolo"}, _PHOTO),
    "headline": (_NEWS, {"tag": "Alert", "kicker": "Earthquakes this week", "headline": "Magnitude 6.4 earthquake near Hualian, Taiwan",
                         "body": "The strongest of 1,707 recorded", "source": "Source: USGS, all earthquakes, past week"},
                 {"tag": "快讯", "kicker": "本周地震", "headline": "台湾花莲附近发生6.4级地震，为本周最强", "body": "本周共记录1,707次地震",
                  "source": "来源：USGS，过去一周全部地震"}, ColourVisual()),
    "fact": (_NEWS, {"kicker": "Past week", "number": {"value": 297, "text": "297"}, "headline": "earthquakes of magnitude 2.5 or more",
                     "body": "The strongest: magnitude 6.4", "source": "Source: USGS, past week"},
             {"kicker": "过去一周", "number": {"value": 297, "text": "297"}, "headline": "次2.5级以上地震", "body": "最强：6.4级",
              "source": "来源：USGS，过去一周"}, ColourVisual()),
    "source": (_NEWS, {"headline": "Sources", "items": ["USGS Magnitude 2.5+ Earthquakes, Past Week", "earthquake.usgs.gov"]},
               {"headline": "来源", "items": ["USGS 过去一周2.5级以上地震", "earthquake.usgs.gov"]}, ColourVisual()),
    "end-card": ("elegant", {"headline": "Pikolo Espresso", "body": "Small cup, big morning", "cta": "Find your cup",
                             "url": "https://example.com/pikolo"},
                 {"headline": "晨光手冲咖啡", "body": "一小杯，好早晨", "cta": "立即购买", "url": "https://example.com/pikolo"}, _PHOTO),
    "film": (_NEWS, {"name": "Eileen Collins", "title": "Commander of STS-93", "source": "Photo: NASA, public domain"},
             {"name": "艾琳·柯林斯", "title": "STS-93任务指令长", "source": "照片：NASA，公有领域"}, ImageVisual(photo=1)),
    "intro": ("fresh", {"headline": "Pikolo", "body": "Small cup, big morning"}, {"headline": "晨光", "body": "一小杯，好早晨"},
              ColourVisual()),
    "outro": ("warm", {"headline": "Pikolo", "body": "example.com/pikolo"}, {"headline": "晨光", "body": "example.com/pikolo"},
              ColourVisual()),
}  # fmt: skip
_SILENT = ("intro", "outro")


def board(layout: str, language: str = "en", visual: Visual | None = None) -> Storyboard:
    """A storyboard of one scene of a template; a bare scene before it, since a clip's first frame is special."""
    _, english, chinese, seen = SCENES[layout]
    if language == "zh" and layout == "map":
        seen = _MAP_ZH
    show = english if language == "en" else chinese
    first = Scene(id="first", layout="title", show={"headline": "…"})
    say, name = ("", f"brand-{layout}") if layout in _SILENT else (_SAY[language], layout)  # captions leave a brand's own cards alone
    return Storyboard(
        title=layout,
        language=language,
        scenes=(first, Scene(id=name, layout=layout, show=show, say=say, visual=visual or seen, transition="cut", min_s=2)),
    )


def _in_script(language: str, layout: str, show: dict[str, Any], say: str) -> Storyboard:
    first = Scene(id="first", layout="title", show={"headline": "…"})
    visual: Visual = _PHOTO if layout == "product" else ColourVisual()
    second = Scene(id=layout, layout=layout, show=show, say=say, visual=visual, transition="cut")
    return Storyboard(title=language, language=language, scenes=(first, second))


SCRIPTS = (
    _in_script(
        "ar",
        "product",
        {"kicker": "كل صباح", "headline": "قهوة على مهل", "body": "محمصة هذا الأسبوع في 30 دقيقة."},
        "قهوة على مهل، محمصة هذا الأسبوع.",
    ),
    _in_script(
        "he",
        "bullets",
        {"kicker": "למה פיקולו", "headline": "שלוש סיבות", "items": ["מקור יחיד", "נקלה השבוע", "מוכן תוך 30 שניות"]},
        "מוכן תוך 30 שניות.",
    ),
    _in_script("hi", "title", {"headline": "ताज़ी कॉफ़ी", "body": "इस हफ़्ते भुनी हुई"}, "इस हफ़्ते भुनी हुई कॉफ़ी"),
    _in_script(
        "en", "title", {"kicker": "Every day 🔥", "headline": "Hot ☕ and quick ⏱️", "body": "We ❤️ mornings"}, "Hot and quick, every day"
    ),
)
