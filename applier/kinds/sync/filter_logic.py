"""Parses filter logic: letters, AND, OR and parentheses.

See docs/api/mappings.md#filters.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|([()]))")
LETTERS = 26


class LogicError(Exception):
    """Raised with a few words on what is wrong with a logic."""


def label_of(position: int) -> str:
    """Return the label that a filter gets by its position: A to Z, then AA, AB and so on."""
    label = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, LETTERS)
        label = chr(ord("A") + letter) + label
    return label


def labels_in(logic: str) -> tuple[str, ...]:
    """Return the labels that a logic names, in order.

    A label, or an opening parenthesis, stands where an operand is due; AND, OR or a closing one where it is not.
    Raises LogicError when the logic does not follow that.
    """
    labels: list[str] = []
    depth, operand_due = 0, True
    for symbol in _tokens(logic):
        if symbol == "(":
            if not operand_due:
                raise LogicError('AND or OR is missing before "("')
            depth += 1
        elif symbol == ")":
            if operand_due:
                raise LogicError('a letter is missing before ")"')
            depth -= 1
            if depth < 0:
                raise LogicError('unexpected ")"')
        elif symbol.upper() in ("AND", "OR"):
            if operand_due:
                raise LogicError(f"a letter is missing before {symbol.upper()}")
            operand_due = True
        elif not operand_due:
            raise LogicError("AND or OR is missing between two letters")
        else:
            labels.append(symbol)
            operand_due = False
    if operand_due:
        raise LogicError("a letter is missing at the end")
    if depth:
        raise LogicError('missing ")"')
    return tuple(labels)


def _tokens(logic: str) -> list[str]:
    tokens: list[str] = []
    position, text = 0, logic.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise LogicError("a character is neither letter nor parenthesis")
        tokens.append(match[1] or match[2])
        position = match.end()
    return tokens
