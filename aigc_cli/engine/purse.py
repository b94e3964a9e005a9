"""What a run may cost: asks before each call, holds back what calls in progress may use, and keeps count of what was spent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from aigc_cli import prices
from aigc_cli.contracts import Usage
from aigc_cli.engine.choose import Candidate
from aigc_cli.engine.job import Job
from aigc_cli.errors import BudgetError

_REPAIRS = 3
"""A call is given room for this many tries, as long as there is room: a draft may be sent back."""
_EPSILON = 1e-9


@dataclass(frozen=True)
class Price:
    """What a try is expected to cost at most. `amount` is None where a server is called whose price nobody has listed."""

    amount: float | None = 0.0
    usage: Usage | None = None

    @property
    def is_free(self) -> bool:
        """True when nothing is paid, for sure."""
        return self.amount == 0


def price(job: Job, candidate: Candidate) -> Price:
    """What a try at a candidate's step costs at most. Raises the candidate's error when its estimate cannot be made."""
    usage = candidate.provider.estimate(candidate.step, job.templates)
    return Price() if usage is None else Price(prices.load().cost(usage), usage)


@dataclass
class Purse:
    """The money of one run. `limit` is the most that the run may cost, None when nobody said; steps may have a limit of their own."""

    limit: float | None = None
    currency: str = "USD"
    spent: float = 0.0
    has_unknown: bool = False
    by_step: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _held: dict[int, tuple[str, float]] = field(default_factory=dict)

    def take(self, task: int, step: str, label: str, cost: Price, cap: float | None) -> float | None:
        """Holds back what a try may cost.

        Args:
            task: number of the try.
            step: the step's id.
            label: how messages call it.
            cost: what the try costs at most.
            cap: the step's own limit.

        Returns:
            What the try may spend, infinity when nothing limits it; None when it must wait for what calls in progress hold.
            Raises BudgetError when the limit would be passed, or when a limit is set and the price is not known.
        """
        if not cost.is_free:
            self.currency = prices.load().currency
        if cost.is_free or (self.limit is None and cap is None):
            return float("inf")
        if cost.amount is None:
            assert cost.usage is not None
            raise BudgetError(
                f"what `{label}` will cost is not known: no price list names `{cost.usage.model}` at `{cost.usage.server}`",
                "add its price to your `prices.yaml` (docs/models.md), or run without a limit",
            )
        rooms = []
        if self.limit is not None:
            rooms.append((self.limit, self.spent, sum(held for _, held in self._held.values()), "the run"))
        if cap is not None:
            rooms.append((cap, self.by_step[step], sum(held for owner, held in self._held.values() if owner == step), f"step `{step}`"))
        for limit, spent, _, whose in rooms:
            if spent + cost.amount > limit + _EPSILON:
                raise BudgetError(
                    f"`{label}` may cost {self.text(cost.amount)}; {self.text(spent)} of {whose}'s {self.text(limit)} is spent",
                    "raise `--max-cost`" if whose == "the run" else "raise the step's `max_cost`",
                )
        if any(spent + held + cost.amount > limit + _EPSILON for limit, spent, held, _ in rooms):
            return None
        allowed = min([cost.amount * _REPAIRS, *(limit - spent - held for limit, spent, held, _ in rooms)])
        self._held[task] = (step, allowed)
        return allowed

    def release(self, task: int) -> None:
        """The try has ended: what it did not spend is free again."""
        self._held.pop(task, None)

    def pay(self, task: int, step: str, amount: float | None) -> None:
        """Counts what a call has cost; None when no price list knows it."""
        if amount is None:
            self.has_unknown = True
            return
        self.spent += amount
        self.by_step[step] += amount
        if task in self._held:
            owner, held = self._held[task]
            self._held[task] = (owner, max(0.0, held - amount))

    def text(self, amount: float) -> str:
        """An amount as people read it: `0.42 USD`."""
        return prices.amount_text(amount, self.currency)
