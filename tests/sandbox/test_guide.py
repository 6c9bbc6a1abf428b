"""Every request of the guide, sent as the guide sends it, is answered with the guide's JSON."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import KEY, MYSQL, SNOWFLAKE, V1, GuideObjects

HEADERS = {
    "accept": "application/json",
    "content-type": "application/json",
    "X-Polytomic-Version": V1,
    "Authorization": f"Bearer {KEY}",
}


def item(values: list[str] | None = None, deeper: list[str] | None = None) -> dict[str, Any]:
    return {"items": values, "requires_one_of": deeper, "has_items": values is not None}


def mode(id: str, label: str, description: str, requires_identity: bool) -> dict[str, Any]:
    return {
        "mode": id,
        "description": description,
        "label": label,
        "requires_identity": requires_identity,
        "supports_target_filters": False,
        "supports_field_sync_mode": False,
    }


def field(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "description": "",
        "required": False,
        "filterable": False,
        "createable": True,
        "updateable": True,
        "association": False,
        "supports_identity": True,
        "identity_functions": [{"id": "Equality", "label": "Equality"}],
        "source_type": "VARCHAR(16777216)",
        "type": "string",
    }


SOURCE = {
    "data": {
        "items": {
            "query": item(),
            "table": item(["company.accounts", "company.customers", "company.teams"]),
            "tracking_columns": item(),
            "view": item(),
        },
        "requires_one_of": ["query", "table", "view"],
    }
}
TARGET = {
    "": {
        "data": {
            "items": {"schema": item(None, ["table", "view"]), "table": item(), "view": item()},
            "requires_one_of": ["schema"],
        }
    },
    "?type=schema": {
        "data": {
            "items": {"schema": item(["__pt_new_schema", "CUSTOMERS", "TEAMS"], ["table"]), "table": item()},
            "requires_one_of": ["schema"],
        }
    },
    "?type=table&search=CUSTOMERS": {
        "data": {
            "items": {
                "schema": item(None, ["table"]),
                "table": item(["__pt_new_target", "CUSTOMERS.COMPANIES", "CUSTOMERS.CONTACTS"]),
            },
            "requires_one_of": ["schema"],
        }
    },
    "?type=table": {
        "data": {
            "items": {
                "schema": item(None, ["table"]),
                "table": item(
                    ["__pt_new_target", "CUSTOMERS.COMPANIES", "CUSTOMERS.CONTACTS", "TEAMS.MEMBERS", "TEAMS.SCORES"]
                ),
            },
            "requires_one_of": ["schema"],
        }
    },
}
FIELDS = {
    "data": {
        "id": "CUSTOMERS.CONTACTS",
        "name": "CUSTOMERS.CONTACTS",
        "modes": [
            mode("create", "Create", "Create records when they don’t exist; don’t update existing ones", True),
            mode("update", "Update", "Update existing records only; don’t create new ones", True),
            mode(
                "updateOrCreate",
                "Update or Create",
                "Update records when they exist and create them when they don’t",
                True,
            ),
            mode("replace", "Replace", "Replace all existing rows", False),
            mode("append", "Append", "Append rows to the end of the table", False),
        ],
        "properties": {"supports_field_creation": True},
        "refreshed_at": "0001-01-01T00:00:00Z",
        "fields": [field("EMAIL"), field("FIRST_NAME"), field("LAST_NAME")],
    }
}


def test_connections_come_back_with_masked_secrets_and_defaults(api: httpx.Client) -> None:
    mysql = api.post("/api/connections", json=MYSQL, headers=HEADERS).json()["data"]
    assert mysql["name"] == "MySQL Connection"
    assert mysql["type"] == {
        "id": "mysql",
        "name": "MySQL",
        "logo_url": "https://connect-assets.polytomic.com/logos/mysql.svg",
        "operations": ["bulksyncsource"],
    }
    assert mysql["configuration"] == {
        "hostname": "localhost",
        "port": 3306,
        "dbname": "company",
        "account": "user",
        "passwd": "********",
        "ssl": True,
        "ssh_user": "root",
        "ssh_port": 22,
        "change_detection": False,
    }
    assert mysql["policies"] == []
    assert mysql["saved"] is True
    assert mysql["status"] == "healthy"
    snowflake = api.post("/api/connections", json=SNOWFLAKE, headers=HEADERS).json()["data"]
    assert snowflake["configuration"]["password"] == "********"


def test_the_source_is_the_guides(workspace: GuideObjects) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != "accept"}
    answer = workspace.api.get(f"/api/connections/{workspace.mysql}/modelsync/source", headers=headers)
    assert answer.json() == SOURCE
    assert list(answer.json()["data"]["items"]) == ["query", "table", "tracking_columns", "view"]
    drilled = workspace.api.get(f"/api/connections/{workspace.mysql}/modelsync/source?table=company.accounts")
    assert drilled.json()["data"]["items"]["table"]["requires_one_of"] is None


def test_the_model_comes_back_completed(workspace: GuideObjects) -> None:
    model = workspace.api.get(f"/api/models/{workspace.model}").json()["data"]
    assert model["name"] == "Customer Model"
    assert model["type"] == "mysql"
    assert model["version"] == 1
    assert model["connection_id"] == workspace.mysql
    assert model["configuration"] == {"query": "", "table": "company.customers", "view": "", "tracking_columns": None}
    names = [field["name"] for field in model["fields"]]
    assert names == ["id", "email", "first_name", "last_name", "age", "account_id"]
    email = model["fields"][1]
    assert (email["label"], email["type"], email["user_added"]) == ("email", "string", False)
    assert email["remote_type"].startswith("varchar")
    assert model["created_by"]["type"] == "user"


@pytest.mark.behaviour("drill-down-levels")
@pytest.mark.parametrize("query", TARGET)
def test_the_target_is_the_guides_level_by_level(workspace: GuideObjects, query: str) -> None:
    answer = workspace.api.get(f"/api/connections/{workspace.snowflake}/modelsync/target{query}", headers=HEADERS)
    assert answer.json() == TARGET[query]


@pytest.mark.behaviour("alternative-forms")
def test_target_fields_are_the_guides_in_both_forms(workspace: GuideObjects) -> None:
    path = f"/api/connections/{workspace.snowflake}/modelsync/target/fields"
    answer = workspace.api.post(path, json={"target": "CUSTOMERS.CONTACTS"}, headers=HEADERS)
    assert answer.json() == FIELDS
    assert list(answer.json()["data"]) == list(FIELDS["data"])
    assert workspace.api.get(path, params={"target": "CUSTOMERS.CONTACTS", "refresh": "true"}).json() == FIELDS


def test_the_sync_comes_back_completed(workspace: GuideObjects) -> None:
    body = workspace.sync_body()
    sync = workspace.api.post("/api/syncs", json=body, headers=HEADERS).json()["data"]
    assert sync["fields"] == body["fields"]
    assert sync["schedule"] == {"frequency": "continuous", "run_after_success_only": False}
    assert sync["target"] == {
        "connection_id": workspace.snowflake,
        "object": "CUSTOMERS.CONTACTS",
        "configuration": {},
        "search_values": {"schema": "CUSTOMERS", "table": "CUSTOMERS.CONTACTS"},
    }
    assert sync["model_ids"] == [workspace.model]
    assert sync["active"] is False
    assert (sync["sync_all_records"], sync["skip_initial_backfill"], sync["only_enrich_updates"]) == (False,) * 3
    assert sync["policies"] == []
    assert not {"identity", "filter_logic", "encryption_passphrase", "override_fields"} & set(sync)


def test_running_the_sync_moves_the_rows(workspace: GuideObjects) -> None:
    sync = workspace.sync()
    execution = workspace.run(sync)
    assert (execution["status"], execution["errors"]) == ("completed", [])
    assert (execution["counts"]["insert"], execution["counts"]["total"]) == (3, 3)
    assert workspace.rows()[0] == {"EMAIL": "ada@example.com", "FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}
    status = workspace.api.get(f"/api/syncs/{sync['id']}/status").json()["data"]
    assert status["last_execution"] == execution
    assert "current_execution" not in status
