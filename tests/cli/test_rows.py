"""A clip for each row: the files, what is told, what is spent, and what happens when a row is wrong or fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Aigc

CSV = "product,points,price,language\nAero Kettle,Boils fast|Keeps warm,$49,\n晨光咖啡,单一产地,¥28,zh\n"


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_each_row_of_a_table_becomes_a_clip(aigc: Aigc, tmp_path: Path) -> None:
    answer = aigc("run", "product-clip", "--rows", write(tmp_path / "p.csv", CSV), "--json")
    assert answer.code == 0, answer.err
    told = answer.json
    assert (told["status"], told["workflow"], told["not_begun"], told["error"]) == ("ok", "product-clip", 0, None)
    assert [row["name"] for row in told["rows"]] == ["1-aero-kettle", "2-晨光咖啡"]
    first, second = (json.loads((tmp_path / "out" / row["name"] / "product-clip-script.json").read_text()) for row in told["rows"])
    assert (first["language"], second["language"]) == ("en", "zh")
    assert all(point in json.dumps(first) for point in ("Boils fast", "Keeps warm"))
    assert "[2/2] 2-晨光咖啡" in answer.err and "2 rows: 2 made, 0 failed" in answer.err


@pytest.mark.parametrize(
    "name, text",
    [
        ("p.json", '[{"id": "k", "product": "Kettle", "points": ["Boils fast", "Keeps warm"]}]'),
        ("p.jsonl", '{"id": "k", "product": "Kettle", "points": ["Boils fast", "Keeps warm"]}\n\n'),
        ("p.yaml", "- id: k\n  product: Kettle\n  points: [Boils fast, Keeps warm]\n"),
        ("p.tsv", "id\tproduct\tpoints\nk\tKettle\tBoils fast|Keeps warm\n"),
    ],
)
def test_rows_are_the_same_in_every_form(aigc: Aigc, tmp_path: Path, name: str, text: str) -> None:
    answer = aigc("run", "product-clip", "--rows", write(tmp_path / name, text))
    assert answer.code == 0, answer.err
    alone = aigc(
        "run", "product-clip", "--set", "product=Kettle", "--set", "points=Boils fast", "--set", "points=Keeps warm", "--out", "one"
    )
    assert (tmp_path / "out/k/product-clip-script.json").read_bytes() == (tmp_path / "one/product-clip-script.json").read_bytes(), alone.err


def test_set_holds_for_every_row(aigc: Aigc, tmp_path: Path) -> None:
    told = aigc("run", "product-clip", "--rows", write(tmp_path / "p.csv", CSV), "--set", "language=zh", "--json").json
    assert [row["outputs"]["script"]["language"] for row in told["rows"]] == ["zh", "zh"]


def test_a_file_is_looked_for_beside_the_rows_and_not_elsewhere(aigc: Aigc, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    source = Path(__file__).parents[2] / "examples" / "pikolo" / "coffee.png"
    (tmp_path / "deep" / "c.png").write_bytes(source.read_bytes())
    rows = write(tmp_path / "deep" / "p.csv", "product,points,photo\nCup,Warm,c.png\n")
    assert aigc("run", "product-clip", "--rows", rows).code == 0
    rows = write(tmp_path / "deep" / "q.csv", "product,points,photo\nCup,Warm,../secret.png\n")
    refused = aigc("run", "product-clip", "--rows", rows)
    assert refused.code == 2 and "leads out of" in refused.err


@pytest.mark.parametrize(
    "text, words",
    [
        ("product,pints\nA,x\nB,y\n", ["2 rows of", "line 2: `product-clip` has no input `pints`", "did you mean `points`", "line 3"]),
        ("product,points,length_s\nA,x,long\n", ["line 2: `length_s` must be a number"]),
        ("points\nx\n", ["line 2", "product"]),
        ("id,product,points\na,A,x\nA,B,y\n", ["line 3 has the same `id` as", "line 2"]),
        ("product,points\n", ["no rows"]),
        ("", ["empty"]),
    ],
)
def test_all_rows_are_checked_before_the_first_runs(aigc: Aigc, tmp_path: Path, text: str, words: list[str]) -> None:
    answer = aigc("run", "product-clip", "--rows", write(tmp_path / "p.csv", text))
    assert answer.code == 2 and not (tmp_path / "out").exists()
    assert all(word in answer.err for word in words), answer.err


@pytest.mark.parametrize(
    "text, words", [("{}", "is not a list"), ("[1]", "row 1 is not a mapping"), ("[]", "holds no rows"), ("- [", "p.yaml:")]
)
def test_other_forms_are_checked_too(aigc: Aigc, tmp_path: Path, text: str, words: str) -> None:
    answer = aigc("run", "product-clip", "--rows", write(tmp_path / "p.yaml", text))
    assert answer.code == 2 and words in answer.err


def test_a_file_that_is_not_there(aigc: Aigc) -> None:
    answer = aigc("run", "product-clip", "--rows", "none.csv", "--json")
    assert answer.code == 2 and "cannot read the rows" in answer.err
    assert answer.json["workflow"] == "product-clip"


COUNT = """
aigc: 1
name: count
inputs:
  table: {type: file}
steps:
  data: {uses: data.load, provider: files, with: {source: "${{ inputs.table }}"}}
outputs:
  count: ${{ steps.data.records | length }}
"""


def tricky(tmp_path: Path) -> tuple[str, str]:
    """A workflow and three rows, of which the second fails only when it runs: its table has no data."""
    for name, text in (("a", "x\n1\n"), ("b", "x\n"), ("c", "x\n3\n")):
        write(tmp_path / f"{name}.csv", text)
    rows = write(tmp_path / "p.yaml", "".join(f"- {{id: {name}, table: {name}.csv}}\n" for name in "abc"))
    return write(tmp_path / "count.yaml", COUNT), rows


def test_a_row_that_fails_does_not_stop_the_others(aigc: Aigc, tmp_path: Path) -> None:
    workflow, rows = tricky(tmp_path)
    answer = aigc("run", workflow, "--rows", rows, "--json")
    assert [row["status"] for row in answer.json["rows"]] == ["ok", "failed", "ok"], answer.err
    assert answer.code == answer.json["error"]["code"] != 0
    assert answer.json["status"] == "failed" and "3 rows: 2 made, 1 failed" in answer.err


def test_fail_fast_stops_at_the_first(aigc: Aigc, tmp_path: Path) -> None:
    workflow, rows = tricky(tmp_path)
    answer = aigc("run", workflow, "--rows", rows, "--fail-fast", "--json")
    assert [row["status"] for row in answer.json["rows"]] == ["ok", "failed"]
    assert answer.json["not_begun"] == 1 and answer.code != 0


def test_fail_fast_alone_is_refused(aigc: Aigc) -> None:
    assert aigc("run", "product-clip", "--fail-fast").code == 2
