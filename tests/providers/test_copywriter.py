from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.assets import Templates
from aigc_cli.errors import WorkflowError
from aigc_cli.providers.copywriter import Copywriter
from aigc_cli.steps.text import Write
from aigc_cli.storyboard import ImageVisual, Storyboard
from aigc_cli.writing import copytext, pacing
from aigc_cli.writing.facts import Facts
from tests.desk import Desk

ENGLISH = {"product": "Pikolo Espresso", "points": ["Single origin", "Roasted this week", "Ready in 30 seconds"], "price": "$3.50"}
CHINESE = {"product": "皮可洛浓缩咖啡", "points": ["单一产地", "本周新鲜烘焙", "30 秒即可享用"], "price": "¥28"}
MORE = {"tagline": "Small cup, big morning!", "cta": "Find your cup", "url": "https://www.example.com/shop"}


def write(tmp_path: Path, facts: dict[str, Any], seed: int = 0, templates: Templates | None = None, **options: Any) -> Storyboard:
    desk = Desk(tmp_path, seed=seed)
    if templates is not None:
        desk.templates = templates
    return Copywriter().write(Write(facts=facts, **options), desk)


def words(board: Storyboard) -> str:
    return " ".join([*(scene.say for scene in board.scenes), *(str(value) for scene in board.scenes for value in scene.show.values())])


@pytest.mark.parametrize(("language", "facts"), [("en", ENGLISH), ("zh", CHINESE), ("zh-CN", CHINESE), ("en", ENGLISH | MORE)])
def test_a_clip_says_and_shows_every_fact(tmp_path: Path, language: str, facts: dict[str, Any]) -> None:
    board = write(tmp_path, facts, language=language, length_s=25)
    said, shown = " ".join(scene.say for scene in board.scenes), words(board)
    for point in facts["points"]:
        assert point.lower() in said.lower()
    assert facts["product"] in shown
    assert facts["price"] in said
    assert next(scene for scene in board.scenes if scene.layout == "offer").show["price"] == facts["price"]
    assert board.notes == ()
    assert all(scene.show.get("headline") for scene in board.scenes)
    assert all("{" not in text and "None" not in text for text in [words(board)])
    assert all(
        "".join(sentence.text for sentence in scene.sentences).replace(" ", "") == scene.say.replace(" ", "") for scene in board.scenes
    )


@given(
    seed=st.integers(0, 10_000),
    points=st.lists(st.sampled_from(["Single origin", "Roasted this week", "Keeps cool for a day", "We ship free", "2 year warranty",
                                            "Organic", "Free refills"]),
                    min_size=1, max_size=6, unique=True),
    extras=st.sets(st.sampled_from(sorted(MORE))),
    length_s=st.one_of(st.none(), st.floats(8, 90)),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_facts_give_a_clean_clip(
    tmp_path_factory: pytest.TempPathFactory, seed: int, points: list[str], extras: set[str], length_s: float | None
) -> None:
    facts = {"product": "Aero Kettle", "points": points, **{key: MORE[key] for key in sorted(extras)}}
    board = write(tmp_path_factory.getbasetemp(), facts, seed, length_s=length_s)
    says = [scene.say for scene in board.scenes]
    assert len(set(says)) == len(says)
    assert len({scene.id for scene in board.scenes}) == len(board.scenes)
    for text in says:
        assert re.search(r"[.!?]$", text), text
        assert not re.search(r"\.\.|[!?]\.|  |\{|\}| [.,:;!?]", text), text
        assert text[0].isupper() or text[0].isdigit()
    if length_s is not None:
        assert pacing.clip_s(board.scenes, "en") == pytest.approx(length_s, rel=0.15)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("length_s", [8, 12, 15, 20, 30, 60, 120, 180])
def test_the_length_is_kept(tmp_path: Path, language: str, length_s: int) -> None:
    facts = ENGLISH | MORE if language == "en" else CHINESE
    for seed in range(5):
        board = write(tmp_path, facts, seed, language=language, length_s=length_s)
        assert pacing.clip_s(board.scenes, language) == pytest.approx(length_s, rel=0.15)
    if length_s >= 60:
        assert any("hold longer" in note for note in board.notes)
    if length_s == 8:
        assert any("left out" in note for note in board.notes)


def test_seeds_differ_and_repeat_themselves(tmp_path: Path) -> None:
    boards = [write(tmp_path, ENGLISH, seed, length_s=20) for seed in range(12)]
    assert len({words(board) for board in boards}) >= 10
    assert write(tmp_path, ENGLISH, 3, length_s=20) == boards[3]


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("Ready in 30 seconds", "ready in 30 seconds"),
        ("Italian leather", "Italian leather"),
        ("USB-C charging", "USB-C charging"),
        ("We ship free", "we ship free"),
    ],
)
def test_a_capital_that_only_marks_the_beginning_becomes_small(tmp_path: Path, point: str, said: str) -> None:
    says = " ".join(write(tmp_path, {"product": "Kettle", "points": ["First thing", point]}, seed).scenes[2].say for seed in range(12))
    assert said in says


def test_a_point_goes_on_in_its_own_grammar(tmp_path: Path) -> None:
    facts = {"product": "Luma Lamp", "points": ["Roasted this week", "Keeps your desk tidy", "Ready in 30 seconds"]}
    for seed in range(40):
        says = [scene.say for scene in write(tmp_path, facts, seed, length_s=20).scenes if scene.id.startswith("point")]
        assert re.search(r"it's roasted this week|^Roasted", says[0], re.IGNORECASE), says
        assert re.search(r"\bit (also )?keeps|^Keeps", says[1], re.IGNORECASE), says
        assert re.search(r"it's ready|^Ready", says[2], re.IGNORECASE), says


def test_a_line_without_words_of_its_own_may_be_said_again(tmp_path: Path) -> None:
    facts = {"product": "Luma", "points": ["Oak frame", "Wool cover", "Brass feet"]}
    boards = [[scene.say for scene in write(tmp_path, facts, seed).scenes] for seed in range(60)]
    assert any(says[1:4] == ["Oak frame.", "Wool cover.", "Brass feet."] for says in boards)
    assert all(len(set(says)) == len(says) for says in boards)


def test_plural_products_are_never_called_it(tmp_path: Path) -> None:
    facts = {"product": "Aero Buds", "points": ["Ready in 30 seconds", "Keeps time for days", "Made in Italy"], "price": "$3.50"}
    for seed in range(40):
        says = " ".join(scene.say for scene in write(tmp_path, facts, seed).scenes)
        assert not re.search(r"\bit's|\bit (also |keeps)", says, re.IGNORECASE)


def test_photos_go_to_the_scenes_that_need_them(tmp_path: Path) -> None:
    without = write(tmp_path, ENGLISH)
    assert all(not isinstance(scene.visual, ImageVisual) or scene.visual.photo is None for scene in without.scenes)
    assert without.scenes[0].layout == "title"
    one = {scene.id: scene.visual for scene in write(tmp_path, ENGLISH | MORE, photos=1).scenes}
    assert [one[name].photo for name in ("hook", "offer")] == [0, 0]  # type: ignore[union-attr]
    assert one["point-1"].photo is None and one["point-1"].style == "drawing"  # type: ignore[union-attr]
    three = {scene.id: scene.visual for scene in write(tmp_path, ENGLISH | MORE, photos=3).scenes}
    assert [three[f"point-{n}"].photo for n in (1, 2, 3)] == [1, 2, None]  # type: ignore[union-attr]


def test_must_include_and_forbidden(tmp_path: Path) -> None:
    board = write(tmp_path, ENGLISH, must_include=("free delivery", "espresso"))
    assert "Free delivery." in board.scenes[-1].say
    assert any("free delivery" in note for note in board.notes)
    for seed in range(20):
        assert not re.search(r"\bmeet\b", words(write(tmp_path, ENGLISH, seed, forbidden=("meet", "Say hello"))), re.IGNORECASE)
    with pytest.raises(WorkflowError, match="forbidden word `origin`"):
        write(tmp_path, ENGLISH, forbidden=("origin",))
    with pytest.raises(WorkflowError, match="forbidden"):
        write(tmp_path, ENGLISH, must_include=("tea",), forbidden=("tea",))


@pytest.mark.parametrize("price", ["from $3.50", "30% off", "Free", "¥28 起", "$3.50 per cup", "€ 12/month"])
def test_any_kind_of_price_makes_a_sentence(tmp_path: Path, price: str) -> None:
    for seed in range(10):
        offer = next(scene for scene in write(tmp_path, ENGLISH | {"price": price}, seed).scenes if scene.layout == "offer")
        assert "for from" not in offer.say and "for 30% off" not in offer.say and "for free" not in offer.say.lower()
        assert offer.show["price"] == price


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"points": ["a"]}, "no `product`"),
        ({"product": "  "}, "no `product`"),
        ({"product": "K", "url": "javascript:alert(1)"}, "not a web address"),
        ({"product": "K", "points": [{"a": 1}]}, "not a text"),
        ({"product": "K" * 301}, "301 characters"),
        ({"product": "K", "points": [str(n) for n in range(13)]}, "13 items"),
    ],
)
def test_bad_facts(tmp_path: Path, facts: dict[str, Any], says: str) -> None:
    with pytest.raises(WorkflowError, match=says) as caught:
        write(tmp_path, facts)
    assert caught.value.hint


def test_facts_are_never_templates(tmp_path: Path) -> None:
    board = write(tmp_path, {"product": "{price} {tagline}", "points": ["{product}", "a\nb\x1b[31m"], "price": "$1"})
    assert "{price} {tagline}" in words(board)
    assert "\x1b" not in words(board)
    assert re.search(r"\ba b\.", words(board), re.IGNORECASE)
    assert "[31m" not in words(board)


def test_long_points_go_on_in_the_body(tmp_path: Path) -> None:
    board = write(tmp_path, {"product": "K", "points": ["Ready in thirty seconds, even on the busiest of mornings"]})
    feature = next(scene for scene in board.scenes if scene.layout == "feature")
    assert (feature.show["headline"], feature.show["body"]) == ("Ready in thirty seconds", "Even on the busiest of mornings")


def test_own_templates_win_and_their_mistakes_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "copy"
    folder.mkdir(parents=True)
    path = folder / "sale.en.yaml"
    path.write_text(
        'copy: 1\nscenes:\n- role: only\n  layout: title\n  show: {headline: "{product}"}\n  variants: [{say: "{product} until {date}."}]\n'
    )
    own = Templates.beside(tmp_path)
    board = write(tmp_path, {"product": "Kettle", "date": "Friday"}, template="sale", templates=own)
    assert [scene.say for scene in board.scenes] == ["Kettle until Friday."]
    assert Copywriter().materials(Write(facts={}, template="sale"), own)["copy/sale.en.yaml"] == own.digest("copy", "sale.en.yaml")
    with pytest.raises(WorkflowError, match="no scene"):
        write(tmp_path, {"product": "Kettle"}, template="sale", templates=own)
    path.write_text("copy: 1\nscenes:\n- role: only\n  layot: title\n")
    with pytest.raises(WorkflowError, match=r"scenes\.0\.") as caught:
        write(tmp_path, {"product": "Kettle"}, template="sale", templates=own)
    assert "sale.en.yaml" in caught.value.message
    path.write_text("copy: [1\n")
    with pytest.raises(WorkflowError, match="not YAML"):
        write(tmp_path, {"product": "Kettle"}, template="sale", templates=own)
    with pytest.raises(WorkflowError, match="no template"):
        write(tmp_path, {"product": "Kettle"}, language="sv")


@pytest.mark.parametrize(
    ("language", "listed"),
    [("es", "A, B y C"), ("fr", "A, B et C"), ("it", "A, B e C"), ("pt", "A, B e C")],
)
def test_a_clip_is_written_in_a_romance_language(tmp_path: Path, language: str, listed: str) -> None:
    facts = {"product": "Pikolo", "points": ["A", "B", "C"], "price": "39,90 €", "cta": "Pikolo.com"}
    boards = [write(tmp_path, facts, seed, language=language, length_s=20) for seed in range(6)]
    spoken = [scene.say for board in boards for scene in board.scenes]
    assert len({words(board) for board in boards}) >= 4
    assert not any(re.search(r"\{|\}|\.\.|  ", say) for say in spoken)
    assert any("39,90 €" in say for say in spoken)
    assert not any(re.search(r"\b(the|and|this|is)\b", say, re.IGNORECASE) for say in spoken)
    assert Facts(facts, language).of_clip()["list"] == listed


@pytest.mark.parametrize("language", ["es", "fr", "it", "pt"])
def test_templates_of_romance_languages_have_a_line_for_every_point(language: str) -> None:
    name = f"product-clip.{language}.yaml"
    template = copytext.load(Templates.beside(None).find("copy", name), name)
    roles = {
        part.role for part in copytext.load(Templates.beside(None).find("copy", "product-clip.en.yaml"), "product-clip.en.yaml").scenes
    }
    assert {part.role for part in template.scenes} == roles
    for part in template.scenes:
        says = [(variant.at, variant.say) for variant in part.variants]
        assert len(set(says)) == len(says)
        for place in {variant.at for variant in part.variants}:
            assert sum(1 for variant in part.variants if variant.at == place) >= 4, (part.role, place)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_shipped_templates_have_choice_enough(language: str) -> None:
    name = f"product-clip.{language}.yaml"
    template = copytext.load(Templates.beside(None).find("copy", name), name)
    for part in template.scenes:
        says = [(variant.at, variant.say) for variant in part.variants]
        assert len(set(says)) == len(says)
        places = {variant.at for variant in part.variants}
        for place in places:
            assert sum(1 for variant in part.variants if variant.at == place) >= 8, (part.role, place)
