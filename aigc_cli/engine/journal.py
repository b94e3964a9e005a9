"""The run database: what ran when, with which result. SQLite in the cache folder; only the coordinating process writes.

It is a record for people and for `plan`: the cache alone decides what need not run again, so losing it loses no work.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aigc_cli.errors import StorageError

_MIGRATIONS = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, workflow TEXT NOT NULL, file TEXT NOT NULL, started REAL NOT NULL, seconds REAL,
        status TEXT NOT NULL, out TEXT NOT NULL, error TEXT, hint TEXT, code INTEGER
    );
    CREATE INDEX runs_by_time ON runs (started);
    CREATE TABLE steps (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, step TEXT NOT NULL, kind TEXT NOT NULL, provider TEXT,
        status TEXT NOT NULL, seconds REAL NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (run, step)
    );
    CREATE TABLE keys (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, key TEXT NOT NULL, PRIMARY KEY (run, key)
    ) WITHOUT ROWID;
    CREATE TABLE outputs (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, name)
    );
    CREATE TABLE fingerprints (
        file TEXT NOT NULL, step TEXT NOT NULL, item INTEGER NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (file, step, item)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE spending (
        run TEXT NOT NULL, step TEXT NOT NULL, item INTEGER NOT NULL, provider TEXT NOT NULL, server TEXT NOT NULL,
        model TEXT NOT NULL, units TEXT NOT NULL, amount REAL, currency TEXT NOT NULL, paid REAL NOT NULL
    );
    CREATE INDEX spending_by_run ON spending (run);
    """,
    """
    CREATE TABLE notes (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, step TEXT NOT NULL, text TEXT NOT NULL, is_downgrade INTEGER NOT NULL
    );
    CREATE INDEX notes_by_run ON notes (run);
    """,
)
_KEPT_RUNS = 500


@dataclass(frozen=True)
class Run:
    """One run. `status` is running, ok, degraded, failed or interrupted; `started` is seconds since 1970."""

    id: str
    workflow: str
    file: str
    started: float
    seconds: float | None
    status: str
    out: str
    error: str | None
    hint: str | None
    code: int | None


@dataclass(frozen=True)
class StepRecord:
    """How a step of a run ended."""

    step: str
    kind: str
    provider: str | None
    status: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Payment:
    """One call that a server bills. `amount` is None when no price list knew it; `paid` is seconds since 1970."""

    step: str
    item: int | None
    provider: str
    server: str
    model: str
    units: Mapping[str, float]
    amount: float | None
    currency: str
    paid: float


@dataclass(frozen=True)
class Spending:
    """What a server was paid for a model in a month (UTC). `unknown` counts the calls whose price no list knew."""

    month: str
    server: str
    model: str
    currency: str
    calls: int
    amount: float
    unknown: int


class Journal:
    """The run database below a cache folder. Every method raises StorageError when the disk refuses."""

    def __init__(self, root: Path) -> None:
        self.path = root / "runs.db"
        with _translated(self.path):
            try:
                root.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _refused(self.path, error.strerror or str(error)) from error
            self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            self._db.execute("PRAGMA busy_timeout = 30000")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()

    def _migrate(self) -> None:
        if self._version() >= len(_MIGRATIONS):
            return
        with self._transaction():
            for number in range(self._version(), len(_MIGRATIONS)):  # read again: another process may have been first
                for statement in _MIGRATIONS[number].split(";"):
                    if statement.strip():
                        self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number + 1}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with _translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Closes the database; allowed more than once."""
        self._db.close()

    def begin(self, run: str, workflow: str, file: str, out: str, now: float | None = None) -> None:
        """Notes that a run begins, and forgets all but the last 500."""
        with self._transaction():
            self._db.execute(
                "INSERT INTO runs (id, workflow, file, started, status, out) VALUES (?, ?, ?, ?, 'running', ?)",
                (run, workflow, file, time.time() if now is None else now, out),
            )
            self._db.execute(
                "DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY started DESC, rowid DESC LIMIT -1 OFFSET ?)", (_KEPT_RUNS,)
            )

    def step(self, run: str, record: StepRecord) -> None:
        """Notes how a step ended."""
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)",
                (run, record.step, record.kind, record.provider, record.status, record.seconds, record.reason),
            )

    def result(self, run: str, key: str, *, file: str, step: str, item: int | None, fields: Mapping[str, str]) -> None:
        """Notes the key of a result that is in the cache, and what it was made of."""
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (run, key))
            self._db.execute(
                "INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?, ?)",
                (file, step, -1 if item is None else item, json.dumps(fields, sort_keys=True)),
            )

    def pay(self, run: str, payment: Payment) -> None:
        """Notes what a call has cost. The ledger outlives the runs that are forgotten."""
        item = -1 if payment.item is None else payment.item
        units = json.dumps(dict(payment.units), sort_keys=True)
        row = (run, payment.step, item, payment.provider, payment.server, payment.model, units)
        with self._transaction():
            self._db.execute(
                "INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, payment.amount, payment.currency, payment.paid)
            )

    def payments(self, run: str) -> list[Payment]:
        """What the calls of a run have cost, in order."""
        with _translated(self.path):
            rows = self._db.execute(
                "SELECT step, item, provider, server, model, units, amount, currency, paid FROM spending WHERE run = ? ORDER BY rowid",
                (run,),
            )
            return [
                Payment(step, None if item < 0 else item, provider, server, model, json.loads(units), amount, currency, paid)
                for step, item, provider, server, model, units, amount, currency, paid in rows
            ]

    def note(self, run: str, notes: Iterable[tuple[str, str, bool]]) -> None:
        """Notes what a run told its user: which step, what, and whether it is a downgrade. Who agreed that a voice is cloned is here."""
        with self._transaction():
            self._db.executemany("INSERT INTO notes VALUES (?, ?, ?, ?)", [(run, *each) for each in notes])

    def notes(self, run: str) -> list[tuple[str, str, bool]]:
        """What a run told its user, in order."""
        with _translated(self.path):
            rows = self._db.execute("SELECT step, text, is_downgrade FROM notes WHERE run = ? ORDER BY rowid", (run,))
            return [(step, text, bool(is_downgrade)) for step, text, is_downgrade in rows]

    def spending(self, since: float) -> list[Spending]:
        """What was paid since a moment (seconds since 1970), the newest month first, the dearest model first."""
        with _translated(self.path):
            rows = self._db.execute(
                "SELECT strftime('%Y-%m', paid, 'unixepoch') AS month, server, model, currency, COUNT(*), TOTAL(amount), "
                "SUM(amount IS NULL) FROM spending WHERE paid >= ? GROUP BY month, server, model, currency "
                "ORDER BY month DESC, TOTAL(amount) DESC, server, model",
                (since,),
            )
            return [Spending(*row) for row in rows]

    def end(self, run: str, status: str, seconds: float, outputs: Mapping[str, Any], error: tuple[str, str, int] | None = None) -> None:
        """Notes how a run ended."""
        message, hint, code = error or (None, None, None)
        with self._transaction():
            self._db.execute(
                "UPDATE runs SET status = ?, seconds = ?, error = ?, hint = ?, code = ? WHERE id = ?",
                (status, seconds, message, hint, code, run),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?)",
                [(run, name, json.dumps(value, ensure_ascii=True)) for name, value in outputs.items()],
            )

    def runs(self, limit: int = 20) -> list[Run]:
        """The last runs, newest first."""
        with _translated(self.path):
            rows = self._db.execute(
                "SELECT id, workflow, file, started, seconds, status, out, error, hint, code FROM runs "
                "ORDER BY started DESC, rowid DESC LIMIT ?",
                (limit,),
            )
            return [Run(*row) for row in rows]

    def find(self, prefix: str) -> list[Run]:
        """The runs whose id begins with `prefix`, newest first; `last` stands for the newest of all."""
        if prefix == "last":
            return self.runs(1)
        return [run for run in self.runs(_KEPT_RUNS) if run.id.startswith(prefix)]

    def steps(self, run: str) -> list[StepRecord]:
        """The steps of a run, in the order in which they ended."""
        with _translated(self.path):
            rows = self._db.execute("SELECT step, kind, provider, status, seconds, reason FROM steps WHERE run = ? ORDER BY rowid", (run,))
            return [StepRecord(*row) for row in rows]

    def outputs(self, run: str) -> dict[str, Any]:
        """The outputs of a run."""
        with _translated(self.path):
            rows = self._db.execute("SELECT name, value FROM outputs WHERE run = ? ORDER BY rowid", (run,))
            return {name: json.loads(value) for name, value in rows}

    def fields(self, file: str, step: str, item: int | None) -> dict[str, str]:
        """What the last result of a step of a workflow was made of; empty when there is none."""
        with _translated(self.path):
            row = self._db.execute(
                "SELECT fields FROM fingerprints WHERE file = ? AND step = ? AND item = ?", (file, step, -1 if item is None else item)
            ).fetchone()
        return json.loads(row[0]) if row else {}

    def recent_keys(self, runs: int) -> set[str]:
        """Keys of the results of the last runs."""
        with _translated(self.path):
            rows = self._db.execute("SELECT key FROM keys WHERE run IN (SELECT id FROM runs ORDER BY started DESC LIMIT ?)", (runs,))
            return {row[0] for row in rows}

    def expected_s(self, kind: str, provider: str) -> float | None:
        """The mean time of this kind of step with this provider in its last ten runs; None when it never ran."""
        with _translated(self.path):
            row = self._db.execute(
                "SELECT avg(seconds) FROM (SELECT seconds FROM steps WHERE kind = ? AND provider = ? AND status = 'ran' "
                "ORDER BY rowid DESC LIMIT 10)",
                (kind, provider),
            ).fetchone()
        return None if row is None or row[0] is None else float(row[0])


def _refused(path: Path, reason: str) -> StorageError:
    return StorageError(f"cannot use the run database {path}: {reason}", "free some space, or choose another folder with AIGC_CACHE_DIR")


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise StorageError(f"the run database {path} is damaged: {error}", f"remove it; no cached work is lost: {path}") from error
        raise _refused(path, str(error)) from error
