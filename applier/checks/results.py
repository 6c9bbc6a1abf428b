"""What a check of one detail returns: a finding, that it passed, or that it is not possible."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from applier.checks.rules import RULES
from applier.diagnostics import Diagnostic, Place
from applier.discovery.hints import list_words
from applier.discovery.offerings import Unavailable
from applier.resolve import Declared
from applier.spec.resources import Path


@dataclass(frozen=True, slots=True)
class Passed:
    """A check that found nothing wrong."""


PASSED = Passed()
CheckResult = Diagnostic | Passed | Unavailable


def finding(
    declared: Declared, code: str, detail: str, path: Path, hint: str | None = None, *, key: bool = False
) -> Diagnostic:
    """Return the finding of a rule at a path of a resource; with `key` at the key instead of its value."""
    place = declared.resource.locate(*path, key=key)
    return finding_at(code, detail, place, declared.resource.address, hint)


def check_offered(
    declared: Declared, code: str, word: str, offered: Collection[str], detail: str, path: Path
) -> CheckResult:
    """Check that a word is one of those that are offered; `detail` is for the case that it is not."""
    return PASSED if word in offered else finding(declared, code, detail, path, list_words(offered))


def finding_at(code: str, detail: str, place: Place, address: str, hint: str | None = None) -> Diagnostic:
    """Return the finding of a rule at a place, with the usual severity of the rule."""
    rule = RULES[code]
    return Diagnostic(code, rule.summary, detail, place, hint, rule.severity, address)
