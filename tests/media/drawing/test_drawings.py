import pytest
import skia

from aigc_cli.assets import data
from aigc_cli.errors import RenderError
from aigc_cli.media.drawing import drawings


def rows():
    text = data("drawings", "words.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(
    ("prompt", "first"),
    [
        ("Ready in 30 seconds", "stopwatch"),
        ("Single origin", "beans"),
        ("Roasted today", "fire"),
        ("NOISE-FREE Headphones.", "headphone"),
        ("Free delivery to your door", "delivery-truck"),
        ("NASA launches rocket", "rocket"),
        ("Batteries", "battery"),
        ("Dishwasher safe", "fork-and-knife-with-plate"),
        ("Works offline", "mobile-phone-off"),
        ("不锈钢", "nut-and-bolt"),
        ("a hot air and beer mug", "beer-mug"),
        ("单一产地", "beans"),
        ("三十秒即可享用", "stopwatch"),
        ("30 秒即可享用", "stopwatch"),
        ("台风逼近海岸", "cyclone"),
        ("水", "droplet"),
        ("🚀 to the top", "rocket"),
    ],
)
def test_words_call_the_drawing_that_is_meant(prompt, first):
    assert drawings.find(prompt)[0] == first


@pytest.mark.parametrize("prompt", ["", "zork blimf", "方面", "No sugar", "it bears repeating", "！？。", "\x00"])
def test_words_that_are_not_known_call_nothing(prompt):
    assert drawings.find(prompt) == []


def test_a_weak_hint_counts_only_without_a_plain_word():
    assert drawings.find("prices go up") == ["dollar-banknote"]
    assert drawings.find("up") == ["chart-increasing"]


def test_each_drawing_is_named_once_and_longer_phrases_win():
    assert drawings.find("coffee, coffee, coffee and tea") == ["hot-beverage", "teacup-without-handle"]
    assert drawings.find("milk tea")[0] == "bubble-tea"


def test_the_table_names_drawings_that_ship_and_no_word_twice():
    seen = {}
    for name, english, chinese in rows():
        assert name in drawings.names()
        for word in english.split(", ") + chinese.split(", "):
            assert word.strip() == word != ""
            assert seen.setdefault(word, name) == name


def test_every_word_of_the_table_finds_its_own_drawing():
    for name, english, chinese in rows():
        for word in english.split(", ") + chinese.split(", "):
            assert name in drawings.find(word.lstrip("~")), word


@pytest.mark.parametrize(
    ("emoji", "name"),
    [("🚀", "rocket"), ("❤️", "red-heart"), ("❤", "red-heart"), ("👍🏽", "thumbs-up-medium"), ("a", None), ("", None), ("🇺🇸", None)],
)
def test_an_emoji_has_its_drawing(emoji, name):
    assert drawings.emoji_name(emoji) == name


def test_skia_reads_every_drawing():
    for name in drawings.names():
        document = drawings.svg(name).encode()
        assert skia.SVGDOM.MakeFromStream(skia.MemoryStream(document, True)) is not None, name


def test_a_drawing_that_is_not_there_is_an_error():
    with pytest.raises(RenderError, match="no drawing `unicycle-on-fire`"):
        drawings.svg("unicycle-on-fire")
