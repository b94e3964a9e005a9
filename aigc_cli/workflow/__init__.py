"""The workflow language: YAML with positions, typed inputs, expressions, JSON Schema."""
