"""Text out of HTML, safely: no scripts, no markup, no control characters, not endless."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "th",
        "blockquote",
        "section",
        "article",
        "figure",
        "figcaption",
        "hr",
    ]
)
_SILENT = frozenset(["script", "style", "iframe", "noscript", "template", "svg", "math", "object", "head", "title"])
_TERMINAL = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")  # ECMA-48: colours, titles
_SPACE = re.compile(r"\s+")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def clean(text: str, limit: int = 10_000) -> str:
    """One line of plain text: white space folded, control, bidi-control and private characters removed, at most `limit` characters."""
    kept = "".join(
        " " if char.isspace() or unicodedata.category(char) in ("Zl", "Zp") else char
        for char in _TERMINAL.sub("", text[: limit * 4])
        if char.isspace() or char in "\u200d\ufe0f" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return _SPACE.sub(" ", kept).strip()[:limit]


def to_text(html: str, limit: int = 10_000) -> str:
    """The words of a piece of HTML (or of plain text), as one line."""
    html = html[: limit * 20]
    if "<" not in html and "&" not in html:
        return clean(html, limit)
    parser = _Text()
    parser.feed(html)
    parser.close()
    return clean("".join(parser.parts), limit)
