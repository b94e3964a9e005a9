from __future__ import annotations

from aigc_cli.media.drawing.keeping import kept


def test_what_was_used_last_stays_and_bytes_are_the_bound() -> None:
    made: list[int] = []

    @kept(10, len)
    def drawn(size: int) -> bytes:
        made.append(size)
        return bytes(size)

    for size in (4, 5, 4, 3):  # 5 is forgotten: 4 was used after it
        assert drawn(size) == bytes(size)
    assert made == [4, 5, 3]
    drawn(4)
    assert made == [4, 5, 3]
    drawn(5)
    assert made == [4, 5, 3, 5]
    drawn(11)
    drawn(11)  # too large to be kept, and it drives nothing out
    assert made[-2:] == [11, 11]
    drawn(5)
    assert made[-2:] == [11, 11]
