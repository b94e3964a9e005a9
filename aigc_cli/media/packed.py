"""Long sequences of models, held small: as compressed JSON, opened where they are read.

A model takes a kilobyte of memory, and its JSON some bytes where its neighbours look alike. Ten minutes of a clip with a caption
for every word are 2040 layers: 22 MB of models, packed by shots 0.2 MB.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar, cast, overload

from pydantic import GetCoreSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

_OPEN = 4
"""So many sequences stay open: a shot's, those of the one before that fades and of the one after that is made ready."""
_LEVEL = 1


class Packed(Sequence[T]):
    """A frozen sequence of models of one kind. Equal models have equal JSON, so comparing needs no opening.

    Whoever goes through it by index holds `tuple(packed)`: an index opens it again when others were read meanwhile.
    """

    __slots__ = ("_bytes", "_length", "kind")

    def __init__(self, items: Sequence[T], kind: type[T]) -> None:
        self.kind = kind
        self._length = len(items)
        self._bytes = zlib.compress(_adapter(cast(Hashable, kind)).dump_json(tuple(items)), _LEVEL)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return cast(tuple[T, ...], _opened(cast(Hashable, self.kind), self._bytes))[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self[:])

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packed) and self.kind is other.kind and self._bytes == other._bytes

    def __hash__(self) -> int:
        return hash(self._bytes)

    def __repr__(self) -> str:
        return repr(self[:])


class Pack:
    """Marks a field `Sequence[Model]` as one that is held packed. Its JSON and its JSON schema are those of a tuple."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (kind,) = source.__args__
        plain = handler.generate_schema(tuple.__class_getitem__((kind, ...)))

        def packed(value: Any, validate: core_schema.ValidatorFunctionWrapHandler) -> Packed[Any]:
            return value if isinstance(value, Packed) and value.kind is kind else Packed(validate(value), kind)

        out = core_schema.plain_serializer_function_ser_schema(tuple, return_schema=plain)
        return core_schema.no_info_wrap_validator_function(packed, plain, serialization=out)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(tuple[kind, ...])


@lru_cache(_OPEN)
def _opened(kind: Any, data: bytes) -> Any:
    return _adapter(kind).validate_json(zlib.decompress(data))
