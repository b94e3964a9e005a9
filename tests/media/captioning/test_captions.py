import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.media.captioning.captions import CaptionStyle, caption_layers, load_style
from aigc_cli.media.captioning.phrasing import SHORTEST_S, ends_sentence, joined, paginate
from aigc_cli.media.captioning.subtitles import SpokenWord, srt, vtt, words_json
from aigc_cli.media.style.palettes import contrast, distance
from aigc_cli.media.timeline import Box, RectOp, Sprite, TextOp
from aigc_cli.shapes import Palette, Word

FPS = 30
ZONE = Box(x=120, y=1305, w=840, h=190)
COLOURS = Palette(ground="#29140F", ink="#FFF8F6", accent="#F2B705", quiet="#B6968E")
STYLES = ("highlight", "karaoke", "pop", "plain")


def timed(text, *, glued=False, word_s=0.3, gap_s=0.25):
    words, at = [], 0.4
    for part in text.split():
        words.append(Word(text=part, start_s=round(at, 3), end_s=round(at + word_s, 3), is_glued=glued and bool(words)))
        at += word_s + (gap_s if part[-1] in ".,!?。，！？" else 0)
    return words


def layers(words, style="highlight", *, ground="#29140F", frames=900, language="en", zone=ZONE):
    found = load_style(Templates.beside(None), style)
    return caption_layers(words, zone, found, colours=COLOURS, ground=ground, frames=frames, fps=FPS, language=language)


def shown(layer):
    assert isinstance(layer.content, Sprite)
    return [op for op in layer.content.drawing if isinstance(op, TextOp)]


english = st.lists(
    st.tuples(st.from_regex(r"[A-Za-z]{1,12}[.,!?]?", fullmatch=True), st.floats(0.05, 0.9), st.sampled_from([0.0, 0.0, 0.1, 0.4, 1.5])),
    min_size=1,
    max_size=40,
)


def build(parts):
    words, at = [], 0.0
    for text, length, gap in parts:
        words.append(Word(text=text, start_s=at, end_s=at + length))
        at += length + gap
    return words


@given(english)
def test_pages_hold_every_word_once_and_never_overlap(parts):
    words = build(parts)
    pages = paginate(words, 24, len)
    assert [index for page in pages for index in page.words] == list(range(len(words)))
    for page in pages:
        assert len(page.words) <= 7
        assert page.end_s > page.start_s
        assert all(len(joined([words[i] for i in line])) <= 24 or len(line) == 1 for line in page.lines)
        assert page.start_s <= words[page.words[0]].start_s
        assert page.end_s >= words[page.words[-1]].end_s - 1e-9
    assert all(before.end_s <= after.start_s for before, after in pairwise(pages))


@given(english)
def test_no_page_crosses_the_end_of_a_sentence(parts):
    words = build(parts)
    for page in paginate(words, 24, len):
        for before, after in pairwise(page.words):
            assert not ends_sentence(words[before].text, words[after].text)


@given(english)
def test_no_page_flashes_by_when_there_is_time(parts):
    words = [word.model_copy(update={"end_s": word.start_s + 0.05}) for word in build(parts)]
    slow = [word.model_copy(update={"start_s": word.start_s + n * 0.5, "end_s": word.end_s + n * 0.5}) for n, word in enumerate(words)]
    assert all(page.end_s - page.start_s >= SHORTEST_S - 1e-6 for page in paginate(slow, 24, len))


@pytest.mark.parametrize(
    ("word", "following", "ends"),
    [
        ("morning.", "Single", True),
        ("wow!”", "He", True),
        ("U.S.", "Geological", False),
        ("Dr.", "Smith", False),
        ("approx.", "six", False),
        ("no", "more", False),
        ("烘焙。", "三十", True),
        ("wait...", "and", False),
        ("end.", None, True),
    ],
)
def test_where_a_sentence_ends(word, following, ends):
    assert ends_sentence(word, following) is ends


def test_a_number_stays_with_its_unit_and_an_article_with_its_noun():
    words = timed("It is ready for you to drink in just 30 seconds with the foam that you love most of all today")
    ends = [joined([words[index] for index in page.words]).split()[-1] for page in paginate(words, 22, len)]
    assert not {"30", "the", "in", "for", "to"} & set(ends)


def test_chinese_is_broken_between_words():
    words = timed("晨光 手冲 咖啡， 慢慢 开始 你的 早晨。 单一 产地 的 咖啡豆， 本周 新鲜 烘焙。", glued=True)
    pages = paginate(words, 9, len, most_chars=16)
    texts = ["".join(words[index].text for index in page.words) for page in pages]
    assert "".join(texts) == "晨光手冲咖啡，慢慢开始你的早晨。单一产地的咖啡豆，本周新鲜烘焙。"
    assert all(len(text) <= 16 for text in texts)


@settings(max_examples=15, deadline=None)
@given(english.filter(lambda parts: all(length >= 0.1 for _, length, _ in parts)), st.sampled_from(STYLES))
def test_a_word_is_lit_in_the_frame_in_which_it_is_heard(parts, style):
    words = build(parts)
    frames = int(words[-1].end_s * FPS) + 40
    found = layers(words, style, frames=frames)
    if style == "plain":
        return
    lit = sorted((layer.start, shown(layer)[0].text) for layer in found if re.fullmatch(r"caption-\d+-\d+", layer.id))
    assert [text for _, text in lit] == [word.text for word in words]
    for (start, _), word in zip(lit, words, strict=True):
        assert abs(start - word.start_s * FPS) <= 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("ground", ["#29140F", "#F0E4D4", "#E78B34", "#F2B705", "#7A3A08"])
def test_captions_stay_in_their_zone_and_can_be_read(style, ground):
    words = timed("Meet Pikolo Espresso, the slow way to start your morning. Single origin beans, roasted this week.")
    for layer in layers(words, style, ground=ground):
        patch = next((op for op in layer.content.drawing if isinstance(op, RectOp)), None)
        for op in shown(layer):
            left = layer.box.x + op.x
            assert ZONE.x - 1 <= left <= ZONE.right
            assert ZONE.y <= layer.box.y + op.y <= ZONE.bottom
            behind = patch.fill if patch else "#000000" if op.edge else ground
            assert contrast(op.colour, behind) >= (4.4 if patch or style == "plain" else 3)
        assert layer.role == "caption"
        assert layer.frames >= 1


def test_the_patch_of_a_chinese_word_leaves_its_neighbours_alone():
    words = timed("本周 新鲜 烘焙 咖啡", glued=True)
    found = layers(words, language="zh")
    places = {op.text: layer.box.x + op.x for layer in found for op in shown(layer) if layer.id == "caption-0"}
    for at, word in enumerate(words[:-1]):
        (lit,) = [layer for layer in found if layer.id == f"caption-0-{at}"]
        patch = next(op for op in lit.content.drawing if isinstance(op, RectOp))
        assert shown(lit)[0].text == word.text
        assert lit.box.x + patch.box.right <= places[words[at + 1].text]


def test_captions_end_with_their_shot():
    words = timed("one two three four five six seven eight nine ten.")
    assert max(layer.start + layer.frames for layer in layers(words, frames=70)) <= 70


def test_a_word_wider_than_the_zone_is_made_smaller():
    word = timed("Donaudampfschifffahrtsgesellschaftskapitän")
    narrow = Box(x=0, y=0, w=500, h=190)
    (line,) = [op for layer in layers(word, "plain", zone=narrow) for op in shown(layer)]
    assert line.size < 62
    assert line.x >= 0


def test_nothing_said_is_no_caption():
    assert layers([]) == ()
    assert layers([Word(text=" ", start_s=0, end_s=1)]) == ()


def test_the_shipped_styles_are_read_and_a_mistake_is_named(tmp_path):
    assert {load_style(Templates.beside(None), name).word for name in STYLES} == {"patch", "fill", "pop", "none"}
    folder = tmp_path / "templates" / "captions"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text("size: 64\nwieght: 800\n")
    (folder / "bad.yaml").write_text("size: [")
    with pytest.raises(WorkflowError, match=r"captions/own.yaml:2:1: `wieght`"):
        load_style(Templates.beside(tmp_path), "own")
    with pytest.raises(WorkflowError, match=r"captions/bad.yaml:1:"):
        load_style(Templates.beside(tmp_path), "bad")
    with pytest.raises(WorkflowError, match=r"no template `captions/none.yaml`"):
        load_style(Templates.beside(tmp_path), "none")
    assert CaptionStyle().size == 66


def spoken(text, scene="one", offset=0.0, **how):
    return [
        SpokenWord(**word.model_dump() | {"start_s": word.start_s + offset, "end_s": word.end_s + offset}, scene=scene)
        for word in timed(text, **how)
    ]


def test_srt_as_text():
    words = [*spoken("Ready in 30 seconds."), *spoken("Find your cup today!", "two", 2.0)]
    assert srt(words) == (
        "1\n00:00:00,400 --> 00:00:01,950\nReady in 30 seconds.\n\n2\n00:00:02,400 --> 00:00:03,950\nFind your cup today!\n"
    )


def test_vtt_escapes_markup_and_srt_cannot_be_broken():
    words = spoken("a<b --> c&d")
    assert "a&lt;b --&gt; c&amp;d" in vtt(words)
    assert vtt(words).startswith("WEBVTT\n\n00:00:00.400 --> ")
    assert srt(words).count("-->") == 1
    assert srt([]) == ""
    assert vtt([]) == "WEBVTT\n"


@given(english, st.integers(1, 4))
def test_subtitles_hold_every_word_once_in_order(parts, scenes):
    words = [SpokenWord(**word.model_dump(), scene=str(n * scenes // len(parts))) for n, word in enumerate(build(parts))]
    lines = [line for line in srt(words).splitlines() if line and "-->" not in line and not line.isdigit()]
    assert " ".join(lines).split() == [word.text for word in words]
    times = [float(h) * 3600 + float(m) * 60 + float(s.replace(",", ".")) for h, m, s in re.findall(r"(\d\d):(\d\d):([\d,]+)", srt(words))]
    assert times == sorted(times)


def test_words_as_json():
    content = json.loads(words_json(spoken("晨光 手冲", glued=True), "zh"))
    assert content == {
        "language": "zh",
        "words": [
            {"text": "晨光", "start_s": 0.4, "end_s": 0.7, "scene": "one"},
            {"text": "手冲", "start_s": 0.7, "end_s": 1.0, "scene": "one"},
        ],
    }


def test_a_chinese_word_timed_by_its_characters_is_not_parted():
    words = timed(" ".join("上周共发生地震八十五次其中四点五级以上的地震共有九次"), glued=True)
    pages = paginate(words, 12.0, len, most_chars=24)
    lines = ["".join(words[index].text for index in line) for page in pages for line in page.lines]
    assert len(lines) > 1
    assert "".join(lines) == "".join(word.text for word in words)
    assert sum(line.count("地震") for line in lines) == 2


def test_emoji_are_drawn_beside_the_word_that_they_follow():
    found = layers(timed("☕ Hot coffee 🔥 now"))
    page = next(layer for layer in found if layer.id == "caption-0")
    drawn = [op.op for op in page.content.drawing]
    assert drawn.count("drawing") == 2
    assert [op.text.strip() for op in shown(page)] == ["Hot", "coffee", "now"]


def test_karaoke_runs_through_a_word_the_way_it_is_read():
    for text, sign in (("Ready now", 1), ("قهوة جديدة", -1)):
        found = layers(timed(text), "karaoke", language="ar" if sign < 0 else "en")
        lit = next(layer for layer in found if layer.id == "caption-0-0")
        shares = [key.value * sign for key in lit.motion.reveal]
        assert shares[0] < 0.4 < shares[1] <= shares[2] == 1


@pytest.mark.parametrize("ground", ["#7A3600", "#F4E9D8", "#1E3FC0", "#0B6B45"])
def test_the_word_being_said_is_told_apart_even_where_the_accent_is_the_ink(ground):
    ink = "#FFFFFF" if ground != "#F4E9D8" else "#1B1714"
    own = Palette(ground=ground, ink=ink, accent=ink, quiet=ink)
    found = caption_layers(
        timed("Ready now"),
        ZONE,
        load_style(Templates.beside(None), "karaoke"),
        colours=own,
        ground=ground,
        frames=90,
        fps=FPS,
        language="en",
    )
    plain, said = (shown(layer)[0].colour for layer in found[:2])
    assert distance(plain, said) >= 0.1
    assert contrast(said, ground) >= 4.5
