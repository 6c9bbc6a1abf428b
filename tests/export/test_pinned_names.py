"""Objects of one name: a key "NAME (ID)" with that `id` means the object under the name that it has."""

from __future__ import annotations

from typing import Any

from tests.kinds.workspace import InProcessWorkspace, spec


def of_one_name(live: InProcessWorkspace) -> tuple[dict[str, Any], str, str]:
    """A spec over two models of one name, and their keys in it; the sync uses the first."""
    live.apply(spec())
    model = live.find("/api/models", "Customers")
    twin = {key: model[key] for key in ("name", "connection_id", "configuration")}
    made = live.send("POST", "/api/models", twin)
    first, second = f"Customers ({model['id']})", f"Customers ({made['id']})"
    document = spec(sync={"model": first})
    body = document["models"].pop("Customers")
    document["models"] = {first: {**body, "id": model["id"]}, second: {**body, "id": made["id"]}}
    return document, first, second


def test_a_key_of_name_and_id_is_no_rename(live: InProcessWorkspace) -> None:
    document, _, _ = of_one_name(live)
    assert live.changes(document) == {}


def test_pinned_objects_are_updated_under_their_names(live: InProcessWorkspace) -> None:
    document, first, second = of_one_name(live)
    document["models"][first]["identifier"] = "id"
    assert live.changes(document) == {f"models/{first}": ["identifier"]}
    live.steady(document)
    found = {one["id"]: one for one in live.send("GET", "/api/models")}
    told = [(found[one[11:-1]]["name"], found[one[11:-1]].get("identifier") or "") for one in (first, second)]
    assert told == [("Customers", "id"), ("Customers", "")]


def test_another_key_with_an_id_still_renames(live: InProcessWorkspace) -> None:
    live.apply(spec())
    (identifier,) = [one["id"] for one in live.send("GET", "/api/connections") if one["name"] == "Source"]
    document = spec(model={"connection": "Source (mine)"})
    document["connections"]["Source (mine)"] = {**document["connections"].pop("Source"), "id": identifier}
    assert live.changes(document) == {"connections/Source (mine)": ["name"]}
