"""Connection types that a project brings along are known to its own spec, and to no other one in the process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from applier.kinds import KINDS, kinds_of, load_spec
from applier.secrets import Secret
from applier.spec.resources import Spec

SHIPPED = {"type": "mysql", "configuration": {"hostname": "h", "port": 1, "account": "a", "passwd": "${env:P:-x}"}}


def project(folder: Path, own_type: str, secret: str) -> Path:
    """A folder with a spec of one connection of a type of its own, and with another idea of `mysql`."""
    types = folder / "connection_types"
    types.mkdir(parents=True)
    schema = {"properties": {secret: {"type": "string", "sensitive": True}}, "required": [secret]}
    (types / f"{own_type}.json").write_text(json.dumps(schema), "utf-8")
    (types / "mysql.json").write_text(json.dumps(schema), "utf-8")
    body = {"type": own_type, "configuration": {secret: "hunter2"}}
    (folder / "spec.yaml").write_text(json.dumps({"connections": {"Own": body}}), "utf-8")
    return folder


def codes(spec: Path, document: object) -> list[str]:
    """The codes of what is wrong with other contents of a project's spec."""
    (spec / "spec.yaml").write_text(json.dumps(document), "utf-8")
    return [one.code for one in load_spec([spec], {})[1]]


@pytest.fixture
def specs(tmp_path: Path) -> tuple[Spec, Spec]:
    """Two specs that are loaded one after the other, each with types of its own."""
    one, _ = load_spec([project(tmp_path / "one", "first", "key")], {})
    other, _ = load_spec([project(tmp_path / "other", "second", "word")], {})
    return one, other


def test_each_spec_knows_its_own_types_only(specs: tuple[Spec, Spec]) -> None:
    one, other = (kinds_of(spec)["connections"] for spec in specs)
    assert one.member_schemas({"type": "first"}) != {}
    assert one.member_schemas({"type": "second"}) == {}
    assert other.member_schemas({"type": "first"}) == {}
    assert other.member_schemas({"type": "second"}) != {}
    assert all(KINDS["connections"].member_schemas({"type": name}) == {} for name in ("first", "second"))
    assert "hostname" in str(KINDS["connections"].member_schemas({"type": "mysql"}))
    assert "hostname" not in str([kind.member_schemas({"type": "mysql"}) for kind in (one, other)])


def test_a_spec_is_validated_with_its_own_types(tmp_path: Path, specs: tuple[Spec, Spec]) -> None:
    assert codes(tmp_path / "one", {"connections": {"A": {"type": "first"}}}) == ["missing-key"]
    assert codes(tmp_path / "other", {"connections": {"A": {"type": "first"}}}) == ["unknown-connection-type"]
    assert codes(tmp_path / "other", {"connections": {"A": SHIPPED}}) == ["missing-key", *["unknown-setting"] * 4]
    bare = tmp_path / "bare"
    bare.mkdir()
    assert codes(bare, {"connections": {"A": SHIPPED}}) == []


def test_live_secrets_are_hidden_by_the_types_of_the_spec(specs: tuple[Spec, Spec]) -> None:
    one, other = (kinds_of(spec)["connections"] for spec in specs)
    answer = {"name": "Own", "type": {"id": "first"}, "configuration": {"key": "hunter2"}}
    hidden, plain = one.from_api(answer)["configuration"], other.from_api(answer)["configuration"]
    assert isinstance(hidden["key"], Secret)
    assert not isinstance(plain["key"], Secret)
