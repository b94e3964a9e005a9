"""What a run costs, with a real server on the loopback interface that counts its calls."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigc_cli import credentials
from aigc_cli.cli.app import call
from aigc_cli.engine.journal import Journal
from aigc_cli.engine.plan import plan
from aigc_cli.engine.result import RunResult, json_object
from aigc_cli.errors import BudgetError, KeyRefused, StepFailed
from tests.engine.conftest import Place, status
from tests.servers.openai_server import KEY, OpenAIServer, running

pytestmark = pytest.mark.network
PICTURES = """\
  pictures:
    uses: image.create
    provider: {provider}
    for_each: [a cup, a spoon, a kettle, a jug]
    with: {{prompt: "${{{{ item }}}}", width: 64, height: 64, base_url: "{url}", model: painter{more}}}
{step}"""
PRICES = "prices: 1\nservers:\n  127.0.0.1:\n    painter: {images: 0.04}\n    gold*: {images: 5}\n"
FAST = "    retry: {attempts: 3, wait_s: 0}\n"


def stripes(body: object) -> bytes:
    from PIL import Image

    image = Image.new("RGB", (64, 64), (230, 220, 200))
    image.paste((90, 40, 20), (0, 20, 64, 44))
    import io

    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_SERVERS", "127.0.0.1")
    monkeypatch.setenv("AIGC_KEY_127_0_0_1", KEY)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "prices.yaml").write_text(PRICES)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with running(paint=stripes) as state:
        yield state


def write(place: Place, server: OpenAIServer, provider: str = "openai", more: str = "", step: str = FAST) -> None:
    place.write(PICTURES.format(url=server.base_url, provider=provider, more=more, step=step))


def payments(place: Place, result: RunResult) -> list[float | None]:
    journal = Journal(place.root / "cache")
    try:
        return [each.amount for each in journal.payments(str(result.run))]
    finally:
        journal.close()


def test_the_cost_is_planned_paid_kept_in_the_ledger_and_not_paid_again(place: Place, server: OpenAIServer) -> None:
    write(place, server)
    (planned,) = plan(place.job(), None)
    assert planned.cost == pytest.approx(0.16)
    result = place.run(jobs=2)
    assert status(result) == {"pictures": "ran"}
    assert json_object(result)["cost"] == {"amount": 0.16, "currency": "USD"}
    assert payments(place, result) == [0.04] * 4
    (planned,) = plan(place.job(), None)
    assert planned.cost == 0
    again = place.run()
    assert (status(again), json_object(again)["cost"]["amount"], len(server.calls)) == ({"pictures": "cached"}, 0, 4)


def test_the_ledger_tells_what_was_paid_by_month_and_model(place: Place, server: OpenAIServer, capsys: pytest.CaptureFixture[str]) -> None:
    write(place, server)
    place.run()
    assert call(["costs", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["costs"]
    assert (row["server"], row["model"], row["calls"], row["unknown"], row["currency"]) == ("127.0.0.1", "painter", 4, 0, "USD")
    assert row["amount"] == pytest.approx(0.16)
    assert call(["costs"]) == 0
    assert "in all: 0.16 USD" in capsys.readouterr().out


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_a_limit_stops_before_the_call_that_could_pass_it(place: Place, server: OpenAIServer, jobs: int) -> None:
    write(place, server)
    result = place.run(jobs=jobs, max_cost=0.10)
    assert result.exit_code == BudgetError.exit_code
    assert "0.08 USD of the run's 0.10 USD is spent" in str(result.error)
    assert len(server.calls) == 2
    assert json_object(result)["cost"]["amount"] == 0.08
    more = place.run(jobs=jobs, max_cost=0.10)  # what was paid is kept: the rest is within the limit now
    assert (more.exit_code, len(server.calls)) == (0, 4)


def test_a_step_may_have_a_limit_of_its_own(place: Place, server: OpenAIServer) -> None:
    write(place, server, step="    max_cost: 0.05\n")
    result = place.run(jobs=1)
    assert (result.exit_code, len(server.calls)) == (6, 1)
    assert "step `pictures`'s 0.05 USD" in str(result.error)


def test_a_limit_of_nothing_still_allows_what_is_free(place: Place, server: OpenAIServer) -> None:
    write(place, server)
    assert (place.run(max_cost=0).exit_code, len(server.calls)) == (6, 0)
    place.workflow.write_text(place.workflow.read_text().replace("painter", "unlisted-model"))
    assert place.run(max_cost=0).exit_code == 0  # a trusted server of one's own costs nothing unless it is listed
    assert len(server.calls) == 4


def test_without_a_known_price_a_limit_cannot_be_kept(place: Place, server: OpenAIServer, tmp_path: Path) -> None:
    (tmp_path / "config" / "prices.yaml").write_text("prices: 1\nservers:\n  127.0.0.1:\n    painter: {input_tokens: 1}\n")
    place.write(PICTURES.format(url=server.base_url, provider="openai", more="", step=FAST))
    (tmp_path / "config" / "prices.yaml").write_text("prices: 1\nservers:\n  127.0.0.1:\n    painter: {seconds: 1}\n")
    result = place.run(max_cost=1)
    assert (result.exit_code, len(server.calls)) == (6, 0)
    assert "prices.yaml" in result.error.hint  # type: ignore[union-attr]
    (planned,) = plan(place.job(), None)
    assert planned.cost is None
    free = place.run()
    assert free.exit_code == 0
    assert any("no price list names" in note for _, note, _ in free.notes)
    assert payments(place, free) == [None] * 4


def test_what_failed_is_not_paid_and_is_tried_again_by_itself(place: Place, server: OpenAIServer) -> None:
    server.failures = deque(["status:503", "429:0", "ok", "half"])
    write(place, server)
    result = place.run(jobs=1)
    assert result.exit_code == 0
    assert (len(server.calls), server.finished, json_object(result)["cost"]["amount"]) == (7, 4, 0.16)


def test_a_key_that_is_not_taken_opens_the_circuit_at_once(place: Place, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_KEY_127_0_0_1", "sk-wrong-canary")
    write(place, server, provider="[openai, fake]")
    result = place.run(jobs=1)
    assert (result.status, len(server.calls)) == ("degraded", 1)
    write(place, server)
    failed = place.run(jobs=1)
    assert isinstance(failed.error, StepFailed)
    assert isinstance(failed.error.cause, KeyRefused)
    assert failed.exit_code == 3


def test_a_provider_that_keeps_failing_is_given_up(place: Place, server: OpenAIServer) -> None:
    server.failures = deque(["status:500"] * 100)
    write(place, server, provider="[openai, fake]", step="    retry: {attempts: 2, wait_s: 0}\n")
    result = place.run(jobs=1)
    assert result.status == "degraded"
    assert len(server.calls) == 7  # each once, and again until three have failed for good; the fourth is not tried again
    assert any("not asked again in this run" in note for _, note, _ in result.notes)


def test_a_run_that_is_killed_in_the_middle_of_a_call_pays_no_finished_call_again(
    place: Place, server: OpenAIServer, tmp_path: Path
) -> None:
    write(place, server)
    third, go_on = threading.Event(), threading.Event()

    def wait(count: int) -> None:
        if count == 3:
            third.set()
            go_on.wait(30)

    server.on_call = wait
    command = [sys.executable, "-m", "aigc_cli", "run", str(place.workflow), "--out", str(place.out), "--jobs", "1", "--json"]
    environment = {**os.environ, "AIGC_CACHE_DIR": str(tmp_path / "cache"), "AIGC_CONFIG": str(tmp_path / "config")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True)
    assert third.wait(60)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    go_on.set()
    server.on_call = None
    second = subprocess.run(command, capture_output=True, env=environment, check=True)
    marks = [call.headers["Idempotency-Key"] for call in server.calls]
    assert len(marks) == 5  # two were finished, the third was cut off and asked again, and the fourth
    assert len(set(marks)) == 4
    assert marks[2] == marks[3]
    assert json.loads(second.stdout)["cost"]["amount"] == 0.08


def test_a_network_that_goes_away_in_mid_run_is_told_and_nothing_is_paid_twice(place: Place, server: OpenAIServer) -> None:
    def die(count: int) -> None:
        if count == 3:
            server.stop()
            raise ConnectionAbortedError

    server.on_call = die
    write(place, server)
    gone = place.run(jobs=1)
    assert (gone.exit_code, server.finished, json_object(gone)["cost"]["amount"]) == (4, 2, 0.08)
    assert "cannot connect" in str(gone.error)
    with running(paint=stripes, port=int(server.url.rpartition(":")[2])) as back:
        again = place.run(jobs=1)
        assert (status(again), len(back.calls), back.finished) == ({"pictures": "ran"}, 2, 2)
        assert back.calls[0].headers["Idempotency-Key"] == server.calls[2].headers["Idempotency-Key"]
        assert json_object(again)["cost"]["amount"] == 0.08


def test_a_server_s_wish_to_be_left_alone_is_honoured(place: Place, server: OpenAIServer) -> None:
    moments: list[float] = []
    server.on_call = lambda _: moments.append(time.monotonic())
    server.failures = deque(["429:2"])
    write(place, server)
    assert place.run(jobs=1).exit_code == 0
    assert moments[1] - moments[0] >= 2  # the pieces that wait behind it leave the server alone, too
    assert len(moments) == 5


@pytest.mark.parametrize(("wish", "step"), [("3600", FAST), ("60", f"{FAST}    timeout_s: 30\n")])
def test_a_wish_beyond_the_deadline_is_not_waited_for(place: Place, server: OpenAIServer, wish: str, step: str) -> None:
    server.failures = deque([f"429:{wish}"] * 4)
    write(place, server, step=step)
    result = place.run(jobs=1)
    assert (result.exit_code, len(server.calls)) == (4, 1)
    assert f"asks to slow down: Rate limit reached, for {wish} s" in str(result.error)
    assert "run again after that" in result.error.hint  # type: ignore[union-attr]


@pytest.mark.parametrize("source", ["environment", ".env here", ".env of one's own", "keyring"])
def test_the_key_is_written_nowhere(
    place: Place, server: OpenAIServer, tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "config" / ".env" if source == ".env of one's own" else tmp_path / ".env"
    if source != "environment":
        monkeypatch.delenv("AIGC_KEY_127_0_0_1")
        monkeypatch.chdir(tmp_path)
    if source == "keyring":
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.servers.keyring_server.Ring")
        monkeypatch.setenv("TEST_KEYRING", f"aigc/127.0.0.1={KEY}")
        credentials.forget()
    elif source != "environment":
        kept.write_text(f"AIGC_KEY_127_0_0_1={KEY}\n")
    server.failures = deque(["echo"])
    write(place, server, provider="[openai, fake]")
    result = place.run(jobs=1)
    told = json.dumps(json_object(result)) + repr(place.events) + str(result.notes) + repr(result.error)
    assert KEY not in told
    assert (result.status, server.finished) == ("degraded", 3)  # the key was there, and was taken
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path != kept]
    assert written
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
