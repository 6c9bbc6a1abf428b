"""The connection schemas hold together: with themselves, with their index and with JSON Schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parent.parent / "schemas" / "connections"
FILES = sorted(path for path in FOLDER.glob("*.json") if path.stem != "index")
BASE = "https://polytomic-applier.invalid/schemas/connections/"
CAPABILITIES = {"source", "destination", "enrichment", "orchestration", "logging"}
FLAGS = ("sensitive", "readOnly", "hidden", "api_field")

# Polytomic requires these members without declaring them as properties.
UNDECLARED = {
    "intercom": {"oauth_access_token"},
    "pardot": {"instance_url", "oauth_access_token", "oauth_refresh_token", "oauth_token_expiry"},
    "zendesk_chat": {"oauth_access_token"},
}
# Polytomic gives these properties a default that their own enum refuses.
ODD_DEFAULTS = {"single_table_file_formats"}

every_type = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def properties(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of the schema, those of nested objects and of list entries included."""
    for name, member in schema.get("properties", {}).items():
        yield prefix + name, member
        yield from properties(member, f"{prefix}{name}.")
        yield from properties(member.get("items", {}), f"{prefix}{name}[].")


def index() -> dict[str, dict[str, Any]]:
    types = read(FOLDER / "index.json")["types"]
    assert isinstance(types, dict)
    return types


def test_the_most_used_types_have_a_schema() -> None:
    assert len(FILES) >= 40
    assert {path.stem for path in FILES} >= {"mysql", "postgresql", "snowflake", "salesforce", "hubspot"}


def test_no_two_schemas_share_an_id() -> None:
    assert len({read(path)["$id"] for path in FILES}) == len(FILES)


def test_the_index_is_sorted_and_names_every_type() -> None:
    types = index()
    assert list(types) == sorted(types)
    assert {path.stem for path in FILES} <= set(types)
    for facts in types.values():
        assert set(facts) == {"name", "oauth"}
        assert isinstance(facts["name"], str)
        assert facts["name"]
        assert isinstance(facts["oauth"], bool)


def test_the_index_has_one_type_a_line() -> None:
    lines = (FOLDER / "index.json").read_text(encoding="utf-8").splitlines()
    for kind in index():
        assert sum(line.startswith(f'    "{kind}": {{') for line in lines) == 1


@every_type
def test_is_a_valid_schema(path: Path) -> None:
    schema = read(path)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["type"] == "object"
    Draft202012Validator.check_schema(schema)


@every_type
def test_agrees_with_its_file_name_and_the_index(path: Path) -> None:
    schema, facts = read(path), index()[path.stem]
    about = schema["x-polytomic"]
    assert schema["$id"] == f"{BASE}{path.name}"
    assert about["id"] == path.stem
    assert schema["title"] == about["name"] == facts["name"]
    assert about["oauth"] is facts["oauth"]
    assert set(about["capabilities"]) == CAPABILITIES
    assert any(about["capabilities"].values())
    assert all(isinstance(value, bool) for value in about["capabilities"].values())


@every_type
def test_is_open_for_members_that_it_does_not_know(path: Path) -> None:
    assert "additionalProperties" not in read(path)


@every_type
def test_required_members_are_declared(path: Path) -> None:
    schema = read(path)
    missing = set(schema["required"]) - set(schema["properties"])
    assert missing == UNDECLARED.get(path.stem, set())


@every_type
def test_every_property_is_explained(path: Path) -> None:
    schema = read(path)
    assert schema["description"].endswith(".")
    for name, member in properties(schema):
        assert member["title"].strip() == member["title"] != "", name
        assert member["description"].strip().endswith("."), name


@every_type
def test_flags_are_true_or_absent(path: Path) -> None:
    for name, member in properties(read(path)):
        assert all(member.get(flag, True) is True for flag in FLAGS), name


@every_type
def test_secrets_are_strings_without_examples_or_defaults(path: Path) -> None:
    for name, member in properties(read(path)):
        if member.get("sensitive"):
            assert member["type"] == "string", name
            assert not {"default", "examples"} & set(member), name


@every_type
def test_examples_and_defaults_fit_their_own_property(path: Path) -> None:
    for name, member in properties(read(path)):
        values = list(member.get("examples", []))
        if "default" in member and name not in ODD_DEFAULTS:
            values.append(member["default"])
        for value in values:
            assert not list(Draft202012Validator(member).iter_errors(value)), (name, value)


@every_type
def test_is_formatted_like_the_others(path: Path) -> None:
    schema = read(path)
    assert path.read_text(encoding="utf-8") == json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
