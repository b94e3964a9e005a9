"""What a translation may not change: numbers, units, names, addresses, the language asked for."""

from __future__ import annotations

import pytest

from aigc_cli.writing.fidelity import Terms, faults_of, has_words

RIGHT = [
    ("en", "zh", "Ready in 30 seconds.", "30秒即可享用。"),
    ("en", "zh", "Thirty seconds, and it is in your cup.", "三十秒，咖啡入杯。"),
    ("en", "zh", "It keeps warm for two hours.", "保温两小时。"),
    ("en", "zh", "Twice as quick.", "快了两倍。"),
    ("en", "zh", "On March 5, 12,000 people felt it.", "3月5日，1.2万人有震感。"),
    ("en", "zh", "A magnitude 5.2 quake, says the USGS.", "据USGS，发生5.2级地震。"),
    ("en", "zh", "Meet Pikolo Espresso.", "认识一下Pikolo Espresso。"),
    ("en", "zh", "Only $3.50 at pikolo.example.com.", "只要3.50美元，见pikolo.example.com。"),
    ("en", "zh", "It rose by 12.5 %.", "上涨了12.5%。"),
    ("en", "de", "Ready in 30 seconds, for $3.50.", "Fertig in 30 Sekunden, für 3,50 $."),
    ("en", "de", "12,000 people felt it.", "12.000 Menschen haben es gespürt."),
    ("zh", "en", "三十秒，咖啡入杯。", "Thirty seconds, and it is in your cup."),
    ("zh", "en", "3月5日，1.2万人有震感。", "On March 5, 12,000 people felt it."),
    ("en", "fr", "Slow morning?", "Un matin trop lent ?"),
]
WRONG = [
    ("en", "zh", "Ready in 30 seconds.", "20秒即可享用。", "20"),
    ("en", "zh", "Ready in 30 seconds.", "30分钟即可享用。", "another unit"),
    ("en", "zh", "Ready in 30 seconds.", "马上就好。", "is missing"),
    ("en", "zh", "12,000 people felt it.", "12万人有震感。", "12万"),
    ("en", "zh", "Meet Pikolo Espresso.", "认识一下皮科洛。", "`Pikolo Espresso` must be kept"),
    ("en", "zh", "A warm cup.", "A warm cup.", "not translated"),
    ("en", "zh", "A warm cup.", "Une tasse chaude.", "language"),
    ("en", "zh", "A warm cup.", "一杯Starbucks咖啡。", "Starbucks"),
    ("zh", "en", "一杯热咖啡。", "A cup of 咖啡.", "language"),
    ("en", "zh", "See pikolo.example.com.", "访问我们的网站。", "pikolo.example.com"),
    ("en", "zh", "See more.", "访问evil.com了解更多。", "evil.com"),
    ("en", "de", "A warm cup.", "warm warm warm warm warm", "again and again"),
    ("en", "zh", "A warm cup.", "好好好好好好好好", "again and again"),
    ("en", "de", "Hi.", "Das ist ein sehr langer Text, der mit dem Original nichts zu tun hat und nicht endet.", "far longer"),
    ("en", "zh", "A warm cup.", "  ", "empty"),
    ("en", "zh", "A cheap cup.", "一杯廉价的咖啡。", "廉价"),
    ("en", "zh", "Roasted beans.", "新鲜的豆。", "烘焙"),
]


def terms(source: str, target: str) -> Terms:
    return Terms(source, target, keep=("Pikolo Espresso",), glossary={"roasted": "烘焙"}, forbidden=("廉价",))


@pytest.mark.parametrize(("source", "target", "original", "text"), RIGHT)
def test_a_right_translation_has_no_faults(source: str, target: str, original: str, text: str) -> None:
    assert [fault.text for fault in faults_of(original, text, terms(source, target), is_spoken=True)] == []


@pytest.mark.parametrize(("source", "target", "original", "text", "told"), WRONG)
def test_a_wrong_translation_is_told_why(source: str, target: str, original: str, text: str, told: str) -> None:
    faults = faults_of(original, text, terms(source, target), is_spoken=True)
    assert any(told in fault.text and not fault.is_soft for fault in faults)


def test_an_acronym_may_be_put_into_words_but_it_is_told() -> None:
    (fault,) = faults_of("The USGS says so.", "美国地质调查局这样说。", terms("en", "zh"), is_spoken=True)
    assert fault.is_soft
    assert "USGS" in fault.text


@pytest.mark.parametrize(
    ("text", "wanted"), [("Pikolo Espresso", False), ("$3.50", False), ("pikolo.com", False), ("iPhone 15", False), ("Hi", True)]
)
def test_what_holds_no_words_is_not_translated(text: str, wanted: bool) -> None:
    assert has_words(text, terms("en", "zh")) is wanted
