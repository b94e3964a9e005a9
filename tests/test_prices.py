"""Price lists: the shipped one is whole, the user's is looked at first, and what nobody knows is not guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigc_cli import prices
from aigc_cli.contracts import Usage
from aigc_cli.errors import ConfigError


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIGC_CONFIG", str(tmp_path))
    monkeypatch.setenv("AIGC_SERVERS", "localhost")
    return tmp_path / "prices.yaml"


def cost(server: str, model: str, **units: float) -> float | None:
    return prices.load().cost(Usage(server, model, units))


def test_the_shipped_list_knows_tokens_pictures_and_the_longest_name() -> None:
    assert cost("api.openai.com", "gpt-4o-mini-2024-07-18", input_tokens=1e6, output_tokens=1e6) == pytest.approx(0.75)
    assert cost("api.openai.com", "gpt-4o", input_tokens=1e6) == pytest.approx(2.5)
    assert cost("api.openai.com", "dall-e-2", images=3) == pytest.approx(0.06)


def test_a_unit_beside_the_billed_one_is_free_and_a_unit_alone_is_not() -> None:
    assert cost("api.openai.com", "dall-e-2", images=1, output_tokens=500) == pytest.approx(0.02)
    assert cost("api.openai.com", "dall-e-2", seconds=5) is None


def test_what_nobody_lists_is_not_known_unless_it_is_ones_own_server() -> None:
    assert cost("api.openai.com", "gpt-99", input_tokens=1) is None
    assert cost("llm.example.org", "m", input_tokens=1) is None
    assert cost("localhost", "m", input_tokens=1) == 0


def test_the_users_list_wins_and_another_currency_stands_alone(own: Path) -> None:
    own.write_text('prices: 1\nservers:\n  localhost: {"*": {calls: 0.5}}\n  api.openai.com: {gpt-4o: {input_tokens: 1}}\n')
    assert (cost("localhost", "any", calls=2), cost("api.openai.com", "gpt-4o", input_tokens=1e6)) == (1.0, 1.0)
    assert cost("api.openai.com", "dall-e-2", images=1) == pytest.approx(0.02)
    own.write_text('prices: 1\ncurrency: CNY\nservers:\n  llm.example.org: {"*": {calls: 2}}\n')
    assert prices.load().currency == "CNY"
    assert (cost("llm.example.org", "any", calls=1), cost("api.openai.com", "dall-e-2", images=1)) == (2, None)


DAMAGED = (
    "prices: 2",
    "- a",
    "",
    "prices: 1\nservers: {a: {b: {miles: 1}}}",
    "prices: 1\nservers: {a: {b: {images: -1}}}",
    "prices: 1\nservers: {a: {b: {images: .nan}}}",
    "a: [",
    "prices: 1\ncurrency: dollars",
)


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_list_is_told(own: Path, text: str) -> None:
    own.write_text(text)
    with pytest.raises(ConfigError, match="price list"):
        prices.load()


@pytest.mark.parametrize(("amount", "text"), [(0, "0.00 USD"), (1.234, "1.23 USD"), (0.05, "0.05 USD"), (0.00042, "0.00042 USD")])
def test_amounts_are_readable(amount: float, text: str) -> None:
    assert prices.amount_text(amount, "USD") == text
