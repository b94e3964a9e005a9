"""Reads YAML 1.2 from strangers: one pass over the parser's events, with limits, and the place of every key and value.

Only ruamel.yaml's event stream is used: its composer would recurse, share aliased nodes and keep no place of plain
values. Keys are always text. Plain scalars follow the core schema of YAML 1.2 (section 10.3.2), without infinity and
not-a-number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aigc_cli.workflow.problems import Path, Problem, dotted, shorten

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_ALIASES = 64
MAX_NODES = 50_000

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_CONSTANTS = {
    name: value
    for names, value in (("null Null NULL ~", None), ("true True TRUE", True), ("false False FALSE", False))
    for name in names.split()
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Unreadable(Exception):
    """The file is refused; carries the one problem that ends the reading."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True)
class Span:
    """Where a node stands: line and column from 1, and the range of characters in the source."""

    line: int
    column: int
    start: int = 0
    end: int = 0


@dataclass
class Document:
    """A read file: plain values, and where each key and value stands."""

    file: str
    value: Any
    source: str = ""
    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)

    def place(self, path: Path, *, of_key: bool = False) -> tuple[int, int]:
        """Line and column of the value at a path, or of its key; of the nearest parent when it is not written."""
        first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
        for length in range(len(path), -1, -1):
            span = first.get(path[:length]) or second.get(path[:length])
            if span is not None:
                return span.line, span.column
        return 1, 1

    def locate(self, path: Path, fragment: str) -> tuple[int, int]:
        """Line and column of a fragment inside the scalar at a path; of the scalar when it is not there word for word."""
        span = self.values.get(path)
        if span is None or not fragment:
            return self.place(path)
        at = self.source.find(fragment, span.start, span.end)
        if at < 0:
            return span.line, span.column
        return self.source.count("\n", 0, at) + 1, at - self.source.rfind("\n", 0, at)

    def problem(
        self, path: Path, message: str, hint: str = "", *, of_key: bool = False, fragment: str = "", show: Path | None = None
    ) -> Problem:
        """A problem at the value of a path, at its key, or at a fragment of its text."""
        line, column = self.locate(path, fragment) if fragment else self.place(path, of_key=of_key)
        return Problem(self.file, line, column, dotted(path if show is None else show), message, hint)


@dataclass
class _Node:
    """A composed node: `kind` is `scalar`, `list` or `mapping`; `size` counts the nodes below, aliases expanded."""

    kind: str
    span: Span
    value: Any = None
    items: list[Any] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    key: Any = None
    size: int = 1
    depth: int = 1
    anchor: str | None = None


def read(data: bytes, file: str) -> Document:
    """The document in these bytes. Raises Unreadable with the problem when they are refused."""
    source = _decode(data, file)
    root = _compose(source, file)
    document = Document(file, None, source)
    document.value = _build(root, document)
    return document


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable(
            Problem(
                file,
                1,
                1,
                "",
                f"the file is larger than {MAX_BYTES >> 20} MiB",
                "keep data in files of their own and load them with `data.load`",
            )
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(Problem(file, 1, 1, "", "the file is not UTF-8", "save it as UTF-8"))
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = data[: error.start]
        line = good.count(b"\n") + 1
        column = len(good[good.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise Unreadable(
            Problem(file, line, column, "", f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8")
        ) from None
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    bad = _CONTROL.search(source)
    if bad:
        line, column = source.count("\n", 0, bad.start()) + 1, bad.start() - source.rfind("\n", 0, bad.start())
        raise Unreadable(
            Problem(
                file,
                line,
                column,
                "",
                f"control character U+{ord(bad.group()):04X}",
                "remove it; inside double quotes it can be written as an escape",
            )
        )
    return source


def _events(source: str, file: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message, hint = _translate(str(error.problem or error.context or "not valid YAML"), str(error.context or ""), source, line, column)
        raise Unreadable(Problem(file, line, column, "", message, hint)) from None
    except (YAMLError, RecursionError, ValueError, AttributeError, IndexError, TypeError, NotImplementedError, AssertionError) as error:
        # The parser meets some broken files with errors of its own inner workings.
        raise Unreadable(
            Problem(file, 1, 1, "", f"not valid YAML: {shorten(str(error)) or type(error).__name__}", "check indentation and quotes")
        ) from None


def _translate(problem: str, context: str, source: str, line: int, column: int) -> tuple[str, str]:
    lines = source.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    if "'\\t'" in problem or (column <= len(text) and text[:column].strip(" ") == "\t"):
        return "a tab cannot indent", "use spaces"
    if "${{" in text and ("expected ',' or" in problem or "mapping values" in problem):
        return (
            "an expression must be quoted here",
            'write "${{ ... }}" in double quotes, or on a line of its own without `: ` and ` #` in it',
        )
    if "mapping values are not allowed" in problem:
        return "`:` is not expected here", "check the indentation, or put text that holds `: ` in quotes"
    if "unexpected end of stream" in problem and "quoted" in context:
        return "a quote is opened and never closed", "close it, or double it inside single quotes"
    if "that cannot start any token" in problem:
        return f"a plain value cannot start with `{text[column - 1 : column]}`", "put the value in quotes"
    if "unknown escape" in problem:
        return problem.replace("found ", ""), "double the backslash, or use single quotes"
    if "could not find expected ':'" in problem:
        return "a key without its `:`", "write `key: value`; check the indentation"
    if "expected ',' or" in problem or "flow" in context:
        return problem.replace(", but got ", ", found ").replace(", but found ", ", found "), "check the brackets, commas and quotes"
    if "<block end>" in problem:
        return (
            "this does not belong to the block above",
            "check the indentation, and put text with brackets or quotes in it wholly in quotes",
        )
    return problem[:1].lower() + problem[1:], "check indentation and quotes"


class _Composer:
    """Builds the tree of nodes from events, without recursion, and stops at the first limit that is passed."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[_Node] = []
        self.anchors: dict[str, _Node] = {}
        self.root: _Node | None = None
        self.aliases = self.nodes = self.documents = 0

    def take(self, event: Any) -> None:
        """Takes the next event of the stream."""
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self._start_document(event)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            node = self.stack.pop()
            node.span = Span(node.span.line, node.span.column, node.span.start, event.end_mark.index)
            if node.anchor is not None:
                self.anchors[node.anchor] = node
            self._count_in_parent(node)
        elif name in ("ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"):
            node = self._node(name, event)
            self._place(node, event)
            if name in ("MappingStartEvent", "SequenceStartEvent"):
                self.stack.append(node)
            else:
                self._count_in_parent(node)

    def _fail(self, event: Any, message: str, hint: str = "") -> Unreadable:
        mark = event.start_mark
        return Unreadable(Problem(self.file, mark.line + 1, mark.column + 1, "", message, hint))

    def _start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self._fail(event, "more than one document in the file", "keep one workflow per file, and remove the second `---`")
        if event.version not in (None, (1, 2)):
            version = ".".join(map(str, event.version))
            raise self._fail(event, f"YAML {version} is asked for", "remove the `%YAML` line: workflows are YAML 1.2")
        if event.tags:
            raise self._fail(event, "tags are not allowed", "remove the `%TAG` line")

    def _node(self, name: str, event: Any) -> _Node:
        start = event.start_mark
        span = Span(start.line + 1, start.column + 1, start.index, event.end_mark.index)
        if getattr(event, "tag", None) is not None:
            cure = "remove it: types come from the workflow's declarations"
            raise self._fail(event, f"the tag `{shorten(str(event.tag), 40)}` is not allowed", cure)
        if name == "AliasEvent":
            return self._alias(event, span)
        if name == "ScalarEvent":
            node = _Node("scalar", span, (_whole(event.value), event.implicit[0] and not event.style), anchor=event.anchor)
            if event.anchor is not None:
                self.anchors[event.anchor] = node
            return node
        return _Node("mapping" if name == "MappingStartEvent" else "list", span, anchor=event.anchor)

    def _alias(self, event: Any, span: Span) -> _Node:
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise self._fail(event, f"more than {MAX_ALIASES} aliases", "repeat less, or write the values out")
        target = self.anchors.get(event.anchor)
        if target is None or any(each.anchor == event.anchor for each in self.stack):
            said = "has no anchor before it" if target is None else "stands inside its own anchor"
            cure = "put text that starts with `*` in quotes"
            raise self._fail(event, f"the alias `*{shorten(event.anchor, 40)}` {said}", cure)
        return _Node(target.kind, span, target.value, target.items, size=target.size, depth=target.depth)

    def _place(self, node: _Node, event: Any) -> None:
        self.nodes += node.size
        if self.nodes > MAX_NODES:
            cure = "keep data in files of their own and load them with `data.load`"
            raise self._fail(event, f"more than {MAX_NODES:,} values, aliases counted in full", cure)
        if len(self.stack) + node.depth > MAX_DEPTH:
            raise self._fail(event, f"nested deeper than {MAX_DEPTH}", "flatten the structure")
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif parent.key is not None:
            parent.items.append((parent.key, node))
            parent.key = None
        else:
            parent.key = self._key(parent, node, event)

    def _key(self, parent: _Node, node: _Node, event: Any) -> _Node:
        if node.kind != "scalar":
            raise self._fail(event, "a key must be plain text", "write `key: value`; put an expression in quotes here")
        text, is_plain = node.value
        if is_plain and text == "<<":
            raise self._fail(event, "merge keys `<<` are not allowed", "write the keys out, or use an alias as a whole value")
        if is_plain and text == "":
            raise self._fail(event, "a key is empty", "write `key: value`")
        if text in parent.names:
            raise self._fail(event, f"the key `{shorten(text)}` is there twice", "remove one of them")
        parent.names.add(text)
        return node

    def _count_in_parent(self, node: _Node) -> None:
        if self.stack:
            parent = self.stack[-1]
            parent.size += node.size
            parent.depth = max(parent.depth, node.depth + 1)


def _compose(source: str, file: str) -> _Node:
    composer = _Composer(file)
    for event in _events(source, file):
        composer.take(event)
    if composer.root is None:
        cure = "start with `aigc: 1`; `aigc new DIR --from product-clip` writes a whole example"
        raise Unreadable(Problem(file, 1, 1, "", "the file is empty", cure))
    return composer.root


def _build(root: _Node, document: Document) -> Any:
    def build(node: _Node, path: Path) -> Any:  # depth is limited by MAX_DEPTH
        document.values[path] = node.span
        if node.kind == "list":
            return [build(item, (*path, index)) for index, item in enumerate(node.items)]
        if node.kind == "mapping":
            result = {}
            for key, item in node.items:
                name = key.value[0]
                document.keys[(*path, name)] = key.span
                result[name] = build(item, (*path, name))
            return result
        text, is_plain = node.value
        return _scalar(text, node.span, document.file) if is_plain else text

    return build(root, ())


def _whole(text: str) -> str:
    """The text with both halves of a character, as JSON escapes an emoji, made one. A lone half stays and is told later."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _scalar(text: str, span: Span, file: str) -> Any:
    if text == "" or text in _CONSTANTS:
        return _CONSTANTS.get(text)
    if text[0] not in "+-.0123456789":
        return text
    number: int | float | None = None
    if _INTEGER.match(text):
        number = int(text) if len(text) < 400 else 1 << 64
    elif _OCTAL.match(text) or _HEX.match(text):
        number = int(text, 0) if len(text) < 400 else 1 << 64
    elif _FLOAT.match(text):
        number = float(text)
    elif _NOT_FINITE.match(text):
        number = float("inf")
    else:
        return text
    if abs(number) >= 1 << 63:
        raise Unreadable(
            Problem(file, span.line, span.column, "", f"the number `{shorten(text, 30)}` is too large", "put it in quotes if it is text")
        )
    return number
