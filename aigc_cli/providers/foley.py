"""Sounds computed on the spot: by name, or by the words of a prompt that name one. No samples, no network."""

from __future__ import annotations

import re
from typing import Any, ClassVar, get_args

from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.errors import Refused
from aigc_cli.shapes import SoundRequest, SoundTake
from aigc_cli.storyboard import SoundName

_WORDS: dict[str, str] = {
    "riser": "riser|rise|build-?up|crescendo|tension|悬念|渐强|升起",
    "boom": "boom|impact|bang|thud|explosion|hit|drum|thunder|轰|爆炸|撞击|雷|鼓",
    "ding": "ding|bell|notification|glass|doorbell|铃|叮|提示音|玻璃",
    "sparkle": "sparkle|magic|shimmer|glitter|twinkle|stars?|闪|魔法|星",
    "typing": "typing|keyboard|keys|typewriter|打字|键盘",
    "rain": "rain|drizzle|shower|雨",
    "wind": "wind|breeze|storm|gust|风",
    "beep": "beep|censor|tone|哔",
    "whoosh": "whoosh|swoosh|swish|fly(?:ing)? past|嗖|呼",
    "pop": "pop|bubble|cork|泡|啵",
    "click": "click|camera|shutter|snapshot|button|快门|点击|按钮",
    "tick": "tick|clock|watch|滴答|钟",
    "chime": "chime|jingle|success|叮咚|成功",
    "pulse": "pulse|heartbeat|news|心跳|新闻",
}
_PEAK = 0.9


class Foley(Provider):
    """Computed sounds: whoosh, pop, click, tick, chime, pulse, riser, boom, ding, sparkle, typing, rain, wind, beep."""

    name: ClassVar[str] = "foley"
    version: ClassVar[int] = 1
    is_embedded: ClassVar[bool] = True

    def misfit(self, step: Step) -> str | None:
        """Words that name none of its sounds."""
        request: Any = step
        return None if named(request) else f"it has no sound for “{request.prompt[:60]}”: it makes {', '.join(get_args(SoundName))}"

    def sound(self, request: SoundRequest, ctx: Context) -> SoundTake:
        """48 kHz stereo, peak -0.9 dBFS. Sounds that do not ring out last as long as asked. Raises Refused for words that name none."""
        from aigc_cli.media.audio.noises import made
        from aigc_cli.media.audio.sound import RATE_HZ, write_wav

        kind = named(request)
        if not kind:
            raise Refused(f"there is no sound for “{request.prompt[:60]}”", f"name one of {', '.join(get_args(SoundName))}")
        samples, mark_s = made(kind, request.duration_s, ctx.seed)
        path = ctx.scratch / f"{kind}.wav"
        write_wav(path, samples * _PEAK)
        return SoundTake(audio=ctx.save(path, "audio/wav", f"{kind}.wav"), duration_s=len(samples) / RATE_HZ, mark_s=mark_s)


def named(request: SoundRequest) -> str:
    """The sound that a request names, by its name or by a word of its prompt; empty when there is none."""
    if request.name:
        return request.name
    words = request.prompt.casefold()
    return next((kind for kind, pattern in _WORDS.items() if re.search(rf"(?<![a-z])(?:{pattern})(?:s|es|ing)?(?![a-z])", words)), "")
