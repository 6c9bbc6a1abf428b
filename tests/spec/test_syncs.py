"""What a sync cannot mean: filters, their logic, identity, new targets, fields without model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier.diagnostics import Place, Severity, diagnose
from applier.kinds.sync.filter_logic import LogicError, label_of, labels_in

BASE = """connections: {C: {managed: false}}
models: {M: {managed: false}}
syncs:
  S:
    mode: update
    model: M
    target: {connection: C, object: o}
    fields: {A: a}
    schedule: {frequency: manual}
"""


def found(problems, addition: str, *replaced: tuple[str, str]) -> list[tuple[str, str, str | None]]:
    """The diagnostics of the base with lines added to the sync: code, detail and hint."""
    text = BASE
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    return [(one.code, one.detail, one.hint) for one in problems(text + addition)]


def test_values_of_conditions(problems) -> None:
    assert (
        found(problems, "    filters: [{field: a, function: IsNull}, {field: a, function: Equality, value: null}]\n")
        == []
    )
    assert found(
        problems, "    filters: [{field: a, function: IsNull, value: 1}, {field: a, function: Between}]\n"
    ) == [
        (
            "value-not-used",
            'Function "IsNull" in syncs/S takes no value.',
            "remove the value, or choose another function",
        ),
        (
            "value-missing",
            'Function "Between" in syncs/S needs a value.',
            'add "value", or choose another function',
        ),
    ]
    assert [one[0] for one in found(problems, "    overrides: [{field: a, function: Equality, override: 1}]\n")] == [
        "value-missing"
    ]
    assert found(problems, "    filters: [{field: a, function: IsNul}]\n") == [
        (
            "value-not-allowed",
            '"filters[0].function" of syncs/S cannot be "IsNul".',
            'did you mean "IsNull"?',
        )
    ]


FILTER = "{field: a, function: IsNull}"
TARGET_FILTER = "{field: a, function: IsNull, field_type: Target}"


@pytest.mark.parametrize(
    ("filters", "logic", "expected"),
    [
        (1, "A", []),
        (2, "A and (B)", []),
        (3, "(A OR B) AND C", []),
        (2, "", []),
        (0, "A", [('there is no filter "A"', "it has no filters on models")]),
        (2, "A", [('the filter "B" is not used', "use every filter, or remove it")]),
        (1, "A AND D", [('there is no filter "D"', "its filters on models are A, by position")]),
        (2, "A OR B OR b", [('there is no filter "b"', "its filters on models are A, B, by position")]),
        (2, "A B", [("AND or OR is missing between two letters", None)]),
        (2, "A AND", [("a letter is missing at the end", None)]),
        (2, "AND A", [("a letter is missing before AND", None)]),
        (2, "(A OR B", [('missing ")"', None)]),
        (2, "A OR B)", [('unexpected ")"', None)]),
        (2, "A (B)", [('AND or OR is missing before "("', None)]),
        (2, "()", [('a letter is missing before ")"', None)]),
        (2, "A & B", [("a character is neither letter nor parenthesis", None)]),
    ],
)  # fmt: skip
def test_filter_logic(filters: int, logic: str, expected: list[tuple[str, str | None]], problems) -> None:
    example = "combine the letters of the filters, as in: A AND (B OR C)"
    assert found(problems, f"    filters: [{', '.join([FILTER] * filters)}]\n    filter_logic: '{logic}'\n") == [
        ("filter-logic", f'"filter_logic" of syncs/S is invalid: {what}.', hint or example) for what, hint in expected
    ]


def test_target_filters(problems) -> None:
    both = f"    filters: [{FILTER}, {TARGET_FILTER}]\n"
    assert found(problems, both) == []
    assert found(problems, f"    filters: [{TARGET_FILTER}]\n", ("object: o", "object: o, filter_logic: A")) == []
    assert found(problems, f"    filters: [{FILTER}]\n", ("object: o", "object: o, filter_logic: A")) == [
        (
            "filter-logic",
            '"target.filter_logic" of syncs/S is invalid: there is no filter "A".',
            "it has no target filters",
        )
    ]
    assert [one[0] for one in found(problems, both + "    filter_logic: A AND B\n")] == ["filter-logic-ambiguous"]
    assert found(problems, both, ("mode: update", "mode: replace")) == [
        (
            "target-filter-mode",
            'syncs/S filters on a field of the target, which only the mode "update" allows.',
            "filter on a field of the model, or change the mode",
        )
    ]


def test_mapping_onto_the_identity(problems) -> None:
    assert problems(BASE + "    identity: {field: a, target: A}\n") == (
        diagnose(
            "mapping-onto-identity",
            'syncs/S maps "A", which its identity writes already; Polytomic drops the mapping.',
            Place("spec.yaml", 8, 14),
            "remove it from the fields",
            severity=Severity.WARNING,
            address="syncs/S",
            related=(Place("spec.yaml", 10, 34),),
        ),
    )


def test_new_targets(problems) -> None:
    assert found(problems, "", ("object: o", "object: __pt_new_target")) == [
        (
            "new-target-without-name",
            '"target.object" of syncs/S stands for a new target, but no name is given for it.',
            'add "new_name", or name an existing object',
        )
    ]
    assert found(problems, "", ("object: o", "object: __pt_new_target, new_name: a.b")) == []


def test_fields_without_model(problems) -> None:
    without = ("    model: M\n", "")
    assert found(problems, "", without, ("{A: a}", "{A: {value: a}, B: {model: M, field: b}}")) == []
    addition = f"    identity: {{field: i, target: I}}\n    filters: [{FILTER}, {TARGET_FILTER}]\n"
    text = BASE.replace(*without).replace("{A: a}", "{A: a, B: {field: b}}") + addition
    assert problems(text) == (
        diagnose(
            "field-without-model",
            "No model is set for 4 fields of syncs/S.",
            Place("spec.yaml", 7, 17),
            'give the sync a "model", or the field one of its own',
            address="syncs/S",
            related=(Place("spec.yaml", 7, 31), Place("spec.yaml", 9, 23), Place("spec.yaml", 10, 23)),
        ),
    )


def test_labels() -> None:
    assert [label_of(position) for position in (0, 1, 25, 26, 27, 701, 702)] == ["A", "B", "Z", "AA", "AB", "ZZ", "AAA"]


LOGIC = st.recursive(
    st.sampled_from("ABCDE"),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR", "and", "Or"]), inner),
)


@given(LOGIC)
def test_every_logic_is_read(logic: str) -> None:
    words = logic.replace("(", " ").replace(")", " ").split()
    assert list(labels_in(logic)) == [word for word in words if word.upper() not in ("AND", "OR")]


@given(st.text("AB()ANDOR ", max_size=20))
def test_no_logic_makes_a_traceback(logic: str) -> None:
    try:
        labels_in(logic)
    except LogicError as error:
        assert str(error)  # noqa: PT017  (either outcome is fine)
