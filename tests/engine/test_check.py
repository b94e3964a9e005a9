"""Everything that is checked before anything runs: one pass, the right place, the right cure."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aigc_cli.engine.check import check, require
from aigc_cli.errors import WorkflowError
from aigc_cli.workflow.inputs import resolve
from aigc_cli.workflow.load import load, parse

HEAD = "aigc: 1\nname: w\n"
SCRIPT = "  script: {uses: text.write, with: {facts: {product: x, points: [y]}}}\n"


def problems(text, folder=Path("/nowhere"), **options):
    return check(parse(text.encode(), folder / "w.yaml", name="w.yaml"), **options)


def told(text, **options):
    return [(each.line, each.path, each.message) for each in problems(text, **options)]


def only(text, **options):
    found = problems(text, **options)
    assert len(found) == 1, [str(each) for each in found]
    return found[0]


def shown(text, **options):
    return str(only(text, **options))


def test_the_design_s_own_example_of_mistakes():
    text = (
        HEAD
        + "steps:\n"
        + SCRIPT
        + """\
  voice:
    uses: speech.say
    with:
      langauge: en
      text: hello
  clip:
    uses: video.assemble
    with: {script: "${{ steps.script }}", formats: ["9:16", "9:15"]}
"""
    )
    assert "\n".join(map(str, problems(text))) == (
        "w.yaml:8:7 steps.voice.with.langauge: unknown parameter of speech.say\n"
        "  hint: did you mean `language`?\n"
        'w.yaml:12:61 steps.clip.with.formats[1]: "9:15" is not a format\n'
        "  hint: use one of 9:16, 4:5, 1:1, 16:9 or WIDTHxHEIGHT (even, 128 to 4096)"
    )


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            "{uses: text.wriet, with: {}}",
            "w.yaml:4:13 steps.a.uses: `text.wriet` is not a kind of step\n  hint: did you mean `text.write`?",
        ),
        ("{uses: music.compose}", "w.yaml:4:3 steps.a: music.compose needs the parameter `duration_s`"),
        ("{uses: music.compose, with: {mood: calm}}", "w.yaml:4:28 steps.a.with: music.compose needs the parameter `duration_s`"),
        ("{uses: music.compose, with: {duration_s: 5, mood: happy}}", 'steps.a.with.mood: "happy" is not one of its values'),
        ("{uses: music.compose, with: {duration_s: 5, energy: 2}}", "w.yaml:4:58 steps.a.with.energy: must be at most 1, not 2"),
        ("{uses: music.compose, with: {duration_s: 0}}", "steps.a.with.duration_s: must be at least 0.5, not 0"),
        ("{uses: music.compose, with: {duration_s: long}}", 'steps.a.with.duration_s: must be a number, not "long"'),
        (
            "{uses: music.compose, with: {duration_s: 5}, provider: compoesr}",
            "`compoesr` is not a provider of music\n  hint: did you mean `composer`?",
        ),
        (
            "{uses: music.compose, with: {duration_s: 5}, provider: [composer, x]}",
            "w.yaml:4:72 steps.a.provider: `x` is not a provider of music",
        ),
        ("{uses: speech.say, with: {text: 5}}", "steps.a.with.text: must be text, not a number\n  hint: put it in quotes"),
        ("{uses: speech.say, with: {text: hi, speed: 9}}", "steps.a.with.speed: must be at most 2, not 9"),
        ("{uses: speech.say, with: {text: hi, language: '??'}}", 'steps.a.with.language: "??" does not have the right form'),
        (
            "{uses: speech.say, with: {text: hi, voice: nobody}}",
            "w.yaml:4:49 steps.a.with.voice: there is no voice `nobody`\n  hint: voices that speak `en`",
        ),
        (
            "{uses: speech.say, with: {text: hi, voice: heart, language: zh}}",
            "steps.a.with.voice: the voice `heart` does not speak `zh`\n  hint: voices that do",
        ),
        (
            "{uses: image.create, with: {photo: cup.png}}",
            "w.yaml:4:41 steps.a.with.photo: there is no file `cup.png`",
        ),
        (
            "{uses: image.collage, with: {photos: [../a.png, '${{ run.workflow }}.png']}}",
            "w.yaml:4:44 steps.a.with.photos[0]: `../a.png` leads out of the workflow's folder",
        ),
        (
            "{uses: image.create, provider: diffusers, with: {prompt: x, model: /m, mask: /etc/passwd}}",
            "steps.a.with.mask: `/etc/passwd` is not inside the workflow's folder",
        ),
        (
            "{uses: data.load, with: {source: data.csv}}",
            "steps.a.with.source: there is no file `data.csv`",
        ),
        ("{uses: text.write, with: {facts: [1]}}", "steps.a.with.facts: must be a mapping, not a list"),
        ("{uses: text.write, with: {facts: {}, template: nothing}}", "steps.a.with.template: there is no copy template `nothing`"),
        (
            "{uses: text.write, with: {facts: {}, must_include: [x, ' ']}}",
            "steps.a.with.must_include: each must be a word or a short phrase",
        ),
        ("{uses: text.write, with: {facts: {}, must_include: x}}", "steps.a.with.must_include: must be a list, not"),
        (
            "{uses: text.write, with: {facts: '${{ inputs.x }}'}}",
            "w.yaml:4:44 steps.a.with.facts: there is no input `x`\n  hint: declare it under `inputs`",
        ),
        ("{uses: text.write, with: {facts: '${{ steps.b }}'}}", "steps.a.with.facts: there is no step `b`"),
        ("{uses: text.write, with: {facts: '${{ steps.a }}'}}", "a step cannot use its own result"),
        ("{uses: text.write, with: {facts: '${{ item }}'}}", "`item` is known only in a step with `for_each`"),
        ("{uses: text.write, with: {facts: '${{ inputs.x'}}", "an expression is never closed"),
        ("{uses: text.write, with: {facts: {a: '${{ \"a\" * 10**9 }}'}}}", "steps.a.with.facts.a: `*` is not allowed"),
        ("{uses: text.write, with: {facts: {}, length_s: '${{ run.sed }}'}}", "there is no `run.sed`\n  hint: did you mean `seed`?"),
        ("{uses: text.write, with: {facts: {}}, needs: [b]}", "w.yaml:4:52 steps.a.needs: there is no step `b`"),
        ("{uses: text.write, with: {facts: {}}, needs: a}", "a step cannot wait for itself"),
        ("{uses: ./no.yaml}", "steps.a.uses: there is no file"),
        ("{uses: ../no.yaml}", "leads out of the workflow's folder"),
    ],
)
def test_one_mistake_in_a_step(step, expected):
    assert expected in shown(f"{HEAD}steps:\n  a: {step}\n")


def test_outputs_of_steps_are_known():
    text = (
        HEAD
        + "steps:\n"
        + SCRIPT
        + "  voice: {uses: speech.say, for_each: '${{ steps.script.scenes }}', with: {text: '${{ item.say }}'}}\n"
    )
    assert (
        problems(text + "outputs:\n  a: ${{ steps.voice[0].audio }}\n  b: ${{ steps.voice | pluck('audio') }}\n  c: ${{ steps.script }}\n")
        == ()
    )
    assert "the step `script` has no output `scene`\n  hint: did you mean `scenes`?" in shown(
        text + "outputs: {a: '${{ steps.script.scene }}'}\n"
    )
    assert "`steps.voice` is a list" in shown(text + "outputs: {a: '${{ steps.voice.audio }}'}\n")
    assert "has no output `sound`" in shown(text + "outputs: {a: '${{ steps.voice[0].sound }}'}\n")


def test_the_place_of_a_reference_is_its_own():
    found = only(
        HEAD + "steps:\n  a:\n    uses: speech.say\n    with:\n      text: |\n        Hello,\n        dear ${{ steps.nobody.text }}!\n"
    )
    assert (found.line, found.column) == (9, 18)


def test_circles_are_told_once_with_their_path():
    text = HEAD + (
        "steps:\n"
        "  a: {uses: speech.say, with: {text: '${{ steps.c.text }}'}}\n"
        "  b: {uses: speech.say, with: {text: '${{ steps.a.text }}'}}\n"
        "  c: {uses: speech.say, with: {text: hi}, needs: b}\n"
        "  d: {uses: speech.say, with: {text: '${{ steps.c.text }}'}}\n"
    )
    found = only(text)
    assert found.message == "steps wait for each other: `a` → `c` → `b` → `a`"
    assert (found.line, found.path) == (4, "steps.a")


def test_inputs_are_used_and_declared():
    text = HEAD + "inputs: {a: string, b: string}\nsteps:\n  s: {uses: speech.say, with: {text: '${{ inputs.a }}${{ inputs.c }}'}}\n"
    assert told(text) == [
        (3, "inputs.b", "input is never used"),
        (5, "steps.s.with.text", "there is no input `c`"),
    ]


def test_defaults_and_profiles():
    text = HEAD + (
        "defaults: {music: {mod: calm, energy: 3, provider: nobody}, smell: {}}\n"
        "profiles: {final: {video: {preset: quick, crf: 18}, music: {mood: '${{ steps.a }}'}}}\n"
        "steps:\n  a: {uses: music.compose, with: {duration_s: 5}}\n"
    )
    assert told(text) == [
        (3, "defaults.music.mod", "no step or provider of music has this parameter"),
        (3, "defaults.music.energy", "must be at most 1, not 3"),
        (3, "defaults.music.provider", "`nobody` is not a provider of music"),
        (3, "defaults.smell", "`smell` is not a capability"),
        (4, "profiles.final.video.preset", '"quick" is not one of its values'),
        (4, "profiles.final.music.mood", "`steps` is not known here"),
    ]


def test_defaults_give_what_a_step_leaves_out():
    assert problems(HEAD + "defaults: {music: {duration_s: 5}}\nsteps:\n  a: {uses: music.compose}\n") == ()


def test_brands_must_exist():
    step = "steps:\n  a: {uses: music.compose, with: {duration_s: 5}}\n"
    assert problems(HEAD + "brand: plain\n" + step) == ()
    assert problems(HEAD + "brand: auto\n" + step) == ()
    assert "brand: there is no brand `plian`\n  hint: did you mean `plain`?" in shown(HEAD + "brand: plian\n" + step)


def test_templates_beside_the_workflow_count(tmp_path):
    (tmp_path / "templates" / "brands").mkdir(parents=True)
    (tmp_path / "templates" / "brands" / "mine.yaml").write_text("x: 1\n")
    text = HEAD + "brand: mine\nsteps:\n  a: {uses: music.compose, with: {duration_s: 5}}\n"
    assert problems(text, folder=tmp_path) == ()


def test_default_files_must_be_there(tmp_path):
    text = (
        HEAD + "inputs: {p: {type: file, default: a.png}}\nsteps:\n  s: {uses: image.create, with: {prompt: x, photo: '${{ inputs.p }}'}}\n"
    )
    assert "inputs.p.default: there is no file `a.png`" in shown(text, folder=tmp_path)
    (tmp_path / "a.png").write_bytes(b"x")
    assert problems(text, folder=tmp_path) == ()
    assert "leads out" in shown(text.replace("a.png", "../a.png"), folder=tmp_path / "templates")


def test_values_of_a_run_are_checked_where_they_lead(tmp_path):
    text = HEAD + (
        "inputs:\n  voice: {type: string, default: null}\n  language: {type: string, default: en}\n"
        "  formats: {type: list, items: string, default: ['9:16']}\n  mood: {type: string, default: calm}\n"
        "steps:\n" + SCRIPT + "  v: {uses: speech.say, for_each: '${{ steps.script.scenes }}', with: {text: '${{ item.say }}', "
        "voice: '${{ inputs.voice }}', language: '${{ inputs.language }}'}}\n"
        "  m: {uses: music.compose, with: {duration_s: 5, mood: '${{ inputs.mood }}'}}\n"
        "  c: {uses: video.assemble, with: {script: '${{ steps.script }}', formats: '${{ inputs.formats }}'}}\n"
    )
    path = tmp_path / "w.yaml"
    path.write_text(text)
    loaded = load(path)

    def message(*given):
        try:
            require(loaded, resolve(loaded.workflow, given))
        except WorkflowError as error:
            return f"{error.message}\n{error.hint}"
        return ""

    assert message() == ""
    assert message(("voice", "xiaoxiao"), ("language", "zh")) == ""
    assert "input `voice`: the voice `xiaoxiao` does not speak `en`" in message(("voice", "xiaoxiao"))
    assert "input `voice`: there is no voice `nobody`" in message(("voice", "nobody"))
    assert "input `language`: no shipped voice speaks `de`" in message(("language", "de"))
    assert 'input `formats`: "9:15" is not a format' in message(("formats", "9:15"))
    assert 'input `mood`: "happy" is not one of its values' in message(("mood", "happy"))


def test_a_step_that_will_be_skipped_may_be_given_what_skips_it(tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text(
        HEAD
        + "inputs: {mood: {type: string, default: calm}}\n"
        + 'steps: {music: {uses: music.compose, if: \'${{ inputs.mood != "none" }}\', with: {mood: "${{ inputs.mood }}", duration_s: 5}}}\n'
    )
    loaded = load(path)
    assert check(loaded, resolve(loaded.workflow, [("mood", "none")])) == ()
    assert "is not one of its values" in check(loaded, resolve(loaded.workflow, [("mood", "nones")]))[0].message


def test_includes(tmp_path):
    (tmp_path / "inner.yaml").write_text(
        "aigc: 1\nname: inner\ninputs: {text: string, n: {type: integer, default: 1}}\n"
        "steps:\n  s: {uses: speech.say, with: {text: '${{ inputs.text }}', speed: '${{ inputs.n }}'}}\n"
        "outputs: {sound: '${{ steps.s.audio }}'}\n"
    )
    good = HEAD + "steps:\n  i: {uses: ./inner.yaml, with: {text: hi}}\noutputs: {a: '${{ steps.i.sound }}'}\n"
    assert problems(good, folder=tmp_path) == ()
    bad = HEAD + "steps:\n  i: {uses: ./inner.yaml, with: {txt: hi, n: x}}\noutputs: {a: '${{ steps.i.audio }}'}\n"
    assert told(bad, folder=tmp_path) == [
        (4, "steps.i", "`inner` needs the input `text`"),
        (4, "steps.i.with.txt", "`inner` has no input `txt`"),
        (4, "steps.i.with.n", 'must be a whole number, not "x"'),
        (5, "outputs.a", "the step `i` has no output `audio`"),
    ]


def test_an_include_s_own_mistakes_name_its_file(tmp_path):
    (tmp_path / "inner.yaml").write_text("aigc: 1\nsteps: {s: {uses: speech.say}}\n")
    found = only(HEAD + "steps: {i: {uses: ./inner.yaml}}\n", folder=tmp_path)
    assert found.file == "inner.yaml"
    assert found.message == "speech.say needs the parameter `text`"


def test_includes_cannot_go_round_or_too_deep(tmp_path):
    (tmp_path / "w.yaml").write_text(HEAD + "steps: {i: {uses: ./b.yaml}}\n")
    (tmp_path / "b.yaml").write_text("aigc: 1\nsteps: {i: {uses: ./w.yaml}}\n")
    found = check(load(tmp_path / "w.yaml"))
    assert [each.message for each in found] == ["the workflow includes itself: w.yaml → b.yaml → w.yaml"]
    for n in range(8):
        (tmp_path / f"d{n}.yaml").write_text(f"aigc: 1\nsteps: {{i: {{uses: ./d{n + 1}.yaml}}}}\n")
    found = check(load(tmp_path / "d0.yaml"))
    assert [each.message for each in found] == ["workflows are included more than 5 deep"]


def test_problems_of_form_and_of_meaning_come_together():
    text = HEAD + "setps: {}\nsteps:\n  a: {uses: music.compose, with: {duration_s: 5, energy: 3}}\n"
    assert [line for line, *_ in told(text)] == [3, 5]


def test_the_shipped_workflows_are_valid():
    from aigc_cli.engine.find import shipped

    assert shipped()
    for path in shipped().values():
        assert check(load(path)) == ()


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 99)
    | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.sampled_from(
        [
            "",
            "x",
            "9:16",
            "./w.yaml",
            "music.compose",
            "${{ inputs.a }}",
            "${{ steps.a.files }}",
            "${{ item }}",
            "${{ broken",
            "en",
            "draft",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["a", "b", "text", "provider", "uses", "with", "type"]), inner, max_size=3)
    ),
    max_leaves=4,
)
steps = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.fixed_dictionaries(
        {"uses": st.sampled_from(["speech.say", "music.compose", "text.write", "video.assemble", "data.load", "image.create", "no.such"])},
        optional={
            "with": st.dictionaries(
                st.sampled_from(["text", "voice", "facts", "script", "formats", "source", "duration_s", "template", "language", "x"]),
                junk,
                max_size=4,
            ),
            "for_each": junk,
            "if": junk,
            "needs": junk,
            "provider": junk,
            "retry": junk,
        },
    )
    | junk,
    max_size=3,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps, inputs=junk, defaults=junk, profiles=junk, brand=junk, outputs=junk)
def test_whatever_a_file_says_the_answer_is_problems(steps, inputs, defaults, profiles, brand, outputs):
    whole = {"aigc": 1, "inputs": inputs, "defaults": defaults, "profiles": profiles, "brand": brand, "steps": steps, "outputs": outputs}
    for each in problems(json.dumps(whole)):
        assert each.message
        assert each.line == 1
