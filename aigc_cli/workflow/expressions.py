"""Expressions `${{ ... }}`: found in text, parsed by Jinja's parser, refused by node type, evaluated over plain data.

Nothing of Jinja runs: its parser gives a syntax tree (unoptimised, so no constant is folded), and only the node types
listed in `_NODES` pass. Look-up reads dictionaries and lists, never a Python attribute. Results are data: they are
never parsed again. Every size is limited, so that no expression takes noticeable time or memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.filters import FILTERS, MAX_ITEMS, MAX_TEXT, identity, is_number, to_text
from aigc_cli.workflow.problems import Path, kind_of, nearest, shorten

ROOTS = ("inputs", "steps", "item", "index", "run", "env", "brand")
"""The names an expression may start from."""

MAX_SOURCE = 2048
MAX_NODES = 200
MAX_DEPTH = 20

_OPEN = "${{"
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_COMPARE = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}


class NotThere(WorkflowError):
    """A look-up that found nothing; the filter `default` catches it."""


@dataclass(frozen=True)
class Expression:
    """The source between `${{` and `}}`, with the spaces around it."""

    source: str


@dataclass(frozen=True)
class Reference:
    """What an expression reads: `root` is one of ROOTS, `keys` the constant look-ups after it.

    `path` tells where in the searched value the expression stands, `source` is its text.
    """

    root: str
    keys: tuple[str | int, ...]
    path: Path
    source: str


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[str | Expression, ...]:
    """A text as literal parts and expressions; `$${{` stands for a literal `${{`. Raises WorkflowError when one is not closed."""
    parts: list[str | Expression] = []
    literal = ""
    at = 0
    while True:
        start = text.find(_OPEN, at)
        if start < 0:
            literal += text[at:]
            break
        if start > at and text[start - 1] == "$":
            literal += text[at : start - 1] + _OPEN
            at = start + len(_OPEN)
            continue
        end = _end(text, start + len(_OPEN))
        literal += text[at:start]
        if literal:
            parts.append(literal)
            literal = ""
        parts.append(Expression(text[start + len(_OPEN) : end]))
        at = end + 2
    if literal:
        parts.append(literal)
    return tuple(parts)


def _end(text: str, at: int) -> int:
    while at < len(text):
        if text.startswith("}}", at):
            return at
        if text[at] in "'\"":
            quoted = _STRING.match(text, at)
            if not quoted:
                raise WorkflowError("a quote in an expression is never closed", "close it before `}}`")
            at = quoted.end()
        else:
            at += 1
    raise WorkflowError("an expression is never closed", "end it with `}}`; write `$${{` for the characters themselves")


def has_expression(value: Any) -> bool:
    """True when a text anywhere in the value holds an expression, even a broken one."""
    if isinstance(value, str):
        if _OPEN not in value:
            return False
        try:
            return any(isinstance(part, Expression) for part in split(value))
        except WorkflowError:
            return True
    return any(has_expression(child) for _, child in _children(value))


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a value that holds an expression, with its path."""
    if isinstance(value, str):
        if has_expression(value):
            yield path, value
        return
    for key, child in _children(value):
        yield from texts(child, (*path, key))


def references(value: Any) -> tuple[Reference, ...]:
    """All that the expressions in a value read, in order. Broken expressions are left out: `mistakes` tells of them."""
    found: list[Reference] = []
    for path, text in texts(value):
        try:
            for part in split(text):
                if isinstance(part, Expression):
                    found.extend(Reference(root, keys, path, part.source) for root, keys in _reads(parse(part.source)))
        except WorkflowError:
            continue
    return tuple(found)


def mistakes(value: Any) -> tuple[tuple[Path, str, WorkflowError], ...]:
    """What is wrong with the form of the expressions in a value: path, source of the expression, error."""
    found: list[tuple[Path, str, WorkflowError]] = []
    for path, text in texts(value):
        try:
            parts = split(text)
        except WorkflowError as error:
            found.append((path, _OPEN, error))
            continue
        for part in parts:
            if isinstance(part, Expression):
                try:
                    parse(part.source)
                except WorkflowError as error:
                    found.append((path, part.source, error))
    return tuple(found)


# ---- parsing -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment

    return Environment(optimized=False, autoescape=False, cache_size=0)  # noqa: S701  # its parser only, nothing is rendered


@lru_cache(maxsize=1024)
def parse(source: str) -> Any:
    """The checked syntax tree of an expression. Raises WorkflowError when it is no expression of the language."""
    from jinja2 import TemplateError
    from jinja2.parser import Parser

    if len(source) > MAX_SOURCE:
        raise WorkflowError(f"an expression is longer than {MAX_SOURCE} characters", "split it over several steps")
    if not source.strip():
        raise WorkflowError("an expression is empty", "write what to put here, for instance `${{ inputs.product }}`")
    try:
        parser = Parser(_environment(), source, state="variable")
        tree = parser.parse_expression()
        rest = None if parser.stream.eos else str(parser.stream.current.value)
    except TemplateError as error:
        raise WorkflowError(f"`{shorten(source)}` is not an expression: {_plain(str(error.message))}") from None
    except (RecursionError, ValueError, OverflowError, AssertionError, TypeError):
        raise WorkflowError(f"`{shorten(source)}` is nested too deep for an expression", "split it over several steps") from None
    if rest is not None:
        raise WorkflowError(f"`{shorten(source)}` is not an expression: `{shorten(rest, 20)}` is not expected there", "join texts with `~`")
    _check(tree, source)
    return tree


def _plain(message: str) -> str:
    message = message.rstrip(".").replace("end of print statement", "the end").replace("end of template", "the end")
    return (message[:1].lower() + message[1:]).replace("'", "`")


_NODES = {
    "Name",
    "Const",
    "List",
    "Getattr",
    "Getitem",
    "Compare",
    "Operand",
    "And",
    "Or",
    "Not",
    "CondExpr",
    "Add",
    "Sub",
    "Neg",
    "Concat",
    "Filter",
    "Keyword",
}
_REFUSED = {
    "Call": ("calls are not allowed", "use a filter, for instance `inputs.points | join(', ')`"),
    "Mul": ("`*` is not allowed", ""),
    "Div": ("`/` is not allowed", ""),
    "FloorDiv": ("`//` is not allowed", ""),
    "Mod": ("`%` is not allowed", "join texts with `~`"),
    "Pow": ("`**` is not allowed", ""),
    "Dict": ("`{...}` is not allowed in an expression", "write the mapping in YAML, with an expression per value"),
    "Tuple": ("`(a, b)` is not allowed in an expression", "write a list `[a, b]`"),
    "Test": ("`is` is not allowed", "compare with `==`, or use the filter `default`"),
    "Slice": ("slices are not allowed", "use `first` or `last`"),
}


def _check(tree: Any, source: str) -> None:
    waiting = [(tree, 1)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        kind = type(node).__name__
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise WorkflowError(f"`{shorten(source)}` is too complex for an expression", "split it over several steps")
        if kind not in _NODES:
            message, hint = _REFUSED.get(kind, (f"`{kind}` is not allowed in an expression", ""))
            raise WorkflowError(message, hint)
        if kind == "Name":
            if node.name not in ROOTS:
                raise WorkflowError(f"`{shorten(node.name)}` is not known here", _hint_for_name(node.name))
        elif kind == "Filter":
            if node.name not in FILTERS:
                raise WorkflowError(f"there is no filter `{shorten(node.name)}`", nearest(node.name, sorted(FILTERS)))
            if node.node is None or node.dyn_args is not None or node.dyn_kwargs is not None:
                raise WorkflowError("`*` and `**` are not allowed in a filter")
            least, most, names = FILTERS[node.name].arity
            given = len(node.args) + len(node.kwargs)
            wrong = next((each.key for each in node.kwargs if each.key not in names), None)
            if wrong is not None or not least <= given <= most:
                raise WorkflowError(f"the filter `{node.name}` does not take these arguments", f"write `{FILTERS[node.name].usage}`")
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())


def _hint_for_name(name: str) -> str:
    if name in ("None", "null", "nil"):
        return "write `none`"
    return nearest(name, ROOTS, otherwise="names start with one of {}; put text in quotes")


def _reads(tree: Any) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The longest look-up chains in a tree: root, and the keys up to the first that is itself worked out."""
    keys: list[str | int] = []
    node = tree
    while type(node).__name__ in ("Getattr", "Getitem"):
        if type(node).__name__ == "Getattr":
            keys.append(node.attr)
        elif type(node.arg).__name__ == "Const" and isinstance(node.arg.value, str | int):
            keys.append(node.arg.value)
        else:
            keys.clear()
            yield from _reads(node.arg)
        node = node.node
    if type(node).__name__ == "Name":
        yield node.name, tuple(reversed(keys))
        return
    for child in node.iter_child_nodes():
        yield from _reads(child)


# ---- evaluation ----------------------------------------------------------------------------------------------------


def evaluate(value: Any, names: Mapping[str, Any]) -> Any:
    """The value with its expressions replaced by what they give.

    A text that is wholly one expression keeps the type of the result; inside a longer text the result becomes text.
    Other leaves, such as artifacts, pass as they are. `names` holds a value for each root that may be used.

    Raises:
        WorkflowError: for a look-up that finds nothing, a type that does not fit, or a result that is too large.
    """
    if isinstance(value, str):
        return _text(value, names) if _OPEN in value else value
    if isinstance(value, dict):
        return {key: evaluate(child, names) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [evaluate(child, names) for child in value]
    return value


def _text(text: str, names: Mapping[str, Any]) -> Any:
    parts = split(text)
    whole = [part for part in parts if isinstance(part, Expression) or part.strip()]
    if len(whole) == 1 and isinstance(whole[0], Expression):
        return calculate(whole[0].source, names)
    result = ""
    for part in parts:
        result += to_text(calculate(part.source, names)) if isinstance(part, Expression) else part
        if len(result) > MAX_TEXT:
            raise WorkflowError(f"the text is longer than {MAX_TEXT:,} characters", "keep long text in a file")
    return result


def calculate(source: str, names: Mapping[str, Any]) -> Any:
    """What one expression gives, without its `${{` and `}}`."""
    try:
        return _value(parse(source), names)
    except WorkflowError as error:
        if type(error) is NotThere:
            raise WorkflowError(f"`{shorten(source.strip())}`: {error.message}", error.hint) from None
        if error.message.startswith("`"):
            raise
        raise WorkflowError(f"`{shorten(source.strip())}`: {error.message}", error.hint) from None


def _value(node: Any, names: Mapping[str, Any]) -> Any:  # noqa: PLR0912  # one branch per node type of the language
    kind = type(node).__name__
    if kind == "Const":
        return node.value
    if kind == "Name":
        if node.name not in names:
            raise NotThere(f"there is no `{node.name}` here", f"there is {', '.join(names)}" if names else "")
        return names[node.name]
    if kind == "List":
        return [_value(item, names) for item in node.items]
    if kind in ("Getattr", "Getitem"):
        return look_up(_value(node.node, names), node.attr if kind == "Getattr" else _value(node.arg, names))
    if kind == "And":
        left = _value(node.left, names)
        return _value(node.right, names) if left else left
    if kind == "Or":
        left = _value(node.left, names)
        return left or _value(node.right, names)
    if kind == "Not":
        return not _value(node.node, names)
    if kind == "CondExpr":
        if _value(node.test, names):
            return _value(node.expr1, names)
        return None if node.expr2 is None else _value(node.expr2, names)
    if kind in ("Add", "Sub"):
        return _add(_value(node.left, names), _value(node.right, names), is_sub=kind == "Sub")
    if kind == "Neg":
        return _add(0, _value(node.node, names), is_sub=True)
    if kind == "Concat":
        return _joined([to_text(_value(each, names)) for each in node.nodes])
    if kind == "Compare":
        return _compare(node, names)
    return _filter(node, names)


def _joined(parts: list[str]) -> str:
    if sum(map(len, parts)) > MAX_TEXT:
        raise WorkflowError(f"the text is longer than {MAX_TEXT:,} characters", "keep long text in a file")
    return "".join(parts)


def look_up(value: Any, key: Any) -> Any:
    """`value.key` or `value[key]` in dictionaries and lists, and nowhere else."""
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise WorkflowError(f"`[...]` looks up a name or a whole number, not {kind_of(key)}", "for instance `[0]` or `['name']`")
    if isinstance(value, Mapping):
        if key in value:
            return value[key]
        raise NotThere(f"there is no `{shorten(str(key))}`", nearest(str(key), map(str, value), otherwise="there is {}") or "it is empty")
    if isinstance(value, list | tuple):
        if isinstance(key, int):
            if -len(value) <= key < len(value):
                return value[key]
            raise NotThere(f"there is no item {key} in a list of {len(value)}")
        raise WorkflowError(
            f"a list has no `{shorten(str(key))}`",
            f"use `| pluck('{shorten(str(key))}')` for that of each item, or `[0]` for the first item",
        )
    if value is None:
        raise NotThere(f"`{shorten(str(key))}` is looked up in null", "use the filter `default`")
    raise WorkflowError(f"{kind_of(value)} has no `{shorten(str(key))}`")


def _add(left: Any, right: Any, *, is_sub: bool) -> Any:
    sign = "-" if is_sub else "+"
    if is_number(left) and is_number(right):
        try:
            result = left - right if is_sub else left + right
        except OverflowError:
            result = float("inf")
        if not abs(result) < 1e300:
            raise WorkflowError("the number is too large")
        return result
    if not is_sub and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) + len(right) > MAX_ITEMS:
            raise WorkflowError(f"the list has more than {MAX_ITEMS:,} items")
        return [*left, *right]
    hint = "join texts with `~`" if isinstance(left, str) or isinstance(right, str) else ""
    raise WorkflowError(f"cannot work out {kind_of(left)} {sign} {kind_of(right)}", hint)


def _compare(node: Any, names: Mapping[str, Any]) -> bool:
    left = _value(node.expr, names)
    for operand in node.ops:
        right = _value(operand.expr, names)
        if not _holds(left, operand.op, right):
            return False
        left = right
    return True


def _holds(left: Any, op: str, right: Any) -> bool:
    if op in ("eq", "ne"):
        return (identity(left) == identity(right)) is (op == "eq")
    if op in ("in", "notin"):
        return _contains(right, left) is (op == "in")
    if not ((is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str))):
        raise WorkflowError(
            f"cannot compare {kind_of(left)} `{_COMPARE[op]}` {kind_of(right)}",
            "use the filter `number` on text, `default` on what may be null",
        )
    if op in ("gt", "gteq"):
        return bool(left > right or (op == "gteq" and left == right))
    return bool(left < right or (op == "lteq" and left == right))


def _contains(container: Any, value: Any) -> bool:
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    if isinstance(container, Mapping):
        return isinstance(value, str) and value in container
    if isinstance(container, list | tuple):
        wanted = identity(value)
        return any(identity(item) == wanted for item in container)
    raise WorkflowError(f"cannot look for {kind_of(value)} in {kind_of(container)}", "`in` looks in lists, mappings and texts")


def _filter(node: Any, names: Mapping[str, Any]) -> Any:
    chosen = FILTERS[node.name]
    args = [_value(arg, names) for arg in node.args]
    kwargs = {each.key: _value(each.value, names) for each in node.kwargs}
    if node.name == "default":
        try:
            value = _value(node.node, names)
        except NotThere:
            value = None
        return chosen.apply(value, *args, **kwargs)
    value = _value(node.node, names)
    try:
        return chosen.apply(value, *args, **kwargs)
    except TypeError:  # an argument given twice, by place and by name
        raise WorkflowError(f"the filter `{node.name}` does not take these arguments", f"write `{chosen.usage}`") from None
