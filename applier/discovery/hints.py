"""Hints for a word that is not among the known ones."""

from __future__ import annotations

from collections.abc import Iterable

from applier.diagnostics.suggestions import join_words, suggest


def suggest_or_list(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the most similar known word, or else the known words."""
    words = list(known)
    return suggest(word, words) or list_words(words)


def list_words(known: Iterable[str]) -> str:
    """Return a hint such as `use one of: create, update`."""
    words = list(known)
    return f"use one of: {join_words(words)}" if words else "none is available"
