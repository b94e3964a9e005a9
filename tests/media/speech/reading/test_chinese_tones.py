from __future__ import annotations

import pytest

from aigc_cli.media.speech.reading.chinese_tones import pinyin
from aigc_cli.media.speech.reading.segment import segment


@pytest.mark.parametrize(
    ("text", "char", "sound"),
    [
        ("仔细地检查", "地", "de5"),
        ("慢慢地", "地", "de5"),
        ("这里的地铁", "地", "di4"),
        ("地震发生", "地", "di4"),
        ("卖得很好", "得", "de5"),
        ("跑得快", "得", "de5"),
        ("获得冠军", "得", "de2"),
        ("得到控制", "得", "de2"),
        ("涨幅为百分之三", "为", "wei2"),
        ("约为两倍", "为", "wei2"),
        ("为了您", "为", "wei4"),
        ("为一个孩子", "为", "wei4"),
        ("长三米", "长", "chang2"),
        ("长期增长", "长", "chang2"),
        ("校长说", "长", "zhang3"),
        ("等着开门", "着", "zhe5"),
        ("还有五天", "还", "hai2"),
        ("银行今天开门", "行", "hang2"),
        ("重新开放", "重", "chong2"),
    ],
)
def test_the_reading_of_a_character_in_its_words(text: str, char: str, sound: str) -> None:
    words = segment(text)
    syllables = [syllable for each in pinyin(words) for syllable in each]
    assert len(syllables) == len(text)
    assert syllables[text.index(char)] == sound


def test_one_syllable_for_each_character() -> None:
    assert [len(each) for each in pinyin(["今天", "北京", "有", "小雨"])] == [2, 2, 1, 2]
    assert pinyin([]) == []
