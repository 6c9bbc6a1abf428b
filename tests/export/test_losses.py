"""Objects that no spec can describe are reported once for each cause, and the rest is exported."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import yaml

from applier.export import Export, export_workspace
from tests.export.support import EVERYTHING, differences, plan_export
from tests.export.test_command import applier_for
from tests.kinds.workspace import SYNC, InProcessWorkspace, spec


def export(live: InProcessWorkspace) -> Export:
    return export_workspace(live.client(), EVERYTHING, 4)


def told(made: Export) -> list[tuple[str, str]]:
    return [(one.detail, one.hint) for one in made.diagnostics]


def lose(live: InProcessWorkspace, path: str, name: str) -> str:
    """The id of an object that is no longer live, though others still name it; the API itself would not let go."""
    identifier = str(live.find(path, name)["id"])
    with closing(sqlite3.connect(live.folder / "data/sandbox.sqlite3")) as store, store:
        store.execute("DELETE FROM objects WHERE id = ?", (identifier,))
    return identifier


def test_dependents_of_a_loss_are_omitted_and_the_plan_is_empty(live: InProcessWorkspace) -> None:
    third = {
        "type": "mysql",
        "configuration": {"hostname": "h", "port": 1, "dbname": "company", "account": "a", "passwd": "p"},
    }
    model = {"connection": "Third", "configuration": {"table": "company.accounts"}}
    live.apply(
        spec(
            connections={"Third": third},
            models={"Customer": model, "Teams": model},
            syncs={"Of a customer": {**SYNC, "model": "Customer", "fields": {"FIRST_NAME": "name"}}},
        )
    )
    lost = lose(live, "/api/connections", "Third")
    made = export(live)
    assert told(made) == [
        (
            (
                f"Connection {lost} does not exist. 2 objects refer to it and are not exported: "
                "models/Customer, models/Teams."
            ),
            "repair or delete them in Polytomic, then export again",
        )
    ]
    assert sorted(made.files) == [
        ".env.example",
        "connections/source.yaml",
        "connections/warehouse.yaml",
        "models/customer.yaml",
        "models/customers.yaml",
        "syncs/of-a-customer.yaml",
        "syncs/sync.yaml",
    ]
    assert made.count == 5
    assert made.files["models/customer.yaml"] == "version: 1\n\nmodels:\n  Customer:\n    managed: false\n"
    assert differences(plan_export(live, made)) == {}


def test_a_lost_policy_is_reported_once_and_equal_names_get_ids(live: InProcessWorkspace) -> None:
    policies = [
        live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})["id"]
        for name in ("Team", "Team", "Gone", "Ours")
    ]
    live.apply(spec(syncs={"Other": SYNC}))
    live.change("/api/syncs", "Sync", policies=[policies[0], policies[3]])
    live.change("/api/syncs", "Other", policies=[policies[1], policies[2]])
    lost = lose(live, "/api/permissions/policies", "Gone")
    made = export(live)
    assert told(made) == [
        (
            f"Policy {lost} does not exist. 1 object refers to it and is exported without policies: syncs/Other.",
            "remove the reference in Polytomic",
        ),
    ]
    assert "policies" not in yaml.safe_load(made.text)["syncs"]["Other"]
    assert yaml.safe_load(made.text)["syncs"]["Sync"]["policies"] == ["Ours", f"Team ({policies[0]})"]
    assert differences(plan_export(live, made)) == {}


def test_an_object_that_no_spec_can_describe_is_not_adopted(live: InProcessWorkspace, tmp_path: Path) -> None:
    policy = live.send("POST", "/api/permissions/policies", {"name": "Gone", "policy_actions": []})["id"]
    live.apply(spec(syncs={"Broken": SYNC}))
    live.change("/api/syncs", "Broken", policies=[policy])
    lose(live, "/api/permissions/policies", "Gone")
    lost = lose(live, "/api/models", "Customers")
    applier = applier_for(live, tmp_path / "project")
    done = applier("adopt", "syncs/Broken", "--file", "spec.yaml", "-q")
    assert (done.code, applier.folder.joinpath("spec.yaml").exists()) == (1, False)
    assert done.err == (
        "error: syncs/Broken cannot be exported. Nothing was added. [not-added]\n  hint: see the warning above\n"
    )
    assert applier("adopt", "syncs/Broken", "--file", "spec.yaml").err.splitlines()[0] == (
        f"warning: Model {lost} does not exist. 1 object refers to it and is not exported: syncs/Broken. [not-exported]"
    )
