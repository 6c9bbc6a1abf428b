"""Read and evaluate filter logic: labels joined by AND, OR and NOT, with parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

Verdict = Callable[[Mapping[str, bool]], bool]
TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|[()])")
DEEPEST = 50


class LogicError(ValueError):
    """The text is not valid filter logic."""


def parse(text: str, labels: Iterable[str]) -> Verdict:
    """Return a function from the answers by label to the verdict of the logic. Raises LogicError."""
    tokens = _tokens(text)
    verdict, rest = _either(tokens, frozenset(labels), 0)
    if rest:
        raise LogicError(f"unexpected {rest[0]!r} in filter logic {text!r}")
    return verdict


def names_in(text: str) -> set[str]:
    """Return the labels that a logic names."""
    return {token for token in _tokens(text) if token.upper() not in ("AND", "OR", "NOT", "(", ")")}


def all_of(labels: Iterable[str]) -> Verdict:
    wanted = tuple(labels)
    return lambda answers: all(answers[label] for label in wanted)


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = TOKEN.match(stripped, position)
        if match is None:
            raise LogicError(f"unexpected {stripped[position:].strip()[:1]!r} in filter logic {text!r}")
        tokens.append(match.group(1))
        position = match.end()
    return tokens


def _either(tokens: list[str], labels: frozenset[str], depth: int) -> tuple[Verdict, list[str]]:
    left, tokens = _both(tokens, labels, depth)
    while tokens and tokens[0].upper() == "OR":
        right, tokens = _both(tokens[1:], labels, depth)
        left = _or(left, right)
    return left, tokens


def _both(tokens: list[str], labels: frozenset[str], depth: int) -> tuple[Verdict, list[str]]:
    left, tokens = _one(tokens, labels, depth)
    while tokens and tokens[0].upper() == "AND":
        right, tokens = _one(tokens[1:], labels, depth)
        left = _and(left, right)
    return left, tokens


def _one(tokens: list[str], labels: frozenset[str], depth: int) -> tuple[Verdict, list[str]]:
    if not tokens or depth > DEEPEST:
        raise LogicError("filter logic ends too early" if not tokens else "filter logic is nested too deeply")
    head, rest = tokens[0], tokens[1:]
    if head.upper() == "NOT":
        inner, rest = _one(rest, labels, depth + 1)
        return _not(inner), rest
    if head == "(":
        inner, rest = _either(rest, labels, depth + 1)
        if not rest or rest[0] != ")":
            raise LogicError("filter logic lacks a closing parenthesis")
        return inner, rest[1:]
    if head not in labels:
        raise LogicError(f"filter logic names {head}, which is no filter's label")
    return _label(head), rest


def _label(name: str) -> Verdict:
    return lambda answers: answers[name]


def _not(inner: Verdict) -> Verdict:
    return lambda answers: not inner(answers)


def _or(left: Verdict, right: Verdict) -> Verdict:
    return lambda answers: left(answers) or right(answers)


def _and(left: Verdict, right: Verdict) -> Verdict:
    return lambda answers: left(answers) and right(answers)
