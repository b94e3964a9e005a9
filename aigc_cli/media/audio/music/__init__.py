"""Composed and synthesised music: theory, styles by mood, arrangement into notes, instruments, rendering to sound."""
