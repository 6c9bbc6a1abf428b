"""Reports built by hand, with something of everything, for the tests of the forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from applier.checks.runner import CheckResults
from applier.diagnostics import Diagnostic, Place, Severity
from applier.diff import FieldChange
from applier.execute import Outcome, Status
from applier.plan import Action, Change, Plan, Unmanaged
from applier.plan.coverage import Coverage, Share
from applier.plan.impact import Impact
from applier.render.parts.places import Repository
from applier.report import Report
from tests import golden

GOLDEN = Path(__file__).parent / "golden"
FORGE = Repository("pipelines", "https://github.com/acme/data/blob/abc123/")
HOSTILE = (
    "<script>alert(1)</script>",
    "</pre></svg><img src=x onerror=alert(1)>",
    "a | b `c` **d** _e_ [f](https://example.com) ![g](x)",
    "``` \n</details>\n# heading",
    "@octocat #1 :tada: https://example.com www.example.com",
    "$(reboot) `reboot` ; rm -rf / && echo 'x' \"y\" %0A ::error::x",
    "key: {a: [b]} # comment\n- item: !!python/object",
    "]]> <!-- --> &amp; &#64; \\| \\",
    "--- \x1b[31mred\x07 \u202eflip \u2028 end",
)
LONG_BEFORE = "SELECT id\nFROM customers\nWHERE newsletter\n"
LONG_AFTER = "SELECT id, email\nFROM customers\nWHERE newsletter\n```\n"


def change(address: str, action: Action, line: int, *fields: FieldChange, **more: object) -> Change:
    kind, _, name = address.partition("/")
    place = None if action is Action.DELETE else Place("spec.yaml", line, 3)
    return Change(address, kind, name, action, f"id-{line}", fields, place, **more)  # type: ignore[arg-type]


CHANGES = (
    change(
        "connections/Shop",
        Action.UPDATE,
        4,
        FieldChange(("configuration", "port"), 3306, 3307),
        FieldChange(("configuration", "passwd"), "(sensitive)", "(sensitive)"),
        updated_at="2026-11-01T10:00:00Z",
        updated_by="Ada",
    ),
    change("models/Customers", Action.UPDATE, 12, FieldChange(("configuration", "query"), LONG_BEFORE, LONG_AFTER)),
    change("models/Orders", Action.CREATE, 20, FieldChange(("connection",), None, "Shop")),
    change("syncs/Nightly", Action.RENAME, 30, FieldChange(("name",), "Daily", "Nightly")),
    change(
        "syncs/To warehouse",
        Action.UPDATE,
        40,
        FieldChange(("mode",), "create", "replace"),
        FieldChange(("fields", "EMAIL", "field"), None, "email"),
        FieldChange(("filter_logic",), "A | B", None),
    ),
    change("connections/Legacy", Action.REPLACE, 60, FieldChange(("type",), "mysql", "postgresql")),
    change(
        "syncs/Old",
        Action.DELETE,
        0,
        why="owned and not declared",
        updated_at="2026-10-01T10:00:00Z",
        updated_by="Grace",
    ),
)
NEEDS: Mapping[str, tuple[str, ...]] = {
    "connections/Shop": (),
    "connections/Warehouse": (),
    "connections/Legacy": (),
    "models/Customers": ("connections/Shop",),
    "models/Orders": ("connections/Shop",),
    "syncs/To warehouse": ("models/Customers", "connections/Warehouse"),
    "syncs/Nightly": ("models/Customers", "connections/Warehouse"),
    "syncs/Made by hand": ("models/Customers", "connections/Warehouse"),
}
WARNING = Diagnostic(
    "field-too-narrow",
    "a type that may not fit",
    'The field "EMAIL" of CUSTOMERS holds 20 characters.',
    Place("spec.yaml", 44, 7),
    "make it longer",
    Severity.WARNING,
    "syncs/To warehouse",
)
ERROR = Diagnostic(
    "unknown-reference",
    "a name that leads nowhere",
    'There is no model "Custmers".',
    Place("models.yaml", 7, 12),
    'did you mean "Customers"?',
    address="syncs/To warehouse",
    related=(Place("spec.yaml", 1, 1),),
)
SURROUNDINGS = Impact(NEEDS, frozenset({"syncs/To warehouse", "syncs/Made by hand"}))
UNMANAGED = Unmanaged("syncs/Made by hand", "id-99", "2026-11-02T08:00:00Z", "Grace")


def full(command: str = "plan") -> Report:
    """A plan or a drift with every action, a warning, and something live that nobody declared."""
    changes = tuple(one for one in CHANGES if command == "plan" or one.action is not Action.REPLACE)
    plan = Plan(changes, ("connections/Warehouse",), (WARNING,), (UNMANAGED,), unknown_secrets=2)
    return Report(
        command, plan=plan, impact=SURROUNDINGS, checks=CheckResults(12, 1), detailed_exit_code=command == "drift"
    )


def covered() -> Report:
    """A drift without a difference, of a spec that describes less than is wanted."""
    shares = {"connections": Share(2, 2), "models": Share(3, 1), "bulk_syncs": Share(0, 0)}
    coverage = Coverage(shares, ("models/<b>One</b>", "models/Two"), 90)
    return replace(empty("drift"), coverage=coverage, detailed_exit_code=True)


def empty(command: str) -> Report:
    return Report(command, plan=Plan((), ("connections/Shop", "models/Customers")), impact=SURROUNDINGS)


def valid() -> Report:
    return Report("validate", declared={"connections": 2, "models": 1, "syncs": 1}, files=2)


def invalid() -> Report:
    return Report("validate", (ERROR, WARNING), declared={"connections": 2, "syncs": 1}, files=2)


def applied() -> Report:
    outcomes = (
        Outcome("connections/Shop", Action.UPDATE, Status.DONE, "id-4"),
        Outcome(
            "syncs/Old",
            Action.DELETE,
            Status.FAILED,
            "id-0",
            "The service says no.",
            "ask",
            place=Place("spec.yaml", 3),
        ),
    )
    return Report("apply", plan=Plan(CHANGES), outcomes=outcomes, impact=SURROUNDINGS)


def named(*names: str) -> Report:
    """Everything carries foreign names: every action on a resource of each name, in every place that tells words."""
    changes: list[Change] = []
    for number, name in enumerate(names):
        for action in Action:
            fields = (
                FieldChange(("fields", name, "field"), name, f"{name} new"),
                FieldChange(("configuration", "query"), f"{name}\nand more\n", f"{name}\nand less\n"),
            )
            changes.append(
                change(
                    f"models/{name} {action}", action, number + 1, *fields, updated_by=name, why=name, history=(name,)
                )
            )
        reaching = (FieldChange(("mode",), name, "replace"),)
        changes.append(change(f"syncs/{name} active", Action.UPDATE, number + 1, *reaching))
    needs = {f"syncs/{name} active": (f"models/{name} update",) for name in names}
    surroundings = Impact(needs, frozenset(needs))
    told = tuple(
        Diagnostic("foreign", name, f"It says {name}.", Place(name, 1, 1), name, address=name) for name in names
    )
    unmanaged = tuple(Unmanaged(f"syncs/{name} unmanaged", "id", "", name) for name in names)
    plan = Plan(tuple(changes), (), (), unmanaged)
    return Report("drift", told, plan=plan, impact=surroundings, detailed_exit_code=True)


def compare_form(name: str, text: str) -> None:
    """Compare a rendered report with a file of tests/render/golden."""
    golden.compare(GOLDEN / name, text + "\n")
