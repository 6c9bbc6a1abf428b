"""Scaffolds a model for each source that a connection lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from applier.checks.context import LiveContext
from applier.diagnostics import Diagnostic
from applier.discovery.drill_down import Level
from applier.kinds.base import mapping
from applier.kinds.model.kind import MODELS
from applier.scaffold.text import Scaffold, explain_connection, nothing_to_scaffold
from applier.spec.documents.write import scalar
from applier.spec.resources import address_of


def models(context: LiveContext, connection: str, glob: str) -> Scaffold | Diagnostic:
    """Return a model for each listed source whose name matches a glob, or why there is none."""
    sources = [one for one in _list_sources(context, connection, {}) if fnmatchcase(".".join(one.values()), glob)]
    if not sources:
        detail = f'The connection "{connection}" lists no source that matches "{glob}".'
        hint = f'list its sources: applier inspect source "{connection}"'
        return explain_connection(context, connection) or nothing_to_scaffold(detail, hint)
    lines = [f"{MODELS.name}:"]
    for choices in sources:
        lines += [f"  {scalar(_free_name(context, connection, choices))}:", f"    connection: {scalar(connection)}"]
        lines += ["    configuration:", *(f"      {name}: {scalar(value)}" for name, value in choices.items())]
    return Scaffold("\n".join(lines) + "\n")


def _free_name(context: LiveContext, connection: str, choices: Mapping[str, str]) -> str:
    """Return the name of the source, after that of the connection where a model over another source has the name."""
    name = ".".join(choices.values())
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
