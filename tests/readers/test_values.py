from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_cli.readers.values import epoch_ms, is_missing, moment, number, read_column


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12), ("-3.5", -3.5), ("1,234", 1234), ("1,234,567.89", 1234567.89), ("$3.50", 3.5), ("€ 12", 12), ("NT$1,299", 1299),
        ("12 %", 12), ("(1,200)", -1200), ("1e3", 1000.0), (".5", 0.5), ("1 234", 1234), ("−7", -7), ("28元", 28), ("USD 4", 4),
    ],
)  # fmt: skip
def test_reads_numbers(cell: str, value: float) -> None:
    assert number(cell) == value


@pytest.mark.parametrize("cell", ["", "abc", "1.2.3", "12,34", "1e999", "--4", "12 apples", "(5", "9" * 50, "inf", "nan"])
def test_refuses_what_is_no_number(cell: str) -> None:
    assert number(cell) is None


@pytest.mark.parametrize(("cell", "value"), [("1.234,56", 1234.56), ("12,5", 12.5), ("1.234.567", 1234567), ("3,50 €", 3.5)])
def test_reads_decimal_commas(cell: str, value: float) -> None:
    assert number(cell, comma_decimal=True) == value


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-01-31", "2024-01-31"), ("2024-1-5", "2024-01-05"), ("2024-01", "2024-01"), ("2024/01/31", "2024-01-31"),
        ("2024年1月31日", "2024-01-31"), ("2024年1月", "2024-01"), ("Jan 1 2000", "2000-01-01"), ("1 January 2000", "2000-01-01"),
        ("Jan 2000", "2000-01"), ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"), ("2024-01-31T10:00:00+08:00", "2024-01-31T02:00:00Z"),
        ("2024-01-31 10:00", "2024-01-31T10:00:00"), ("Fri, 09 Jul 2021 17:08 EDT", "2021-07-09T21:08:00Z"),
        ("Thu, 14 Jan 2021 09:09 EST", "2021-01-14T14:09:00Z"), ("Wed, 02 Oct 2002 13:00:00 GMT", "2002-10-02T13:00:00Z"),
        ("Wed, 02 Oct 2002 15:00:00 +0200", "2002-10-02T13:00:00Z"), ("12/31/2021", "2021-12-31"),
    ],
)  # fmt: skip
def test_reads_moments(text: str, iso: str) -> None:
    assert moment(text) == iso


@pytest.mark.parametrize(
    "text", ["", "2024", "hello", "2024-13-01", "2024-02-30", "May", "May 5", "12", "March of 3", "31/31/2021", "x" * 100]
)
def test_refuses_what_is_no_moment(text: str) -> None:
    assert moment(text) is None


@given(st.text(max_size=80))
def test_never_fails_on_any_text(text: str) -> None:
    assert moment(text) is None or isinstance(moment(text), str)
    assert number(text) is None or isinstance(number(text), int | float)


@given(st.dates())
def test_reads_every_iso_date_as_itself(day: object) -> None:
    assert moment(str(day)) == str(day)


def test_day_order_is_found_from_the_column() -> None:
    assert read_column("d", ["01/02/2021", "13/02/2021"], comma_decimal=False).values == ("2021-02-01", "2021-02-13")
    assert read_column("d", ["01/02/2021", "02/13/2021"], comma_decimal=False).values == ("2021-01-02", "2021-02-13")
    doubtful = read_column("d", ["01/02/2021", "03/04/2021"], comma_decimal=False)
    assert doubtful.values == ("2021-01-02", "2021-03-04")
    assert "month first" in doubtful.note


def test_postal_codes_stay_text() -> None:
    assert read_column("zip", ["02134", "90210"], comma_decimal=False) == read_column("zip", ["02134", "90210"], comma_decimal=True)
    assert read_column("zip", ["02134", "90210"], comma_decimal=False).kind == "text"


def test_types_of_columns() -> None:
    assert read_column("a", ["1", "", "3"], comma_decimal=False).values == (1, None, 3)
    assert read_column("a", ["1", "2.5"], comma_decimal=False).values == (1.0, 2.5)
    assert read_column("a", ["yes", "No", "n/a"], comma_decimal=False).values == (True, False, None)
    assert read_column("a", ["1", "two"], comma_decimal=False).kind == "text"
    assert read_column("a", ["", "-"], comma_decimal=False).values == (None, None)


def test_a_few_misfits_in_many_cells_are_left_empty_and_counted() -> None:
    column = read_column("a", [*map(str, range(30)), "broken"], comma_decimal=False)
    assert (column.kind, column.misfits, column.values[-1]) == ("integer", 1, None)


def test_epoch() -> None:
    assert epoch_ms(1517968154000) == "2018-02-07T01:49:14Z"
    assert epoch_ms(1e20) is None
    assert is_missing(" N/A ")
