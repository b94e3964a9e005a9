"""Files from strangers: read with places, or refused with one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.workflow.reading import MAX_NODES, Unreadable, read


def refusal(data):
    with pytest.raises(Unreadable) as caught:
        read(data if isinstance(data, bytes) else data.encode(), "w.yaml")
    return caught.value.problem


def test_values_are_yaml_1_2():
    text = 'a: NO\nb: 12:30\nc: 017\nd: 0o17\ne: 1.10\nf: ~\ng:\nh: true\ni: "1"\nj: 0x1F\nk: 1e3\nl: .5\nm: yes\n2024: x\nnull: y\n'
    assert read(text.encode(), "f").value == {
        "a": "NO",
        "b": "12:30",
        "c": 17,
        "d": 15,
        "e": 1.1,
        "f": None,
        "g": None,
        "h": True,
        "i": "1",
        "j": 31,
        "k": 1000.0,
        "l": 0.5,
        "m": "yes",
        "2024": "x",
        "null": "y",
    }


def test_every_key_and_value_has_its_place():
    document = read("\ufeff# c\nsteps:\n  a: {x: [1, '二', z]}\n  b: >\n    long\n".encode(), "f")
    assert document.place(("steps", "a", "x", 2)) == (3, 19)
    assert document.place(("steps", "a", "x"), of_key=True) == (3, 7)
    assert document.place(("steps", "a", "x")) == (3, 10)
    assert document.place(("steps", "b")) == (4, 6)
    assert document.place(("steps", "a", "nothing", "there")) == (3, 6)


def test_a_fragment_is_found_in_its_text_only():
    document = read(b'a: "one ${{ x }}"\nb: |\n  first\n  then ${{ y }}\n', "f")
    assert document.locate(("a",), "${{ x") == (1, 9)
    assert document.locate(("b",), "${{ y") == (4, 8)
    assert document.locate(("b",), "${{ x") == (2, 4)


def test_aliases_repeat_values_at_their_own_place():
    document = read(b"x-a: &a {k: [1]}\nb: *a\nc: *a\n", "f")
    assert document.value["b"] == document.value["c"] == {"k": [1]}
    assert document.value["b"] is not document.value["c"]
    assert document.place(("c",)) == (3, 4)


def test_an_emoji_that_json_writes_in_two_halves_is_one():
    value = read(b'{"text": "\\ud83c\\udf89 now", "half": "\\ud83c now"}', "f").value
    assert value == {"text": "\U0001f389 now", "half": "\ud83c now"}


def test_crlf_and_bom_are_read():
    assert read("\ufeffa: 1\r\nb: 2\r\n".encode(), "f").value == {"a": 1, "b": 2}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 7)}]\n" for n in range(8))


@pytest.mark.parametrize(
    ("data", "line", "column", "word"),
    [
        (b"", 1, 1, "empty"),
        (b"# only a comment\n", 1, 1, "empty"),
        (b"\xff\xfea\x00", 1, 1, "not UTF-8"),
        ("a: é\nb: ".encode() + b"\xe9\n", 2, 4, "0xe9 is not UTF-8"),
        (b"a: 1\nb: \x00\n", 2, 4, "control character U+0000"),
        (b"a: 1\nb: x\x1b[31m\n", 2, 5, "control character U+001B"),
        (b"a:\n\tb: 1\n", 2, 1, "tab"),
        (b"a: 1\nb: 2\na: 3\n", 3, 1, "twice"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "more than one document"),
        (b"%YAML 1.1\n---\na: no\n", 2, 1, "YAML 1.1"),
        (b"a: !!python/object:os.system x\n", 1, 4, "tag"),
        (b"a: !x {}\n", 1, 4, "tag"),
        (b"a: &a {x: 1}\nb:\n  <<: *a\n", 3, 3, "merge"),
        (b"a: *nope\n", 1, 4, "no anchor"),
        (b"a: &a [*a]\n", 1, 8, "anchor"),
        (b"? [a]\n: 1\n", 1, 3, "key must be plain text"),
        (b": 1\n", 1, 1, "key is empty"),
        (b"a: .inf\n", 1, 4, "too large"),
        (b"a: 1e999\n", 1, 4, "too large"),
        (b"a: " + b"9" * 5000 + b"\n", 1, 4, "too large"),
        (b"a: b: c\n", 1, 5, "`:` is not expected"),
        (b"a: {b: ${{ inputs.x }}}\n", 1, 9, "must be quoted"),
        (b'a: "x\n', 2, 1, "never closed"),
        (b"a: @x\n", 1, 4, "cannot start with `@`"),
        (b"a: [1, 2\nb: 3\n", 2, 2, "expected ','"),
        (b"a: " + b"[" * 40 + b"]" * 40, 1, 35, "deeper than 32"),
        (b"[" * 1_000_000, 1, 33, "deeper than 32"),
        (b"a: &a 1\n" + b"".join(b"k%d: *a\n" % n for n in range(65)), 66, 6, "64 aliases"),
        (BOMB.encode(), 6, 0, "values"),
        (b"- x\n" * 60_000, MAX_NODES, 3, "values"),
        (b"a: " + b"x" * (1 << 20), 1, 1, "larger than 1 MiB"),
    ],
)
def test_refused_with_a_place_and_soon(data, line, column, word):
    problem = refusal(data)
    assert word in problem.message
    assert problem.line == line
    assert column in (0, problem.column)


@pytest.mark.parametrize(
    "data",
    [
        b"a: '" + b"x " * 500_000 + b"'",
        b"- - - - - - - - - -\n" * 40_000,
        b"# " + b"x" * 1_000_000,
        b"\n" * 1_000_000,
        b"a: |\n" + b"  x\n" * 250_000,
        b"{" * 500_000,
        b"? " * 500_000,
        b"&a " * 300_000,
        b'"' * 1_000_001,
        b"k: v, " * 170_000,
        b"a:" * 500_000,
    ],
)
def test_a_mebibyte_of_anything_ends(data):
    # Quadratic work on a mebibyte would take hours, so that the test ends is the proof.
    try:
        read(data, "f")
    except Unreadable as refused:
        assert refused.problem.message


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="a1:-[]{}&*!|>'\"#%@` \n\t?,<~.", max_size=80).map(str.encode)))
def test_bytes_are_read_or_refused(data):
    try:
        document = read(data, "f")
    except Unreadable as refused:
        assert refused.problem.line >= 1
        assert refused.problem.column >= 1
        return
    assert document.place(()) >= (1, 1)
