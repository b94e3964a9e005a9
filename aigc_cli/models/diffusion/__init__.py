"""Diffusion models through diffusers: loading, memory, schedulers, words, sizes and guides, for pictures and films alike."""
