"""What the schema of the spec refuses, said so that one knows what to do."""

from __future__ import annotations

import pytest

from applier.diagnostics import Place, diagnose

BASE = """
connections:
  A: {managed: false}
models:
  M: {connection: A, configuration: {table: t}}
syncs:
  S:
    mode: replace
    model: M
    target: {connection: A, object: o}
    fields: {E: e}
    schedule: {frequency: manual}
"""
SCHEDULE_KEYS = (
    "frequency, month, day_of_month, day_of_week, hour, minute, run_after, run_after_success_only, connection, job_id"
)


def place(line: int, column: int) -> Place:
    return Place("spec.yaml", line, column)


def test_everything_right(loaded) -> None:
    spec, problems = loaded(BASE)
    assert problems == ()
    assert list(spec.resources) == ["connections/A", "models/M", "syncs/S"]
    sync = spec.find("syncs", "S")
    assert sync.place == place(6, 3)
    assert sync.locate("target", "object") == place(9, 37)
    assert sync.locate("target", "object", key=True) == place(9, 29)
    assert sync.locate("target", "nothing", "below") == place(9, 5)
    assert sync.body["fields"] == {"E": "e"}
    assert [one.managed for one in spec.resources.values()] == [False, True, True]


# What is put in place of what, and the diagnostics: code, detail, line, column, hint.
WRONG = {
    "unknown key at the top": (
        "models:",
        "modles:",
        [
            ("unknown-key", 'Unknown key "modles" at the top level of a spec.', 3, 1, 'did you mean "models"?'),
        ],
    ),
    "a key that is nearly right": (
        "syncs:",
        "limit: {deletes: 3}\nsyncs:",
        [
            (
                "unknown-key",
                'Unknown key "limit" at the top level of a spec.',
                5,
                1,
                'did you mean "limits"?',
            )
        ],
    ),
    "unknown key that stands for a missing one": (
        "mode:",
        "moed:",
        [("unknown-key", 'Unknown key "moed" in syncs/S.', 7, 5, 'did you mean "mode"?')],
    ),
    "unknown key inside": (
        "object: o",
        "objct: o",
        [("unknown-key", 'Unknown key "objct" in "target" of syncs/S.', 9, 29, 'did you mean "object"?')],
    ),
    "missing keys": (
        "    mode: replace\n",
        "",
        [
            (
                "missing-key",
                'syncs/S needs "mode".',
                6,
                3,
                "one of create, update, updateOrCreate, replace, append, remove, snapshot",
            )
        ],
    ),
    "missing key inside": (
        "{connection: A, object: o}",
        "{object: o}",
        [
            (
                "missing-key",
                '"target" of syncs/S needs "connection".',
                9,
                5,
                "for example connection: Snowflake Connection",
            )
        ],
    ),
    "wrong word": (
        "mode: replace",
        "mode: replaec",
        [("value-not-allowed", '"mode" of syncs/S cannot be "replaec".', 7, 11, 'did you mean "replace"?')],
    ),
    "very wrong word": (
        "mode: replace",
        "mode: 7",
        [
            ("wrong-type", '"mode" of syncs/S must be a text, but is a whole number.', 7, 11, "put it in quotes"),
        ],
    ),
    "version": (
        "connections:",
        "version: '1'\nconnections:",
        [("value-not-allowed", '"version" cannot be "1".', 1, 10, "it must be 1")],
    ),
    "list for a mapping": (
        "{E: e}",
        "[e]",
        [
            (
                "wrong-type",
                '"fields" of syncs/S must be a mapping, but is a list.',
                10,
                13,
                'write "key: value" lines below it',
            )
        ],
    ),
    "section of another kind": (
        "  A: {managed: false}",
        "  - A",
        [
            (
                "wrong-type",
                '"connections" must be a mapping, but is a list.',
                2,
                3,
                'write "key: value" lines below it',
            ),
        ],
    ),
    "empty resource": (
        "  S:",
        "  T:\n  S:",
        [("wrong-type", "syncs/T must be a mapping, but is empty.", 6, 5, "give it a value, or remove the key")],
    ),
    "empty name": (
        "  M: {",
        "  '': {managed: false}\n  M: {",
        [("empty-name", "A name cannot be empty.", 4, 3, "give it the name it has in Polytomic")],
    ),
    "no boolean": (
        "mode: replace",
        "mode: replace\n    active: yes",
        [
            (
                "wrong-type",
                '"active" of syncs/S must be true or false, but is a text.',
                8,
                13,
                "write true or false, without quotes",
            )
        ],
    ),
    "number for a constant": (
        "{E: e}",
        "{E: e, F: {value: 10}}",
        [
            (
                "wrong-type",
                '"fields.F.value" of syncs/S must be a text, but is a whole number.',
                10,
                31,
                "put it in quotes",
            )
        ],
    ),
    "mapping of nothing": (
        "{E: e}",
        "{E: e, F: {new: true}}",
        [("missing-key", '"fields.F" of syncs/S needs "field" or "value".', 10, 20, None)],
    ),
    "model without field": (
        "{E: e}",
        "{E: {model: M}}",
        [("missing-key", '"fields.E" of syncs/S needs "field".', 10, 14, "for example field: email")],
    ),
    "empty text": (
        "{E: e}",
        "{E: ''}",
        [("empty-value", '"fields.E" of syncs/S cannot be empty.', 10, 17, "give it a value")],
    ),
    "twice in a list": (
        "configuration: {table: t}",
        "configuration: {}, fields: [a, b, a]",
        [("item-twice", '"fields" of models/M names something twice.', 4, 49, "remove one of them")],
    ),
    "schedule without a part": (
        "{frequency: manual}",
        "{frequency: daily, minute: 0}",
        [("missing-key", '"schedule" of syncs/S needs "hour".', 11, 5, "for example hour: 3")],
    ),
    "schedule with a part too many": (
        "{frequency: manual}",
        "{frequency: hourly, minute: 0, hour: 3}",
        [
            (
                "key-not-used",
                '"hour" is not used in "schedule" of syncs/S with frequency "hourly".',
                11,
                46,
                "allowed keys: frequency, minute",
            )
        ],
    ),
    "schedule with an unknown key": (
        "{frequency: manual}",
        "{frequency: manual, cron: x}",
        [
            (
                "unknown-key",
                'Unknown key "cron" in "schedule" of syncs/S.',
                11,
                35,
                f"known keys: {SCHEDULE_KEYS}",
            )
        ],
    ),
    "minute that does not exist": (
        "{frequency: manual}",
        "{frequency: daily, hour: '24', minute: 60}",
        [
            (
                "value-out-of-range",
                '"schedule.hour" of syncs/S is out of range.',
                11,
                40,
                "it must be between 0 and 23",
            ),
            (
                "value-out-of-range",
                '"schedule.minute" of syncs/S is out of range.',
                11,
                54,
                "it must be between 0 and 59",
            ),
        ],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_shapes(case: str, problems) -> None:
    old, new, expected = WRONG[case]
    assert BASE.count(old) == 1 or case == "section of another kind"
    found = problems(BASE.lstrip("\n").replace(old, new, 1))
    assert [(one.code, one.detail, one.place.line, one.place.column, one.hint) for one in found] == expected


def test_whole_diagnostic(problems) -> None:
    assert problems(BASE.replace("mode: replace", "mode: replaec")) == (
        diagnose(
            "value-not-allowed",
            '"mode" of syncs/S cannot be "replaec".',
            place(7, 11),
            'did you mean "replace"?',
            address="syncs/S",
        ),
    )


def test_all_at_once_over_all_files(problems) -> None:
    found = problems(
        {
            "a.yaml": "connections: {A: {}, B: {type: 1}}\nsyncs: {S: {}}",
            "b.yaml": "models: {M: {connection: 5}}",
            "c.yaml": "version: 2\nx-anything: [1, {a: b}]",
            "d.yaml": "a: b: c",
        }
    )
    assert [(one.place.file, one.code) for one in found] == [
        ("a.yaml", "missing-key"),
        ("a.yaml", "wrong-type"),
        *[("a.yaml", "missing-key")] * 4,
        ("b.yaml", "missing-key"),
        ("b.yaml", "wrong-type"),
        ("c.yaml", "value-not-allowed"),
        ("d.yaml", "yaml-syntax"),
    ]


def test_duplicate_names(loaded) -> None:
    files = {"a.yaml": "models: {M: {managed: false}}", "b.yaml": "models:\n  M: {managed: false}\nsyncs: {}"}
    spec, problems = loaded(files)
    assert problems == (
        diagnose(
            "duplicate-name",
            "models/M is declared twice, first in a.yaml line 1.",
            Place("b.yaml", 2, 3),
            "remove or rename one of them",
            address="models/M",
            related=(Place("a.yaml", 1, 10),),
        ),
    )
    assert spec.find("models", "M").place == Place("a.yaml", 1, 10)


FIELDS = """
      EMAIL: email
      FIRST: {field: first}
      LAST: {model: M, field: last, sync_mode: create, new: true}
      ORIGIN: {value: mysql}
"""
SCHEDULES = [
    "{frequency: manual}",
    "{frequency: continuous}",
    "{frequency: hourly, minute: 15}",
    "{frequency: daily, hour: '05', minute: '00'}",
    "{frequency: weekly, day_of_week: 1, hour: 8, minute: 0}",
    "{frequency: weekly, day_of_week: monday, hour: 8, minute: 0}",
    "{frequency: custom, minute: 0, hour: '*/8', day_of_month: '*', month: '*', day_of_week: '*'}",
    "{frequency: builder, hour: 1}",
    "{frequency: runafter, run_after: {syncs: [T]}, run_after_success_only: true}",
    "{frequency: runafter, run_after: {syncs: [], bulk_syncs: []}}",
    "{frequency: dbtcloud, connection: A, job_id: 123}",
]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_form_is_right(schedule: str, problems) -> None:
    text = (
        BASE.replace("{frequency: manual}", schedule).replace("{E: e}", FIELDS)
        + """
    identity: {field: id, target: ID, function: Equality, model: M}
    filters:
      - {field: a, function: Equality, value: [1, true, null]}
      - {model: M, field: b, function: IsNull}
    filter_logic: A OR B
    overrides: [{field: a, function: IsNull, override: {any: thing}}]
    active: true
    sync_all_records: true
    only_enrich_updates: false
    skip_initial_backfill: false
  T: {managed: false}
x-own: anything
"""
    )
    assert problems(text) == ()
