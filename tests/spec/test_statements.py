"""owns, limits, moved, removed, id and protect."""

from __future__ import annotations

import pytest

from applier.diagnostics import Place, diagnose
from applier.spec.resources import Limits, Move, Removal

ID = "248df4b7-aa70-47b8-a036-33ac447e668d"
TEXT = f"""
connections: {{A: {{managed: false, id: {ID}}}}}
models: {{M: {{connection: A, configuration: {{}}, protect: true}}, N: {{connection: A, configuration: {{}}}}}}
owns: {{models: [Shop *], syncs: ["*"]}}
limits: {{updates: 12.5%, deletes: 3}}
moved: {{models: {{Old: M}}}}
removed:
  models: [Gone]
  bulk_syncs: [{{name: Kept, destroy: false}}, {{name: Other}}]
""".lstrip()


def test_all_of_it(loaded) -> None:
    spec, problems = loaded({"spec.yaml": TEXT, "zz.yaml": "owns: {models: [Shop *, Club *]}\nlimits: {at_least: 0}"})
    assert problems == ()
    assert [(one.kind, one.pattern, str(one.place)) for one in spec.owns] == [
        ("models", "Shop *", "spec.yaml:3:17"),
        ("syncs", "*", "spec.yaml:3:34"),
        ("models", "Shop *", "zz.yaml:1:17"),
        ("models", "Club *", "zz.yaml:1:25"),
    ]
    assert spec.limits == Limits(0.125, 3, 0)
    assert isinstance(spec.limits.deletes, int)
    assert spec.moves == (Move("models", "Old", "M", Place("spec.yaml", 5, 18)),)
    assert spec.removals == (
        Removal("models", "Gone", True, Place("spec.yaml", 7, 12)),
        Removal("bulk_syncs", "Kept", False, Place("spec.yaml", 8, 16)),
        Removal("bulk_syncs", "Other", True, Place("spec.yaml", 8, 46)),
    )
    assert [(one.id, one.protect) for one in spec.resources.values()] == [(ID, False), (None, True), (None, False)]


@pytest.mark.parametrize(("written", "read"), [("0", 0), ("3.0", 3), ("0%", 0.0), ("100%", 1.0), ('"30 %"', 0.3)])
def test_limits(loaded, written: str, read: float) -> None:
    spec, problems = loaded(f"limits: {{updates: {written}}}")
    assert (problems, spec.limits.updates, type(spec.limits.updates)) == ((), read, type(read))


def test_names_from_variables(loaded) -> None:
    spec, problems = loaded(
        'variables: {n: M}\nremoved: {syncs: ["old ${env:E}"]}\nmoved: {models: {O: "${var:n}"}}\n'
        "models: {M: {connection: A, configuration: {}}}\nconnections: {A: {managed: false}}\n",
        {"E": "name"},
    )
    assert problems == ()
    assert (spec.moves[0].new, f"{spec.removals[0].name}") == ("M", "old name")


# What is added to `TEXT`, and the diagnostics: code, detail, line, column, hint, related places.
WRONG = {
    "removed: {syncs: [A, {name: A}], models: [M]}": [
        (
            "removed-but-declared",
            "models/M is named in removed, and it is declared too.",
            1,
            43,
            "take it out of removed, or remove the declaration",
            [2, 10],
        ),
        ("removed-twice", "syncs/A is named in removed twice.", 1, 22, "keep one of the two", [1, 19]),
    ],
    "moved: {models: {N: M}}": [
        (
            "moved-but-declared",
            '"N" of models is moved to another name, and it is still declared.',
            1,
            18,
            "rename the declaration, or take it out of moved",
            [2, 64],
        )
    ],
    "moved: {models: {O: MM}, syncs: {S: R}}": [
        (
            "moved-to-nothing",
            '"O" of models is moved to "MM", which is not declared.',
            1,
            18,
            "declare it under the new name, or use removed to delete or release the live object",
            None,
        ),
        (
            "moved-to-nothing",
            '"S" of syncs is moved to "R", which is not declared.',
            1,
            34,
            "declare it under the new name, or use removed to delete or release the live object",
            None,
        ),
    ],
    "moved: {models: {P: M, O: M}}": [
        (
            "moved-onto-one",
            'Both "P" and "O" of models are moved to "M".',
            1,
            24,
            "only one live object can have the name; name the other one in removed",
            [1, 18],
        )
    ],
    "moved: {models: {O: M}}\nremoved: {models: [O]}": [
        (
            "moved-and-removed",
            '"O" of models is moved, and it is named in removed too.',
            1,
            18,
            "keep one of the two",
            [2, 20],
        )
    ],
    "moved: {models: {O: P, P: M}}": [
        (
            "moved-chain",
            '"O" of models is moved to "P", which is moved again.',
            1,
            18,
            (
                'for one object, write the first and the last name: "O": "M"; for two objects that both get new names, '
                'pin them with "id" instead'
            ),
            [1, 24],
        )
    ],
    "moved: {models: {O: M, M: O}}": [
        (
            "moved-chain",
            '"O" of models is moved to "M", which is moved again.',
            1,
            18,
            'for two objects that both get new names, pin them with "id" instead',
            [1, 24],
        ),
        (
            "moved-chain",
            '"M" of models is moved to "O", which is moved again.',
            1,
            24,
            'for two objects that both get new names, pin them with "id" instead',
            [1, 18],
        ),
    ],
    "moved: {modles: {}}\nowns: {sync: []}\nremoved: {connection: []}": [
        ("unknown-key", 'Unknown key "modles" in "moved".', 1, 9, 'did you mean "models"?', None),
        ("unknown-key", 'Unknown key "sync" in "owns".', 2, 8, 'did you mean "syncs"?', None),
        ("unknown-key", 'Unknown key "connection" in "removed".', 3, 11, 'did you mean "connections"?', None),
    ],
    "limits: {updates: 120%, deletes: -1, at_least: many}": [
        (
            "malformed-value",
            '"limits.updates" does not have the expected form.',
            1,
            19,
            "write a count such as 20, or a share such as 30%",
            None,
        ),
        (
            "value-out-of-range",
            '"limits.deletes" is out of range.',
            1,
            34,
            "write a count such as 20, or a share such as 30%",
            None,
        ),
        (
            "wrong-type",
            '"limits.at_least" must be a whole number, but is a text.',
            1,
            48,
            "write a number, without quotes",
            None,
        ),
    ],
    "removed: {models: [{destroy: false}, {name: X, keep: 1}, 3]}": [
        ("missing-key", '"removed.models[0]" needs "name".', 1, 20, "for example name: Old sync", None),
        ("unknown-key", 'Unknown key "keep" in "removed.models[1]".', 1, 48, "known keys: name, destroy", None),
        (
            "wrong-type",
            '"removed.models[2]" must be a text or a mapping, but is a whole number.',
            1,
            58,
            "put it in quotes",
            None,
        ),
    ],
}


@pytest.mark.parametrize("text", WRONG)
def test_contradictions(problems, text: str) -> None:
    found = problems({"a.yaml": text, "b.yaml": "\n".join(TEXT.splitlines()[:2])})
    assert [
        (one.code, one.detail, one.place.line, one.place.column, one.hint,
         [one.related[0].line, one.related[0].column] if one.related else None)
        for one in found
    ] == sorted(WRONG[text], key=lambda one: one[2:4])  # fmt: skip


def test_a_pinned_resource_may_have_the_old_name_of_a_move(problems) -> None:
    """The id says which object it is, so that the object with the old name is another one."""
    text = (
        f"connections: {{A: {{managed: false, id: {ID}}}, B: {{managed: false}}}}\nmoved: {{connections: {{A: B}}}}\n"
    )
    assert [one.code for one in problems(text)] == []


def test_a_move_to_its_own_name_is_refused_for_a_pin_too(problems) -> None:
    text = f"connections: {{A: {{managed: false, id: {ID}}}}}\nmoved: {{connections: {{A: A}}}}\n"
    assert [one.code for one in problems(text)] == ["moved-but-declared"]


def test_a_move_of_what_the_environment_does_without(loaded) -> None:
    from applier.spec.variables.given import Given

    text = TEXT + "environments: {e: {overrides: {models: {M: null}}}}\n"
    assert loaded(text, {}, Given("e"))[1] == ()


def test_ids(problems) -> None:
    assert problems("connections: {A: {managed: false, id: 5-a, protect: 1}}") == (
        diagnose(
            "malformed-value",
            '"id" of connections/A does not have the expected form.',
            Place("spec.yaml", 1, 39),
            "write the id as Polytomic shows it, such as 248df4b7-aa70-47b8-a036-33ac447e668d",
            address="connections/A",
        ),
        *problems("connections: {A: {managed: false, id: 5-a, protect: 1}}")[1:],
    )


def test_limits_in_two_files(problems) -> None:
    found = problems({"a.yaml": "limits: {deletes: 1}", "b.yaml": "limits: {deletes: 2}"})
    assert [(one.code, one.detail) for one in found] == [
        ("given-twice", '"limits.deletes" is given twice, first in a.yaml line 1.')
    ]
