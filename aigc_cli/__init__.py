"""Declarative YAML workflows that compose text, narration, pictures and music into finished clips."""

__version__ = "0.1.0"
