"""`data.load`: a data file or a feed, read into typed records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from aigc_cli.artifacts import Artifact, ArtifactField
from aigc_cli.assets import Templates
from aigc_cli.contracts import Context, Step


class Load(Step):
    """Reads CSV, TSV, JSON, JSON Lines, GeoJSON, RSS or Atom, from a file or an address, into records with their origin."""

    kind: ClassVar[str] = "data.load"
    version: ClassVar[int] = 1
    provides: ClassVar[str] = "data"
    outputs: ClassVar[Mapping[str, str]] = {
        "form": "What the source was: `csv`, `tsv`, `json`, `jsonl`, `geojson`, `rss` or `atom`.",
        "title": "What the source calls itself.",
        "url": "Address of the source, when it has one.",
        "updated": "When the source says it was made, ISO 8601.",
        "language": "Language tag of the source, when it says one.",
        "columns": "Field name to type: number, integer, date, text, boolean.",
        "records": "The records in the file's order: `fields` and `source` of each.",
        "notes": "What had to be repaired while reading.",
    }

    source: ArtifactField | str = Field(description="A file, or an address that starts with `https://` or `http://`.")
    form: Literal["csv", "tsv", "json", "jsonl", "geojson", "rss", "atom"] | None = Field(
        None, description="What the source is; found out by itself when not given."
    )
    title: str = Field("", max_length=200, description="What to call the source, when it does not say itself.")
    name: str = Field("", max_length=200, description="The file's name for messages and credits, when the file has none.")
    limit: int = Field(50_000, ge=1, le=200_000, description="Read at most this many records.")
    mapping: dict[str, str] = Field(default_factory=dict, description="Renames fields: new name to the name in the source.")

    @field_validator("source")
    @classmethod
    def _is_file_or_address(cls, value: Artifact | str) -> Artifact | str:
        if isinstance(value, str) and not value.startswith(("https://", "http://")):
            raise ValueError(
                "must be a file or an address; write the file's path here as it is, or declare an input of type `file` and write "
                "`${{ inputs.NAME }}` here, or begin with `https://`"
            )
        return value

    def is_volatile(self) -> bool:
        """An address may answer something new each time."""
        return isinstance(self.source, str)

    def materials(self, templates: Templates) -> Mapping[str, str]:
        """The file's name: records are credited to it, so the same bytes under another name are another result."""
        return {"the file's name": self.source.name} if isinstance(self.source, Artifact) else {}

    def run(self, provider: Any, ctx: Context) -> Mapping[str, Any]:
        """Asks the provider to `load` and returns the fields of `shapes.Records`."""
        records = provider.load(self, ctx)
        for note in records.notes[:10]:
            ctx.note(note)
        return dict(records.model_dump(mode="json"))
