"""Parts a text into turns: lines that begin with a speaker's name and a colon belong to that speaker's voice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aigc_cli.media.speech.reading.marks import parse


@dataclass(frozen=True)
class Turn:
    """What one voice says; None is the voice of the line itself."""

    voice: str | None
    text: str


def plain(text: str, speakers: Mapping[str, str]) -> str:
    """What of a text is shown: without marks and without the names of speakers; a text that has none of them stays as it is."""
    return "\n".join(marked.text if (marked := parse(turn.text)).marks else turn.text for turn in turns(text, speakers)) or text


def turns(text: str, speakers: Mapping[str, str]) -> tuple[Turn, ...]:
    """The turns of a text in order.

    `Ann: Hello` begins a turn of Ann when `speakers` names her; the lines that follow are hers until another name. What stands
    before the first name is said by the line's own voice. Names count in any case, with `:` or `：`; a colon after any other word is text.
    """
    if not speakers:
        return (Turn(None, text),)
    voices = {name.casefold(): voice for name, voice in speakers.items()}
    names = "|".join(re.escape(name) for name in sorted(speakers, key=len, reverse=True))
    begins = re.compile(rf"\s*({names})\s*[:：]\s*", re.IGNORECASE)
    found: list[Turn] = []
    for line in re.split(r"\r\n|[\r\n\u2028\u2029]", text):
        match = begins.match(line)
        if match:
            found.append(Turn(voices[match[1].casefold()], line[match.end() :]))
        elif found:
            found[-1] = Turn(found[-1].voice, f"{found[-1].text}\n{line}")
        else:
            found.append(Turn(None, line))
    return tuple(turn for turn in found if turn.text.strip())
