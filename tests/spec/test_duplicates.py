"""Duplicates that are not written alike: names, ids and times."""

from __future__ import annotations

import pytest

from applier.diagnostics import Place, Severity, diagnose

TWICE = """
connections: {C: {managed: false}}
models:
  M:
    connection: C
    configuration: {}
    additional_fields: [{name: a, type: string}, {name: b, type: string}, {name: a, type: array}]
bulk_syncs:
  B:
    source: {connection: C}
    destination: {connection: C}
    mode: replicate
    schedule: {frequency: manual}
    schemas: {orders: {fields: [id, total, {id: id, obfuscate: true}]}, users: {fields: [id]}}
"""


def test_duplicate_names_are_errors(problems) -> None:
    assert problems(TWICE) == (
        diagnose(
            "item-twice",
            '"additional_fields" of models/M names "a" twice.',
            Place("spec.yaml", 6, 75),
            "remove one of them",
            address="models/M",
            related=(Place("spec.yaml", 6, 25),),
        ),
        diagnose(
            "item-twice",
            '"schemas.orders.fields" of bulk_syncs/B names "id" twice.',
            Place("spec.yaml", 13, 44),
            "remove one of them",
            address="bulk_syncs/B",
            related=(Place("spec.yaml", 13, 33),),
        ),
    )


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ("shop", ""),
        ('"Shop "', ': "Shop" looks the same, but this has a blank at the end'),
        ('"Shop\\u200a"', ': "Shop" looks the same, but this has U+200A HAIR SPACE at column 5'),
        ("Ｓhop", ""),
    ],
)
def test_names_that_look_alike(problems, other: str, difference: str) -> None:
    """What cannot be seen in one of them is not told a second time."""
    (only,) = problems(f"connections:\n  Shop: {{managed: false}}\n  {other}: {{managed: false}}")
    name = "Shop\u200a" if "200a" in other else other.strip('"')
    assert only == diagnose(
        "names-alike",
        f"connections/{name} and connections/Shop differ only in case, spaces or Unicode form{difference}.",
        Place("spec.yaml", 3, 3),
        "if they are one object, declare it once, with its exact name in Polytomic",
        severity=Severity.WARNING,
        address="connections/" + name,
        related=(Place("spec.yaml", 2, 3),),
    )


def test_names_of_two_kinds_may_be_alike(problems) -> None:
    assert problems("connections: {shop: {managed: false}}\nmodels: {Shop: {managed: false}}") == ()


def test_two_cannot_be_pinned_to_one_object(problems) -> None:
    """Ids are compared as the service does: capitals do not count. Those of two kinds have nothing in common."""
    id = "248df4b7-aa70-47b8-a036-33ac447e668d"
    body = "{connection: A, configuration: {}, id: ID}"
    models = "".join(f"  {name}: {body.replace('ID', one)}\n" for name, one in {"M": id, "N": id.upper()}.items())
    (only,) = problems(f"connections:\n  A: {{type: hubspot, configuration: {{}}, id: {id}}}\nmodels:\n{models}")
    assert only == diagnose(
        "id-twice",
        "models/N and models/M have the same id.",
        Place("spec.yaml", 5, 45),
        "correct one of them, or merge the declarations",
        address="models/N",
        related=(Place("spec.yaml", 4, 45),),
    )


@pytest.mark.parametrize("moment", ["2024-13-01", "2024-01-32", "2024-01-01T24:00:00Z", "2024-01-01T08:60", "soon"])
def test_a_cutoff_is_a_day_or_a_time(problems, moment: str) -> None:
    members = f'mode: replicate\n    data_cutoff_timestamp: "{moment}"\n    concurrency_limit: 0'
    text = TWICE.replace("mode: replicate", members)
    found = [(one.code, one.place.line, one.hint) for one in problems(text) if one.code != "item-twice"]
    assert found == [
        ("malformed-value", 12, "write a day or a time, such as 2024-01-31 or 2024-01-31T08:00:00Z"),
        ("value-out-of-range", 13, "it must be at least 1"),
    ]
