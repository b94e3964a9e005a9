from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from aigc_cli import events, registry
from aigc_cli.engine import locks
from aigc_cli.engine.result import json_object
from aigc_cli.engine.run import run
from tests.engine.conftest import Place, status

CHAIN = """
  last:
    uses: test.join
    with: {data: "${{ steps.second.upper }}"}
  first:
    uses: test.echo
    with: {text: "${{ inputs.text }}", count_in: COUNT/first}
  second:
    uses: test.echo
    with: {text: "${{ steps.first.text }}!", count_in: COUNT/second}
"""
TEXT = "inputs: {text: {type: string, default: hi}}"


def _chain(place: Place) -> None:
    place.write(
        CHAIN.replace("COUNT", str(place.root)), head=TEXT, outputs='{file: "${{ steps.second.file }}", said: "${{ steps.last.data }}"}'
    )


def test_order_comes_from_references(place: Place) -> None:
    _chain(place)
    result = place.run()
    assert (result.status, result.exit_code) == ("ok", 0)
    assert [event.step for event in place.events if isinstance(event, events.StepDone)] == ["first", "second", "last"]
    assert result.outputs["said"] == ["HI!", None]
    assert Path(result.outputs["file"]).read_text() == "hi!"


def test_the_second_run_is_all_cached_and_starts_no_worker(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    _chain(place)
    before = place.run().outputs

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    again = place.run()
    assert set(status(again).values()) == {"cached"}
    assert again.outputs == before
    assert place.count("first") == 1


def test_a_changed_input_runs_what_depends_on_it(place: Place) -> None:
    _chain(place)
    place.run()
    again = place.run("text=ho")
    assert set(status(again).values()) == {"ran"}
    assert next(step.reason for step in again.steps if step.id == "first") == "parameter `text` changed"


def test_an_equal_result_stops_the_change(place: Place) -> None:
    steps = """
  a: {uses: test.echo, with: {text: same, number: "${{ inputs.n }}"}}
  b: {uses: test.echo, with: {text: "${{ steps.a.text }}"}}
"""
    place.write(steps, head="inputs: {n: {type: number, default: 1}}")
    place.run()
    assert status(place.run("n=2")) == {"a": "ran", "b": "cached"}


def test_a_file_counts_by_content(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {text: x, source: "${{ inputs.file }}"}}
""", head="inputs: {file: {type: file}}", outputs='{text: "${{ steps.a.text }}"}')  # fmt: skip
    (place.root / "one.txt").write_text("content")
    (place.root / "two 文件.txt").write_text("content")
    assert place.run("file=one.txt").outputs["text"] == "xcontent"
    assert status(place.run("file=two 文件.txt")) == {"a": "cached"}
    (place.root / "one.txt").write_text("other")
    result = place.run("file=one.txt")
    assert result.outputs["text"] == "xother"
    assert result.steps[0].reason == "input file `source` changed"


def test_items_are_cached_one_by_one(place: Place) -> None:
    place.write(f"""
  a:
    uses: test.echo
    for_each: ${{{{ inputs.words }}}}
    with: {{text: "${{{{ index }}}}${{{{ item }}}}", count_in: {place.root}/ran}}
""", head="inputs: {words: {type: list, items: string}}", outputs='''
  texts: ${{ steps.a | pluck("text") }}
  files: ${{ steps.a | pluck("file") }}''')  # fmt: skip
    result = place.run("words=x", "words=y", "words=z")
    assert result.outputs["texts"] == ["0x", "1y", "2z"]
    assert [Path(path).read_text() for path in result.outputs["files"]] == ["0x", "1y", "2z"]
    assert place.run("words=x", "words=NEW", "words=z").outputs["texts"] == ["0x", "1NEW", "2z"]
    assert place.count("ran") == 4


def test_no_items_are_no_work(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, for_each: "${{ inputs.words }}", with: {text: "${{ item }}"}}
  b: {uses: test.join, with: {data: "${{ steps.a }}"}}
""", head="inputs: {words: {type: list, items: string, default: []}}", outputs='{b: "${{ steps.b.data }}"}')  # fmt: skip
    result = place.run()
    assert result.outputs["b"] == [[], None]
    assert [(step.status, step.reason) for step in result.steps] == [("skipped", "no item needs it"), ("ran", "not in the cache")]


def test_if_skips_a_step_and_what_only_it_fed(place: Place) -> None:
    place.write("""
  off: {uses: test.echo, if: "${{ inputs.text == 'no' }}", with: {text: a}}
  fed: {uses: test.join, with: {data: "${{ steps.off }}"}}
  both: {uses: test.join, with: {data: ["${{ steps.off }}", "${{ steps.on.text }}"]}}
  on: {uses: test.echo, with: {text: b}}
""", head=TEXT, outputs='{both: "${{ steps.both.data }}"}')  # fmt: skip
    result = place.run()
    assert status(result) == {"off": "skipped", "fed": "skipped", "both": "ran", "on": "ran"}
    assert result.outputs["both"] == [[None, "b"], None]
    assert next(step.reason for step in result.steps if step.id == "fed") == "`off` was skipped"


def test_if_with_item_leaves_single_items_out(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, for_each: ["x", "", "z"], if: "${{ item != '' }}", with: {text: "${{ item }}"}}
""", outputs='{a: "${{ steps.a }}"}')  # fmt: skip
    assert [each and each["text"] for each in place.run().outputs["a"]] == ["x", None, "z"]


@pytest.mark.parametrize("attempts, ends", [(2, "failed"), (3, "ok")])
def test_retry(place: Place, attempts: int, ends: str) -> None:
    place.write(f"""
  a:
    uses: test.echo
    with: {{text: a, fail: retryable, fail_times: 2, count_in: {place.root}/ran}}
    retry: {{attempts: {attempts}, wait_s: 0.01}}
""")  # fmt: skip
    result = place.run()
    assert result.status == ends
    assert place.count("ran") == attempts
    assert any("trying again (2 of" in event.text for event in place.events if isinstance(event, events.StepNote))


@pytest.mark.parametrize(
    "fail, code, message, hint",
    [
        ("provider", 4, "step `a`: broken", "mend it"),
        ("bug", 1, "step `a`: unexpected ZeroDivisionError: oh", "this is a bug"),
        ("crash", 4, "step `a`: the worker was stopped by SIGABRT", "report it"),
        ("kill", 4, "step `a`: the worker was stopped by SIGKILL", "--jobs 1"),
        ("exit", 1, "step `a`: the worker ended with code 3", "report it"),
        ("quality", 7, "step `a`: bad picture", ""),
    ],
)
def test_a_failing_step(place: Place, fail: str, code: int, message: str, hint: str) -> None:
    place.write(f"""
  a: {{uses: test.echo, with: {{text: a, fail: {fail}, count_in: {place.root}/ran}}, retry: {{attempts: 1}}}}
  b: {{uses: test.join, with: {{data: "${{{{ steps.a.text }}}}"}}}}
""")  # fmt: skip
    result = place.run()
    assert result.error is not None
    assert (result.status, result.exit_code, result.error.message) == ("failed", code, message)
    assert hint in result.error.hint
    assert status(result) == {"a": "failed"}
    assert place.count("ran") == 1, "only what may help is tried again"
    assert not place.out.exists(), "nothing was written, so no folder is left"


def test_what_others_finished_is_kept_when_one_fails(place: Place) -> None:
    place.write(f"""
  a:
    uses: test.echo
    for_each: [ok, bad]
    with: {{text: "${{{{ item }}}}", fail: "${{{{ 'provider' if item == 'bad' else '' }}}}", count_in: "{place.root}/${{{{ item }}}}"}}
""")  # fmt: skip
    assert place.run().error.message == "step `a[1]`: broken"  # type: ignore[union-attr]
    place.run()
    assert (place.count("ok"), place.count("bad")) == (1, 2)


def test_a_step_over_its_time_is_stopped(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {text: a, sleep_s: 60}, timeout_s: 0.3}
""")
    started = time.monotonic()
    result = place.run()
    assert time.monotonic() - started < 30
    assert result.error is not None
    assert (result.exit_code, result.error.message) == (4, "step `a`: no result within 0.3 s")


def test_noise_on_stdout_disturbs_nothing(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {text: a, fail: print}}
""")
    assert place.run().status == "ok"


def test_fallback_is_told_and_degrades(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, provider: [keyed, failing, second], with: {text: a}}
""", outputs='{text: "${{ steps.a.text }}"}')  # fmt: skip
    result = place.run()
    assert (result.status, result.exit_code) == ("degraded", 0)
    assert result.outputs["text"] == "second:a"
    assert result.steps[0].provider == "second"
    told = [text for _, text, is_downgrade in result.notes if is_downgrade]
    assert told[0].startswith("failing does this instead of keyed: keyed needs a key: NOSUCH_API_KEY")
    assert told[1] == "second does this instead of failing: the service is down"


def test_strict_refuses_a_fallback(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, provider: [failing, second], with: {text: a}}
""")
    result = place.run(is_strict=True)
    assert result.exit_code == 7
    assert not place.out.exists()


def test_a_single_provider_that_cannot_says_why(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, provider: keyed, with: {text: a}}
""")
    result = place.run()
    assert result.exit_code == 3
    assert result.error is not None
    assert "NOSUCH_API_KEY" in result.error.hint


@pytest.mark.parametrize("is_offline, code", [(False, 0), (True, 4)])
def test_offline_refuses_the_network(place: Place, is_offline: bool, code: int) -> None:
    place.write("""
  a: {uses: test.echo, provider: online, with: {text: a}}
""")
    assert place.run(is_offline=is_offline).exit_code == code


def test_embedded_takes_the_first_that_fits(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, for_each: [fits, misfit], with: {text: "${{ item }}"}}
""", outputs='{a: "${{ steps.a | pluck(\'text\') }}"}')  # fmt: skip
    result = place.run()
    assert result.outputs["a"] == ["fits", "second:misfit"]
    assert result.status == "ok", "another embedded provider is no downgrade"


def test_options_come_from_settings_defaults_profile_and_step(place: Place) -> None:
    head = """
defaults: {test: {text: defaults, number: 2}}
profiles: {draft: {test: {number: 3, prefix: ">"}}}
"""
    place.write("""
  a: {uses: test.echo, with: {}}
  b: {uses: test.echo, with: {text: own}}
""", head=head, outputs='{a: "${{ steps.a.text }}", b: "${{ steps.b.text }}"}')  # fmt: skip
    (place.root / "aigc.toml").write_text('[test]\nprefix = "="\ntext = "settings"\n')
    assert place.run().outputs == {"a": "=defaults", "b": "=own"}
    assert place.run(profile="draft").outputs == {"a": ">defaults", "b": ">own"}


def test_the_brand_reaches_steps_that_have_one(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {text: a}}
  b: {uses: test.echo, with: {text: a, brand: mine}}
""", head="brand: ${{ inputs.text }}\n" + TEXT)  # fmt: skip
    job = place.job()
    brands = [next(piece.candidates).step.brand for name in "ab" for piece in job.expand(name, {}, set()) if piece]  # type: ignore[attr-defined, union-attr]
    assert brands == ["hi", "mine"]


def test_force_runs_a_step_again_and_only_it(place: Place) -> None:
    _chain(place)
    place.run()
    result = place.run(force=("first",))
    assert status(result) == {"first": "ran", "second": "cached", "last": "cached"}
    assert result.steps[0].reason == "forced"


def test_no_cache_neither_reads_nor_keeps(place: Place) -> None:
    _chain(place)
    place.run(no_cache=True)
    assert place.count("first") == 1
    assert status(place.run())["first"] == "ran"
    assert set(status(place.run(no_cache=True)).values()) == {"ran"}


def test_a_step_may_say_that_it_is_not_to_be_cached(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {text: a}, cache: false}
""")
    assert [status(place.run())["a"] for _ in range(2)] == ["ran", "ran"]


def test_another_seed_runs_again(place: Place) -> None:
    _chain(place)
    place.run()
    assert status(place.run(seed=1))["first"] == "ran"
    assert status(place.run(seed=0))["first"] == "cached"


def test_a_downgrade_is_told_again_from_the_cache(place: Place) -> None:
    place.write("""
  a: {uses: test.join, with: {memo: x}}
""")
    assert [place.run().status for _ in range(2)] == ["degraded", "degraded"]
    assert place.run(is_strict=True).exit_code == 7


def test_a_part_is_made_once_for_several_results(place: Place) -> None:
    place.write(f"""
  a: {{uses: test.join, with: {{memo: x, data: "${{{{ inputs.text }}}}", count_in: {place.root}/made}}}}
""", head=TEXT, outputs='{part: "${{ steps.a.data[1].part }}"}')  # fmt: skip
    place.run("text=1")
    result = place.run("text=2")
    assert place.count("made") == 1
    assert status(result) == {"a": "ran"}
    assert Path(result.outputs["part"]).read_text() == "x"


def test_a_damaged_cache_mends_itself(place: Place) -> None:
    _chain(place)
    before = place.run().outputs
    for path in (place.root / "cache" / "actions").rglob("*.json"):
        path.write_bytes(b"{half")
    for path in (place.root / "cache" / "blobs").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(b"")
    again = place.run()
    assert again.outputs == before
    assert set(status(again).values()) == {"ran"}


def test_a_changed_template_runs_again(place: Place) -> None:
    _chain(place)
    place.run()
    template = place.root / "templates" / "copy" / "x.yaml"
    template.parent.mkdir(parents=True)
    for text, reason in (("a", "uses `copy/x.yaml` now"), ("b", "`copy/x.yaml` changed")):
        template.write_text(text)
        result = place.run()
        assert status(result)["first"] == "ran"
        assert result.steps[0].reason == reason


def test_a_missing_parameter_names_its_place(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, with: {number: "${{ steps.b.text }}"}}
  b: {uses: test.echo, with: {text: word}}
""")
    result = place.run()
    assert result.exit_code == 2
    assert result.error is not None
    assert result.error.message.startswith("steps.a.with.number: must be a number")


def test_secrets_stay_out_of_what_is_told_and_kept(place: Place) -> None:
    place.write("""
  a: {uses: test.echo, provider: failing, with: {text: "${{ inputs.token }}"}}
  b: {uses: test.echo, with: {number: "${{ inputs.token }}"}}
""", head="inputs: {token: {type: string, secret: true}}")  # fmt: skip
    result = place.run("token=hunter2secret")
    assert result.exit_code in (2, 4)
    assert "hunter2secret" not in json.dumps(json_object(result)) + repr(place.events)
    kept = b"".join(path.read_bytes() for path in (place.root / "cache").rglob("*") if path.is_file())
    assert b"hunter2secret" not in kept


def test_the_json_object_has_all_fields(place: Place) -> None:
    _chain(place)
    told = json_object(place.run())
    assert list(told) == ["status", "run", "workflow", "seconds", "outputs", "cost", "steps", "error"]
    assert told["cost"] == {"amount": 0.0, "currency": "USD"}
    assert {tuple(step) for step in told["steps"]} == {("id", "status", "provider", "seconds", "reason")}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused_before_anything_runs(place: Place) -> None:
    _chain(place)
    place.root.joinpath("locked").mkdir(mode=0o500)
    place.out = place.root / "locked" / "out"
    result = place.run()
    assert result.exit_code == 5
    assert place.count("first") == 0


def test_an_output_folder_that_is_a_file_is_refused_before_anything_runs(place: Place) -> None:
    _chain(place)
    place.out.write_text("mine")
    result = place.run()
    assert result.error is not None
    assert (result.exit_code, place.count("first"), place.out.read_text()) == (5, 0, "mine")
    assert "--out" in result.error.hint


def test_runs_are_in_the_journal(place: Place) -> None:
    from aigc_cli.engine.journal import Journal

    _chain(place)
    result = place.run()
    journal = Journal(place.root / "cache")
    run = journal.find("last")[0]
    assert (run.id, run.status) == (result.run, "ok")
    assert [step.step for step in journal.steps(run.id)] == ["first", "second", "last"]
    assert journal.outputs(run.id) == result.outputs


def test_nothing_is_left_in_the_scratch_folder(place: Place) -> None:
    _chain(place)
    place.run()
    assert [path.name for path in (place.root / "cache" / "tmp").iterdir()] == [".swept"]


def test_an_included_workflow_runs_as_a_step(place: Place) -> None:
    (place.root / "inner.yaml").write_text("""
aigc: 1
name: inner
inputs: {word: {type: string}, mark: {type: string, default: "!"}}
steps:
  say: {uses: test.echo, with: {text: "${{ inputs.word }}${{ inputs.mark }}"}}
  again: {uses: test.echo, with: {text: "${{ steps.say.upper }}"}}
outputs: {said: "${{ steps.again.text }}", file: "${{ steps.say.file }}"}
""")
    place.write("""
  part: {uses: ./inner.yaml, with: {word: "${{ steps.first.text }}"}}
  off: {uses: ./inner.yaml, if: "${{ steps.first.text == 'never' }}", with: {word: a}}
  first: {uses: test.echo, with: {text: "${{ inputs.text }}"}}
  last: {uses: test.join, with: {data: ["${{ steps.part.said }}", "${{ steps.off }}"]}}
""", head=TEXT, outputs='{all: "${{ steps.last.data }}", file: "${{ steps.part.file }}"}')  # fmt: skip
    result = place.run()
    assert status(result) == {
        "first": "ran", "part.say": "ran", "part.again": "ran", "off.say": "skipped", "off.again": "skipped", "last": "ran",
    }  # fmt: skip
    assert result.outputs["all"] == [["HI!", None], None]
    assert Path(result.outputs["file"]).read_text() == "hi!"
    assert status(place.run(force=("part",)))["part.say"] == "ran"
    assert status(place.run())["part.say"] == "cached"


def test_what_may_answer_anew_is_asked_again_unless_offline(place: Place) -> None:
    place.write(f"""
  a: {{uses: test.ask, with: {{text: a, count_in: {place.root}/asked}}}}
  b: {{uses: test.echo, with: {{text: "${{{{ steps.a.text }}}}"}}}}
""")
    place.run()
    again = place.run()
    assert status(again) == {"a": "ran", "b": "cached"}
    assert again.steps[0].reason == "what it asks may answer something new"
    assert status(place.run(is_offline=True)) == {"a": "cached", "b": "cached"}
    assert place.count("asked") == 2


@pytest.mark.parametrize("provider, workers", [("heavy", 1), ("plain", 2)])
def test_heavy_weights_are_loaded_by_one_worker(place: Place, provider: str, workers: int) -> None:
    place.write(f"""
  a:
    uses: test.weigh
    provider: {provider}
    for_each: ["1", "2", "3", "4"]
    with: {{text: "${{{{ item }}}}", count_in: {place.root}/loaded, sleep_s: 0.4}}
""", outputs='{pids: "${{ steps.a | pluck(\'pid\') }}"}')  # fmt: skip
    result = place.run(jobs=2)
    assert len(set(result.outputs["pids"])) == workers
    assert place.count("loaded") == workers


def test_a_worker_lets_go_of_weights_that_nothing_is_left_to_need(place: Place) -> None:
    registry.add_step("other.join", "tests.engine.bench:OtherJoin")
    registry.add_provider("other.plain", "tests.engine.bench:Plain")
    place.write("""
  a: {uses: test.weigh, with: {text: a}}
  b: {uses: other.join, with: {data: "${{ steps.a.pid }}"}}
""", outputs='{a: "${{ steps.a.pid }}", b: "${{ steps.b.pid }}"}')  # fmt: skip
    result = place.run(jobs=1)
    assert result.outputs["a"] != result.outputs["b"]


def test_what_dead_runs_left_behind_is_swept_and_living_runs_are_not(place: Place) -> None:
    _chain(place)
    room = place.root / "cache" / "tmp"
    for name in ("dead", "alive"):
        (room / name).mkdir(parents=True)
        (room / name / "big").touch()
        (room / f"{name}.alive").touch()
    lock = locks.acquire(room / "alive.alive", wait_s=0)
    assert lock is not None
    place.run()
    assert not (room / "dead").exists()
    assert (room / "alive" / "big").exists()
    lock.close()


def test_the_cache_is_not_cleaned_under_a_run(place: Place) -> None:
    _chain(place)
    taken = []

    def watch(_: events.Event) -> None:
        lock = locks.acquire(place.root / "cache" / "use.lock", wait_s=0)
        taken.append(lock is not None)
        if lock is not None:
            lock.close()

    run(place.job(), place.out, watch)
    assert True not in taken[:-1], "only when the run is over may the cache be cleaned"
    assert taken[-1]
