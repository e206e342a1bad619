"""Cue patterns as data: one TOML file a subject, each cue with its id, pattern and own examples."""
