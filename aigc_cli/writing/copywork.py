"""What a `text.write` step comes down to for everybody who writes from copy templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aigc_cli.assets import Templates
from aigc_cli.contracts import Context
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import copytext
from aigc_cli.writing.composing import Wish, compose
from aigc_cli.writing.facts import Facts


def template_name(request: Any) -> str:
    """The file name of the template that a request names: `product-clip` in `zh-CN` is `product-clip.zh.yaml`."""
    return f"{request.template}.{request.language.partition('-')[0].lower()}.yaml"


def materials(request: Any, templates: Templates) -> Mapping[str, str]:
    """The copy template's digest."""
    name = template_name(request)
    return {f"copy/{name}": templates.digest("copy", name)} if templates.has("copy", name) else {}


def write(request: Any, ctx: Context) -> Storyboard:
    """Writes the storyboard from the template. Raises WorkflowError as `compose` does."""
    name = template_name(request)
    template = copytext.load(ctx.templates.find("copy", name), name)
    wish = Wish(
        language=request.language,
        length_s=request.length_s,
        tone=request.tone,
        photos=request.photos,
        must_include=request.must_include,
        forbidden=request.forbidden,
        seed=ctx.seed,
    )
    return compose(template, Facts(request.facts, request.language), wish)
