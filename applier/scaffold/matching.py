"""Matches the fields of a model with the fields of a target, by name and type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applier.checks.type_compatibility import find_misfit
from applier.diagnostics.suggestions import bare_word, closest_word
from applier.discovery.offerings import SourceField, TargetField


@dataclass(frozen=True, slots=True)
class Match:
    """A source field and its target field; `similar` where the names are not the same."""

    source: SourceField
    target: TargetField
    similar: bool = False

    @property
    def doubt(self) -> str:
        """Why some values may not fit, "" if all do."""
        misfit = find_misfit(self.source, self.target)
        return misfit.reason if misfit else ""

    @property
    def is_sure(self) -> bool:
        """False where a run fails at the first value that cannot be converted."""
        return not self.doubt or self.source.type == self.target.type


def match_fields(source: Mapping[str, SourceField], target: Mapping[str, TargetField]) -> dict[str, Match]:
    """Return by target field the source field of the same name: exact, without case, without separators, similar.

    Each source field is used once. Fields whose types never fit do not match.
    """
    pairs: dict[str, Match] = {}
    used = set[str]()

    def add(name: str, source_name: str, *, similar: bool = False) -> None:
        pairs[name] = Match(source[source_name], target[name], similar)
        used.add(source_name)

    for normalize in (str, str.casefold, bare_word):
        for name in target:
            same = next((one for one in source if normalize(one) == normalize(name) and one not in used), None)
            if name not in pairs and same is not None and _may_fit(source[same], target[name]):
                add(name, same)
    for name in target:
        left = [one for one in source if one not in used and _may_fit(source[one], target[name])]
        if name not in pairs and (similar := closest_word(name, left)) is not None:
            add(name, similar, similar=True)
    return {name: pairs[name] for name in target if name in pairs}


def _may_fit(source: SourceField, target: TargetField) -> bool:
    misfit = find_misfit(source, target)
    return misfit is None or not misfit.is_certain
