"""Families of models, each loaded and asked in one place: what several providers share."""
