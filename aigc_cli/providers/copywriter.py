"""The embedded copywriter: marketing copy from templates and facts, deterministic, never inventing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.media import typography
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import copytext
from aigc_cli.writing.composing import Wish, compose
from aigc_cli.writing.facts import Facts


class Copywriter(Provider):
    """Writes from `templates/copy/NAME.LANG.yaml`. The seed chooses among the variants; facts are never invented."""

    name: ClassVar[str] = "copywriter"
    version: ClassVar[int] = 2
    is_embedded: ClassVar[bool] = True

    def materials(self, step: Step, templates: Templates) -> Mapping[str, str]:
        """The template's digest."""
        name = template_name(step)
        return {f"copy/{name}": templates.digest("copy", name)} if templates.has("copy", name) else {}

    def write(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the storyboard that a `text.write` step asks for.

        Raises WorkflowError when the template is not there or damaged, a fact is missing or wrong, or forbidden words
        cannot be kept out.
        """
        name = template_name(request)
        template = copytext.load(ctx.templates.find("copy", name), name)
        facts = Facts(request.facts, request.language)
        for fact, text in facts.texts():
            typography.check(text, f"`{fact}`")
        wish = Wish(
            language=request.language,
            length_s=request.length_s,
            tone=request.tone,
            photos=request.photos,
            must_include=request.must_include,
            forbidden=request.forbidden,
            seed=ctx.seed,
        )
        return compose(template, facts, wish)


def template_name(request: Any) -> str:
    """The file name of the template that a request names: `product-clip` in `zh-CN` is `product-clip.zh.yaml`."""
    return f"{request.template}.{request.language.partition('-')[0].lower()}.yaml"
