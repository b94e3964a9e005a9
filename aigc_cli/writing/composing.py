"""Composes a storyboard from a copy template and facts: chooses variants by the seed, and fits the clip to a length."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from aigc_cli.errors import WorkflowError
from aigc_cli.storyboard import ColourVisual, ImageVisual, Scene, Sentence, Storyboard, Visual
from aigc_cli.writing import pacing
from aigc_cli.writing.copytext import Part, Template, Variant, fill, is_fillable, slots
from aigc_cli.writing.facts import Facts, is_plural

HEADLINE_CHARS = {"zh": 20, "en": 40}
_MOST_SHOWN = {"en": {"headline": 120, "body": 120, "kicker": 40}, "zh": {"headline": 48, "body": 48, "kicker": 18}}
"""Characters of a slot that every shape of frame holds."""
_NEAR = 0.06
_GRAMMAR = frozenset(("adjective", "verb"))
_OWN_ENOUGH = 4
_PLAIN_SHARE = 0.4
"""How often a point is said by itself, as spoken advertising does, rather than led in by `First up:`."""
_SPLIT = {"zh": re.compile(r"[，；：]"), "en": re.compile(r"(?:,|;|:| [–—-]) ")}
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\s.])|(?<=[。！？])\s*(?=\S)")


@dataclass(frozen=True)
class Wish:
    """What the clip is to be like, besides its facts. `length_s` None: as long as the facts need."""

    language: str
    length_s: float | None = None
    tone: str = "neutral"
    photos: int = 0
    must_include: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class _Block:
    """A scene to be: its part of the template, the values of its slots, and the variants that fit, in the seed's order."""

    part: Part
    values: dict[str, str]
    choices: tuple[Variant, ...]
    point: int | None = None
    chosen: int = 0


def compose(template: Template, facts: Facts, wish: Wish) -> Storyboard:
    """Writes the storyboard.

    Raises WorkflowError when a fact holds a forbidden word, or when no variant of a scene that is needed is free of them.
    """
    refuse_forbidden(facts, wish.forbidden, wish.must_include)
    notes: list[str] = []
    blocks = _blocks(template, facts, wish)
    if wish.length_s is not None:
        blocks = _fit(blocks, template, facts, wish, notes)
    else:
        blocks = _spread([block for block in blocks if block.part.need == "wanted"])
    scenes = _scenes(blocks, facts, wish)
    scenes = _include(scenes, wish, notes)
    if wish.length_s is not None:
        scenes, note = pacing.hold(scenes, wish.language, wish.length_s, near=_NEAR)
        notes += [note] if note else []
    title = fill(template.title, facts.of_clip()) or facts.slots["product"]
    return Storyboard(title=title, language=wish.language, scenes=tuple(scenes), notes=tuple(notes))


def _blocks(template: Template, facts: Facts, wish: Wish) -> list[_Block]:
    blocks = []
    for part in template.scenes:
        if part.needs and part.needs not in facts.slots and not (part.needs == "points" and facts.points):
            continue
        if any(fact in facts.slots for fact in part.unless):
            continue
        for point in range(len(facts.points)) if part.for_each else (None,):
            block = _block(part, facts, wish, point)
            if block is not None:
                blocks.append(block)
    if not blocks:
        raise WorkflowError("the template has no scene that these facts fill", "give more facts, or choose another template")
    return blocks


def _block(part: Part, facts: Facts, wish: Wish, point: int | None, points: Sequence[int] | None = None) -> _Block | None:
    kept = list(points) if points is not None else list(range(len(facts.points)))
    values = facts.of_clip() if point is None else facts.of_point(point)
    at = "any"
    if point is not None:
        order = kept.index(point)
        at = "only" if len(kept) == 1 else "first" if order == 0 else "last" if order == len(kept) - 1 else "next"
    fitting = [
        variant
        for variant in part.variants
        if variant.at in ("any", at)
        and len(kept) >= variant.min_points
        and not (variant.is_singular and is_plural(values.get("product", "")))
        and variant.tone in (None, wish.tone)
        and is_fillable(variant.say, values)
        and not holds(wish.forbidden, " ".join(fill(text, values) for text in (variant.say, variant.headline or "", variant.kicker or "")))
    ]
    if not fitting:
        usable = any(is_fillable(variant.say, values) and variant.at in ("any", at) for variant in part.variants)
        if usable and wish.forbidden:
            raise WorkflowError(
                f"every way to say the scene `{part.role}` holds a forbidden word", "forbid less, or add a variant to the template"
            )
        return None
    dice = random.Random(f"{wish.seed}:{part.role}:{at}")
    fitting = _suited(fitting)
    dice.shuffle(fitting)
    is_plain_first = dice.random() < _PLAIN_SHARE
    # Those made for the tone come first.
    fitting.sort(key=lambda variant: (variant.tone is None, not (is_plain_first and _is_plain(variant))))
    return _Block(part=part, values=values, choices=tuple(fitting), point=point)


def _suited(variants: list[Variant]) -> list[Variant]:
    """Lines that go on in the point's own grammar (`it's roasted this week`), with the plain ones, when there are enough of them."""
    own = [variant for variant in variants if _GRAMMAR.intersection(slots(variant.say))]
    return [variant for variant in variants if variant in own or _is_plain(variant)] if len(own) >= _OWN_ENOUGH else variants


def _is_plain(variant: Variant) -> bool:
    """True for a line with no words of its own: it may be used again, since a fact's words differ each time."""
    return not fill(variant.say, {}).strip(".。 ")


def _spread(blocks: list[_Block]) -> list[_Block]:
    """Gives each block the first of its variants that no other uses: nothing is said twice in a clip."""
    used: set[str] = set()
    spread = []
    for block in blocks:
        free = (index for index, variant in enumerate(block.choices) if _is_plain(variant) or variant.say not in used)
        chosen = next(free, 0)
        used.add(block.choices[chosen].say)
        spread.append(replace(block, chosen=chosen))
    return spread


def _length(blocks: Sequence[_Block], language: str) -> float:
    return sum(_block_s(block, block.chosen, language) for block in blocks) + pacing.LAST_HOLD_S


def _block_s(block: _Block, chosen: int, language: str) -> float:
    return pacing.spoken_s(fill(block.choices[chosen].say, block.values), language) + pacing.SCENE_BREATH_S


def _fit(blocks: list[_Block], template: Template, facts: Facts, wish: Wish, notes: list[str]) -> list[_Block]:
    """Chooses scenes and variants so that the clip comes close to the wanted length."""
    wanted = wish.length_s or 0.0
    chosen = _spread([block for block in blocks if block.part.need == "wanted"])
    while True:
        shortest = _choose(chosen, 0.0, wish)
        if _length(shortest, wish.language) <= wanted * (1 + _NEAR):
            break
        gone = _least_needed(chosen)
        if gone is None:
            break
        notes.append(f"left out to keep the length: {_named(gone, facts)}")
        chosen = _without(chosen, gone, facts, wish)
    for filler in (block for block in blocks if block.part.need == "filler"):
        longest = _length(_choose(chosen, wanted, wish), wish.language)
        extra = min(_block_s(filler, index, wish.language) for index in range(len(filler.choices)))
        if longest < wanted * (1 - _NEAR) and longest + extra <= wanted * (1 + _NEAR):
            order = {part.role: index for index, part in enumerate(template.scenes)}
            chosen = sorted([*chosen, filler], key=lambda block: order[block.part.role])
    return _choose(chosen, wanted, wish)


def _least_needed(blocks: Sequence[_Block]) -> _Block | None:
    """What goes next when time is short. The last point that is left outlives what another scene can take over."""
    droppable = [block for block in blocks if block.part.drop]
    if not droppable or len(blocks) <= 2:
        return None
    points = [block for block in droppable if block.point is not None]
    overtaken = {block.part.takes_over for block in blocks}

    def rank(block: _Block) -> float:
        if block.part.role in overtaken:
            return 5.5
        return 6.0 if points == [block] else float(block.part.drop)

    lowest = min(rank(block) for block in droppable)
    return [block for block in droppable if rank(block) == lowest][-1]


def _without(blocks: list[_Block], gone: _Block, facts: Facts, wish: Wish) -> list[_Block]:
    """The blocks without one; the points that stay are placed anew as first, next and last."""
    left = [block for block in blocks if block is not gone]
    if gone.point is None:
        return _spread(left)
    points = [block.point for block in left if block.point is not None]
    placed = []
    for block in left:
        fresh = _block(block.part, facts, wish, block.point, points) if block.point is not None else block
        placed.append(fresh or block)
    return _spread(placed)


def _choose(blocks: list[_Block], wanted: float, wish: Wish) -> list[_Block]:
    """Moves from the seed's choice of variants towards a length, one block at a time, until it is near or no move helps.

    Among the moves that help, one is taken by the seed rather than the largest, so that clips of one length still differ.
    """
    chosen = list(blocks)
    dice = random.Random(f"{wish.seed}:length")
    for _ in range(4 * len(chosen)):
        gap = wanted - _length(chosen, wish.language)
        if abs(gap) <= wanted * _NEAR:
            break
        moves: list[tuple[float, int, int]] = []
        for position, block in enumerate(chosen):
            used = {other.choices[other.chosen].say for other in chosen if other is not block}
            now = _block_s(block, block.chosen, wish.language)
            for index, variant in enumerate(block.choices):
                left = abs(gap - (_block_s(block, index, wish.language) - now))
                if (_is_plain(variant) or variant.say not in used) and left < abs(gap) - 0.05:
                    moves.append((left, position, index))
        if not moves:
            break
        moves.sort()
        _, position, index = moves[0] if wanted <= 0 else dice.choice(moves[: max(1, len(moves) // 3)])
        chosen[position] = replace(chosen[position], chosen=index)
    return chosen


def _scenes(blocks: Sequence[_Block], facts: Facts, wish: Wish) -> list[Scene]:
    roles = {block.part.role for block in blocks}
    points = [block for block in blocks if block.point is not None]
    photos = _Photos(wish.photos)
    scenes = []
    for block in blocks:
        variant = block.choices[block.chosen]
        say = fill(variant.say, block.values)
        texts = {
            **block.part.show,
            **{key: text for key in ("headline", "kicker", "body", "cta") if (text := getattr(variant, key)) is not None},
        }
        if block.part.takes_over and block.part.takes_over not in roles:
            texts = {**texts, "cta": "{Cta}", "url": "{url}"}
        show: dict[str, JsonValue] = {key: fill(text, block.values) for key, text in texts.items() if is_fillable(text, block.values)}
        if block.point is not None and len(points) > 1:
            show |= {"index": points.index(block) + 1, "count": len(points)}
        visual = _visual(block, photos)
        has_photo = isinstance(visual, ImageVisual) and visual.photo is not None
        layout = block.part.layout if has_photo or not block.part.layout_without_photo else block.part.layout_without_photo
        scenes.append(
            Scene(
                id=block.part.role if block.point is None else f"{block.part.role}-{points.index(block) + 1}",
                layout=layout,
                say=say,
                show=_shortened(show, wish.language),
                visual=visual,
                sound=block.part.sound,
                sentences=tuple(Sentence(text=text) for text in split_sentences(say)),
            )
        )
    return scenes


class _Photos:
    """Hands out the user's photos: the first to the scenes that need the hero, the others in turn."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._turn = itertools.cycle(range(1, count)) if count > 1 else None
        self._spare = iter(range(1, count))

    def take(self, which: str) -> int | None:
        if not self.count or which == "none":
            return None
        if which == "first":
            return 0
        if which == "spare":
            return next(self._spare, None)
        return next(self._turn) if self._turn is not None else 0


def _visual(block: _Block, photos: _Photos) -> Visual:
    photo = photos.take(block.part.photo)
    prompt = fill(block.part.prompt, block.values)
    if photo is None and not prompt:
        return ColourVisual()
    return ImageVisual(prompt=prompt, photo=photo, style="scene" if photo is not None else block.part.style)


def _shortened(show: dict[str, JsonValue], language: str) -> dict[str, JsonValue]:
    """A headline that is too long to be one goes on in the body, at its first comma or colon; what no frame holds is cut.

    All of it is said, and stands in the captions.
    """
    short = language.partition("-")[0]
    most = _MOST_SHOWN.get(short, _MOST_SHOWN["en"])
    split = _split(show, short)
    return {key: _cut(text, most[key]) if key in most and isinstance(text, str) else text for key, text in split.items()}


def _split(show: dict[str, JsonValue], short: str) -> dict[str, JsonValue]:
    headline = show.get("headline")
    limit = HEADLINE_CHARS.get(short, 40)
    if not isinstance(headline, str) or len(headline) <= limit or show.get("body"):
        return show
    cut = _SPLIT.get(short, _SPLIT["en"]).search(headline, 6)
    if cut is None or cut.start() > limit + 10:
        return show
    rest = headline[cut.end() :].strip()
    return {**show, "headline": headline[: cut.start()], "body": rest[:1].upper() + rest[1:]}


def _include(scenes: list[Scene], wish: Wish, notes: list[str]) -> list[Scene]:
    """Words that must be in and are not yet: they are said and shown by themselves at the end."""
    missing = [term for term in wish.must_include if not holds((term,), _words(scenes))]
    if not missing:
        return scenes
    stop = "。" if wish.language.startswith("zh") else "."
    last = scenes[-1]
    extra = [term[:1].upper() + term[1:].rstrip(".。") + stop for term in missing]
    glue = "" if stop == "。" else " "
    shown = (
        last.show if last.show.get("body") else {**last.show, "body": (" · " if glue else "，").join(text.rstrip(".。") for text in extra)}
    )
    notes.append("said at the end because it must be in: " + ", ".join(missing))
    say = glue.join([*extra, last.say]).strip()
    sentences = (*(Sentence(text=text) for text in extra), *last.sentences)
    return [*scenes[:-1], last.model_copy(update={"say": say, "show": shown, "sentences": sentences})]


def _words(scenes: Sequence[Scene]) -> str:
    shown = (str(value) for scene in scenes for value in scene.show.values())
    return " ".join([*(scene.say for scene in scenes), *shown])


def holds(terms: Sequence[str], text: str) -> bool:
    """True when any of the terms occurs in the text: whole words in scripts with spaces, anywhere in others."""
    folded = " ".join(text.casefold().split())
    for term in terms:
        needle = " ".join(term.casefold().split())
        if not needle:
            continue
        edge = (r"(?<!\w)" if needle[0].isascii() else "", r"(?!\w)" if needle[-1].isascii() else "")
        if re.search(edge[0] + re.escape(needle) + edge[1], folded, re.ASCII):
            return True
    return False


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in scripts with spaces and without."""
    return tuple(each for each in _SENTENCE.split(text) if each)


def refuse_forbidden(facts: Facts, forbidden: Sequence[str], must_include: Sequence[str]) -> None:
    """Raises WorkflowError when a fact holds a forbidden word, or when a word must be in and is forbidden."""
    for name, text in [*facts.slots.items(), *(("points", point) for point in facts.points)]:
        for term in forbidden:
            if holds((term,), text):
                raise WorkflowError(f"the fact `{name}` holds the forbidden word `{term}`", "change the fact, or allow the word")
    both = [term for term in must_include if holds(forbidden, term)]
    if both:
        raise WorkflowError(f"`{both[0]}` must be in and is forbidden", "take it out of one of the two lists")


def _named(block: _Block, facts: Facts) -> str:
    return f"`{_cut(facts.points[block.point], 60)}`" if block.point is not None else f"the scene `{block.part.role}`"


def _cut(text: str, most: int) -> str:
    """The text in at most `most` characters, cut between words where there are any."""
    if len(text) <= most:
        return text
    head, space, _ = text[:most].rpartition(" ")
    return f"{(head if space and len(head) > most // 2 else text[: most - 1]).rstrip(' ,;:，；：')}…"
