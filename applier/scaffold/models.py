"""Scaffolds a model for each source that a connection lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from applier.checks.context import LiveContext
from applier.diagnostics import Diagnostic
from applier.diagnostics.suggestions import suggest
from applier.discovery.drill_down import Level
from applier.kinds.base import mapping
from applier.kinds.model.kind import MODELS
from applier.patterns import BRACKETS_HINT, find_matching_names, has_literal_brackets
from applier.scaffold.text import Scaffold, explain_connection, nothing_to_scaffold
from applier.spec.documents.write import scalar
from applier.spec.resources import address_of, canonical_name
from applier.system import quote_arguments


def models(context: LiveContext, connection: str, pattern: str) -> Scaffold | Diagnostic:
    """Return a model for each listed source whose name a pattern matches, or why there is none."""
    listed = list(_list_sources(context, connection, {}))
    found = find_matching_names(pattern, {canonical_name(_name_of(one)) for one in listed})
    exact = [one for one in listed if _name_of(one) == pattern]
    sources = exact or [one for one in listed if canonical_name(_name_of(one)) in found]
    if not sources:
        detail = f'The connection "{connection}" lists no source that matches "{pattern}".'
        known = [_name_of(one) for one in listed]
        hint = suggest(pattern, known) or f"list its sources: applier inspect source {quote_arguments(connection)}"
        if has_literal_brackets(pattern):
            hint = f"{BRACKETS_HINT} {hint}"
        return explain_connection(context, connection) or nothing_to_scaffold(detail, hint)
    lines = [f"{MODELS.name}:"]
    for choices in sources:
        lines += [f"  {scalar(_free_name(context, connection, choices))}:", f"    connection: {scalar(connection)}"]
        lines += ["    configuration:", *(f"      {name}: {scalar(value)}" for name, value in choices.items())]
    return Scaffold("\n".join(lines) + "\n")


def _name_of(choices: Mapping[str, str]) -> str:
    """Return the name of a source: the values that lead to it."""
    return ".".join(choices.values())


def _free_name(context: LiveContext, connection: str, choices: Mapping[str, str]) -> str:
    """Return the name of the source, after that of the connection where a model over another source has the name."""
    name = _name_of(choices)
    address = address_of(MODELS.name, name)
    declared, live = context.declared.get(address), context.live(address)
    known = declared.canonical if declared else live.canonical if live else None
    if known is None:
        return name
    is_same = known.get("connection") == connection and choices.items() <= mapping(known.get("configuration")).items()
    return name if is_same else f"{connection} {name}"


def _list_sources(context: LiveContext, connection: str, selected: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Return the choices that lead to each source, by the values that the levels list."""
    level = context.catalog.level(connection, dict(selected))
    if not isinstance(level, Level):
        return
    for name, choice in level.choices.items():
        if name in selected or (name not in level.required and not selected):
            continue
        for value in choice.values:
            choices = {**selected, name: value}
            if choice.required:
                yield from _list_sources(context, connection, choices)
            else:
                yield choices
