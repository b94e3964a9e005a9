"""The embedded newsroom: structured data become sentences by rules, articles are quoted; every sentence has its source."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import JsonValue

from aigc_cli.contracts import Context, Provider, Step
from aigc_cli.errors import WorkflowError
from aigc_cli.media.style import typography
from aigc_cli.shapes import Records
from aigc_cli.storyboard import Storyboard
from aigc_cli.writing import articles, quakes, rankings, series
from aigc_cli.writing.briefing import Order

LANGUAGES = ("en", "zh")


class News(Provider):
    """Writes briefs of earthquakes, time series, weather, tables and feeds, in English and Chinese."""

    name: ClassVar[str] = "news"
    version: ClassVar[int] = 3
    is_embedded: ClassVar[bool] = True

    def misfit(self, step: Step) -> str | None:
        """Other languages than English and Chinese."""
        language = str(getattr(step, "language", "en"))
        return None if language.partition("-")[0].lower() in LANGUAGES else f"it writes {' and '.join(LANGUAGES)}, not {language}"

    def brief(self, request: Any, ctx: Context) -> Storyboard:
        """Writes the brief that a `text.brief` step asks for. Raises WorkflowError when the data hold nothing to report."""
        data = _settable(request.data, ctx)
        if not data.records:
            raise WorkflowError("the data hold no records", "give a source that has at least one")
        order = Order(
            language=request.language,
            title=request.title,
            subject=request.subject,
            unit=request.unit,
            value=request.value,
            max_items=request.max_items,
            length_s=request.length_s,
        )
        if order.value and order.value not in data.columns:
            raise WorkflowError(
                f"the data have no column `{order.value}`", f"its columns are {', '.join(f'`{each}`' for each in data.columns)}"
            )
        if quakes.is_quakes(data):
            return quakes.write(data, order)
        if articles.has_articles(data) and not order.value:
            return articles.write(data, order)
        if rankings.is_weather(data) and not order.value:
            return rankings.write_weather(data, order)
        lines = series.find(data, order)
        return series.write(data, lines, order) if lines else rankings.write(data, order)


def _settable(data: Records, ctx: Context) -> Records:
    """The data without the characters that no font has: one odd sign in one headline must not cost the whole brief."""
    lost: dict[str, None] = {}

    def settable(value: JsonValue) -> JsonValue:
        if not isinstance(value, str) or value.isascii():
            return value
        missing = typography.missing(value)
        lost.update(dict.fromkeys(missing))
        return " ".join("".join(char for char in value if char not in missing).split()) if missing else value

    records = tuple(
        record.model_copy(update={"fields": {name: settable(value) for name, value in record.fields.items()}}) for record in data.records
    )
    title = str(settable(data.title))
    if not lost:
        return data
    ctx.note(f"left out characters that no font has: {' '.join(list(lost)[:12])}", is_downgrade=True)
    return data.model_copy(update={"records": records, "title": title})
