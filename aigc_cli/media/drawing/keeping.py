"""What was drawn is kept for the next time, in so many bytes: pictures differ too much in size to be counted."""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def kept(most_bytes: int, size: Callable[[T], int]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Like `functools.lru_cache`, bounded by the bytes of what is kept, as `size` tells them; what is larger alone is not kept."""

    def decorate(make: Callable[P, T]) -> Callable[P, T]:
        held: OrderedDict[Hashable, T] = OrderedDict()
        total = 0

        @functools.wraps(make)
        def found(*args: P.args, **kwargs: P.kwargs) -> T:
            nonlocal total
            key = (args, tuple(kwargs.items()))
            if key in held:
                held.move_to_end(key)
                return held[key]
            made = make(*args, **kwargs)
            if size(made) <= most_bytes:
                held[key] = made
                total += size(made)
                while total > most_bytes:
                    total -= size(held.popitem(last=False)[1])
            return made

        return found

    return decorate
