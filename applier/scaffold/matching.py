"""Which field of a model goes into which field of a target: by name, if it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from applier.checks.type_compatibility import misfit
from applier.diagnostics.suggestions import bare_word, closest_word
from applier.discovery.model import SourceField, TargetField


@dataclass(frozen=True, slots=True)
class Match:
    """One pair; `similar` where the names are no more than that."""

    source: SourceField
    target: TargetField
    similar: bool = False

    @property
    def doubt(self) -> str:
        """Why some values may not fit."""
        broken = misfit(self.source, self.target)
        return broken[1] if broken else ""

    @property
    def is_sure(self) -> bool:
        """False where a run fails at the first value that cannot be converted."""
        return not self.doubt or self.source.type == self.target.type


def match_fields(source: Mapping[str, SourceField], target: Mapping[str, TargetField]) -> dict[str, Match]:
    """Target fields with the source field of the same name: exact, without case, without separators, similar.

    Every source field is used once; what can never fit by its type is no match.
    """
    pairs: dict[str, Match] = {}
    used = set[str]()

    def take(name: str, twin: str, *, similar: bool = False) -> None:
        pairs[name] = Match(source[twin], target[name], similar)
        used.add(twin)

    for same in (str, str.casefold, bare_word):
        for name in target:
            twin = next((one for one in source if same(one) == same(name) and one not in used), None)
            if name not in pairs and twin is not None and _fits(source[twin], target[name]):
                take(name, twin)
    for name in target:
        left = [one for one in source if one not in used and _fits(source[one], target[name])]
        if name not in pairs and (near := closest_word(name, left)) is not None:
            take(name, near, similar=True)
    return {name: pairs[name] for name in target if name in pairs}


def _fits(source: SourceField, target: TargetField) -> bool:
    broken = misfit(source, target)
    return broken is None or broken[0] != "impossible-type"
