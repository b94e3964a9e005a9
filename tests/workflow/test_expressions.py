"""Expressions: what they give, what they refuse, and that nothing else ever happens."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigc_cli.artifacts import Artifact
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.expressions import ROOTS, evaluate, mistakes, references
from aigc_cli.workflow.filters import FILTERS

FILE = Artifact(digest="a" * 64, media_type="image/png", size=3, name="x.png")
NAMES = {
    "inputs": {
        "product": "Kettle",
        "n": 3,
        "price": 1234.5,
        "none": None,
        "points": ["a", "b"],
        "photo": FILE,
        "on": True,
        "text": "${{ inputs.n }}",
    },
    "steps": {
        "voice": [{"duration_s": 1.5, "audio": FILE}, None, {"duration_s": 2, "audio": FILE}],
        "script": {"scenes": [{"say": "hi"}], "a-b": 1},
    },
    "item": {"photo": 1, "say": ""},
    "index": 0,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${{ inputs.n }}", 3),
        ("  ${{ inputs.points }}\n", ["a", "b"]),
        ("${{ inputs.photo }}", FILE),
        ("n=${{ inputs.n }}, ${{ inputs.on }}, [${{ inputs.none }}]", "n=3, true, []"),
        ("${{ inputs.n }}${{ inputs.n }}", "33"),
        ("$${{ inputs.n }}", "${{ inputs.n }}"),
        ("a $${{ b ${{ inputs.n }}", "a ${{ b 3"),
        ("{{ inputs.n }} {% x %}", "{{ inputs.n }} {% x %}"),
        ("${{ inputs.text }}", "${{ inputs.n }}"),
        ("x ${{ inputs.text }}", "x ${{ inputs.n }}"),
        ("${{ '}}' }}", "}}"),
        ("${{ None }}", None),
        ("${{ 1 }}{% for x in y %}${{ 2 }}", "1{% for x in y %}2"),
        ("${{ steps.script['a-b'] }}", 1),
        ("${{ steps.voice[0].duration_s }}", 1.5),
        ("${{ steps.voice[-1].duration_s }}", 2),
        ("${{ inputs.points[item.photo] }}", "b"),
        ("${{ inputs.points[item.photo] if item.photo != none else none }}", "b"),
        ("${{ inputs.n + 1 - 2 }}", 2),
        ("${{ -inputs.n }}", -3),
        ("${{ inputs.points + ['c'] }}", ["a", "b", "c"]),
        ("${{ inputs.product ~ '-' ~ inputs.n }}", "Kettle-3"),
        ("${{ 'yes' if inputs.n > 2 and not inputs.none else 'no' }}", "yes"),
        ("${{ inputs.none or 'x' }}", "x"),
        ("${{ 1 < inputs.n <= 3 }}", True),
        ("${{ true == 1 }}", False),
        ("${{ 1 == 1.0 }}", True),
        ("${{ '1' == 1 }}", False),
        ("${{ 'a' in inputs.points }}", True),
        ("${{ 'ett' in inputs.product }}", True),
        ("${{ 'n' not in inputs }}", False),
        ("${{ inputs.nothing | default('x') }}", "x"),
        ("${{ inputs.none | default('x') }}", "x"),
        ("${{ inputs.none.deeper | default('x') }}", "x"),
        ("${{ item.say | default('x', true) }}", "x"),
        ("${{ item.say | default('x') }}", ""),
        ("${{ steps.voice | total('duration_s') }}", 3.5),
        ("${{ [0.1, 0.2, 0.3] | total }}", 0.6),
        ("${{ steps.voice | pluck('audio') }}", [FILE, None, FILE]),
        ("${{ steps.voice | pluck('audio') | fill([1, 2, 3]) }}", [FILE, 2, FILE]),
        ("${{ steps.voice | pluck('audio') | fill(inputs.none) }}", [FILE, None, FILE]),
        ("${{ inputs.none | fill([1]) }}", [1]),
        ("${{ inputs.none | fill(inputs.none) }}", []),
        ("${{ inputs.points | join(', ') }}", "a, b"),
        ("${{ inputs.points | length }}", 2),
        ("${{ inputs.none | length }}", 0),
        ("${{ inputs.points | first ~ (inputs.points | last) }}", "ab"),
        ("${{ [3, 1, 2] | sort }}", [1, 2, 3]),
        ("${{ steps.voice | sort('duration_s', reverse=true) | first }}", {"duration_s": 2, "audio": FILE}),
        ("${{ [1, 1, true, '1'] | unique }}", [1, True, "1"]),
        ("${{ 'Crème Brûlée! 9' | slug }}", "creme-brulee-9"),
        ("${{ '咖啡 杯' | slug }}", "咖啡-杯"),
        ('${{ "it\'s a test" | title }}', "It's A Test"),
        ("${{ 'one two three' | truncate(9) }}", "one two…"),
        ("${{ 'abc' | truncate(3) }}", "abc"),
        ("${{ inputs.price | currency }}", "$1,234.50"),
        ("${{ inputs.price | currency('EUR', 0) }}", "€1,235"),
        ("${{ 1234.5 | currency('JPY') }}", "¥1,235"),
        ("${{ -0.001 | currency }}", "$0.00"),
        ("${{ 12 | currency('CHF') }}", "CHF 12.00"),
        ("${{ 0.125 | percent }}", "13%"),
        ("${{ 0.1255 | percent(1) }}", "12.6%"),
        ("${{ '1,234.5' | number }}", 1234.5),
        ("${{ 1234567.891 | number(1) }}", "1,234,567.9"),
        ("${{ '2026-03-05' | date }}", "5 March 2026"),
        ("${{ '2026-03-05T09:07:00Z' | date('%a %d %b %H:%M') }}", "Thu 05 Mar 09:07"),
        ("${{ 'a\\n\\n b ' | lines }}", ["a", "b"]),
        ("${{ inputs.points | json }}", '["a","b"]'),
        ({"a": ["${{ index }}", 1, None], "b": FILE}, {"a": [0, 1, None], "b": FILE}),
    ],
)
def test_gives(text, value):
    assert evaluate(text, NAMES) == value
    assert type(evaluate(text, NAMES)) is type(value)


@pytest.mark.parametrize(
    ("text", "word", "hint"),
    [
        ('${{ "a" * 10**9 }}', "`*` is not allowed", ""),
        ("${{ 2 ** 2 }}", "`**` is not allowed", ""),
        ("${{ inputs.product.upper() }}", "calls are not allowed", "filter"),
        ("${{ range(9) }}", "calls", ""),
        ("${{ inputs.product.__class__ }}", "has no `__class__`", ""),
        ("${{ inputs.__class__ }}", "no `__class__`", ""),
        ("${{ inputs.photo.digest }}", "a file has no `digest`", ""),
        ("${{ ''.__class__ }}", "has no", ""),
        ("${{ inputs.product % 2 }}", "`%`", ""),
        ("${{ {'a': 1} }}", "`{...}`", "YAML"),
        ("${{ inputs['product'][0:1] }}", "slices", ""),
        ("${{ inputs.n is defined }}", "`is`", ""),
        ("${{ self }}", "`self` is not known", ""),
        ("${{ input.product }}", "`input` is not known", "`inputs`"),
        ("${{ product }}", "`product` is not known", "names start with"),
        ("${{ inputs.n | uper }}", "no filter `uper`", "`upper`"),
        ("${{ inputs.n | attr('x') }}", "no filter `attr`", ""),
        ("${{ inputs.points | join(1, 2, 3) }}", "does not take these", "join"),
        ("${{ inputs.points | map(attribute='x') }}", "no filter", ""),
        ("${{ inputs.prodct }}", "no `prodct`", "`product`"),
        ("${{ inputs.points.x }}", "a list has no `x`", "pluck"),
        ("${{ inputs.none.x }}", "null", "default"),
        ("${{ inputs.points[7] }}", "no item 7", ""),
        ("${{ inputs.points['0'] }}", "a list has no", ""),
        ("${{ inputs.points[true] }}", "looks up", ""),
        ("${{ inputs.n + 'x' }}", "cannot work out a number + text", "`~`"),
        ("${{ inputs.n < 'x' }}", "cannot compare", "number"),
        ("${{ 1 in 2 }}", "cannot look", ""),
        ("a ${{ inputs.points }}", "a list cannot stand inside a text", "join"),
        ("a ${{ inputs.photo }}", "a file cannot stand inside a text", ""),
        ("${{ inputs.photo | json }}", "a file", ""),
        ("${{ ", "never closed", "}}"),
        ("${{ 'x }}", "never closed", ""),
        ("${{ }}", "empty", ""),
        ("${{ inputs. }}", "not an expression", ""),
        ("${{ inputs.a inputs.b }}", "not expected", ""),
        ("${{ " + "(" * 300 + "1" + ")" * 300 + " }}", "", ""),
        ("${{ " + "not " * 500 + "1 }}", "", ""),
        ("${{ " + "-" * 2000 + "1 }}", "", ""),
        ("${{ " + "inputs.n + " * 150 + "1 }}", "too complex", ""),
        ("${{ inputs.n" + " | default(1)" * 30 + " }}", "too complex", ""),
        ("${{ '" + "x" * 3000 + "' }}", "longer than 2048", ""),
        ("${{ '2026-13-01' | date }}", "not a date", "YYYY"),
        ("${{ 'x' | date('%Q') }}", "not a date", ""),
        ("${{ '2026-01-01' | date('%Q') }}", "`%Q`", ""),
        ("${{ 'x' | number }}", "not a number", ""),
        ("${{ inputs.none | currency }}", "needs a number, not null", "default"),
        ("${{ inputs.none | join }}", "needs a list, not null", "default"),
        ("${{ [1, 'a'] | sort }}", "numbers only", ""),
        ("${{ steps.voice | pluck('x') }}", "no `x` in an item", "there is"),
        ("${{ inputs.points | fill([1]) }}", "2 items to fill from 1", "equally long"),
        ("${{ env.HOME }}", "no `env` here", ""),
    ],
)
def test_refuses(text, word, hint):
    with pytest.raises(WorkflowError) as caught:
        evaluate(text, NAMES)
    assert word in caught.value.message
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message


def test_sizes_are_limited():
    big = {"inputs": {"t": "x" * 600_000, "l": [1] * 6000, "many": [1] * 20_000}}
    for text in (
        "${{ inputs.t ~ inputs.t }}",
        "${{ inputs.t }}${{ inputs.t }}",
        "${{ inputs.l + inputs.l }}",
        "${{ inputs.many | unique }}",
    ):
        with pytest.raises(WorkflowError, match=r"longer than|more than"):
            evaluate(text, big)


def test_a_file_of_equal_bytes_is_equal_whatever_its_name():
    other = FILE.model_copy(update={"name": "y.png"})
    assert evaluate("${{ inputs.a == inputs.b }}", {"inputs": {"a": FILE, "b": other}}) is True


def test_references_are_the_longest_chains_with_their_places():
    value = {
        "a": "${{ steps.x.y[0].z ~ inputs.b }}",
        "c": ["${{ inputs.photo[item.visual.photo] }}", "$${{ steps.no }}"],
        "d": "${{ broken (",
    }
    found = [(each.root, each.keys, each.path) for each in references(value)]
    assert found == [
        ("steps", ("x", "y", 0, "z"), ("a",)),
        ("inputs", ("b",), ("a",)),
        ("item", ("visual", "photo"), ("c", 0)),
        ("inputs", ("photo",), ("c", 0)),
    ]
    assert [path for path, _, _ in mistakes(value)] == [("d",)]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "say"]), inner, max_size=3),
    max_leaves=6,
)
atoms = st.sampled_from(["inputs.a", "inputs.b.a", "inputs.a[0]", "item", "index", "1", "'x'", "none", "true", "[1, 'b']", "2.5", "env.X"])
operators = st.sampled_from([" + ", " - ", " ~ ", " == ", " < ", " in ", " and ", " or ", " * ", " if true else ", "."])
calls = st.sampled_from(
    [f" | {name}" for name in FILTERS] + [f" | {name}('a')" for name in FILTERS] + [f" | {name}(2, 'b')" for name in FILTERS]
)
sources = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, operators, inner).map("".join),
        st.tuples(inner, calls).map("".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"not {text}"),
    ),
    max_leaves=5,
)


@settings(max_examples=500, deadline=None)
@given(source=sources, a=plain, b=plain, item=plain)
def test_any_expression_over_any_data_gives_data_or_one_error(source, a, b, item):
    try:
        found = evaluate(f"${{{{ {source} }}}}", {"inputs": {"a": a, "b": b}, "item": item, "index": 1})
    except WorkflowError as error:
        assert error.message
        return
    assert isinstance(found, str | int | float | list | dict | None)
    assert not (isinstance(found, float) and math.isnan(found))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="${}'\"\\ |.()[]abinputs0,~+-*%#\n", max_size=60))
def test_any_text_is_a_text_or_refused(text):
    try:
        evaluate("${{" + text, {"inputs": {"a": 1}})
        evaluate(text, {"inputs": {"a": 1}})
    except WorkflowError:
        return


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_data_is_never_evaluated(text):
    assert evaluate("${{ inputs.a }}", {"inputs": {"a": text}}) == text
    assert evaluate("<${{ inputs.a }}>", {"inputs": {"a": text}}) == f"<{text}>"


def test_roots_are_what_the_language_says():
    assert ROOTS == ("inputs", "steps", "item", "index", "run", "env", "brand")
