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


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("维持不变", "wei2 chi2 bu2 bian4"),
        ("不可能", "bu4 ke3 neng2"),
        ("不会不去", "bu2 hui4 bu2 qu4"),
        ("是不是", "shi4 bu5 shi4"),
        ("不得不说", "bu4 de2 bu4 shuo1"),
        ("一个月", "yi2 ge4 yue4"),
        ("一月", "yi1 yue4"),
        ("十月一日", "shi2 yue4 yi1 ri4"),
        ("一样的一天", "yi2 yang4 de5 yi4 tian1"),
        ("第一天", "di4 yi1 tian1"),
        ("一百一十一个", "yi4 bai3 yi1 shi2 yi1 ge4"),
        ("一万一千", "yi2 wan4 yi4 qian1"),
        ("一九九一年", "yi1 jiu3 jiu3 yi1 nian2"),
        ("一点五倍", "yi1 dian3 wu3 bei4"),
        ("一点半", "yi4 dian3 ban4"),
        ("周一上午", "zhou1 yi1 shang4 wu3"),
        ("唯一的办法", "wei2 yi1 de5 ban4 fa3"),
        ("百分之一", "bai3 fen1 zhi1 yi1"),
        ("同一个", "tong2 yi2 ge4"),
        ("看一看", "kan4 yi5 kan4"),
        ("一流", "yi1 liu2"),
        ("一", "yi1"),
    ],
)
def test_the_tone_of_one_and_not_follows_the_next_syllable(text: str, sound: str) -> None:
    assert " ".join(syllable for each in pinyin(segment(text)) for syllable in each) == sound


def test_no_tone_changes_across_a_comma() -> None:
    assert pinyin(["唯", "一", "", "对"]) == [["wei2"], ["yi1"], [], ["dui4"]]
    assert pinyin(["不", "", "对"]) == [["bu4"], [], ["dui4"]]


def test_one_syllable_for_each_character() -> None:
    assert [len(each) for each in pinyin(["今天", "北京", "有", "小雨"])] == [2, 2, 1, 2]
    assert pinyin([]) == []
