"""Law 2: export, then plan is empty; a second export is byte-identical; an empty workspace becomes the same by it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applier import pipeline
from applier.kinds import KINDS
from applier.sandbox import seed
from applier.spec.documents.write import dump_yaml
from applier.spec.formatting import format_content
from applier.spec.variables.given import Given
from tests.cli.support import EXAMPLE
from tests.effort import COSTLY
from tests.export.support import carry_out, comparable, differences, export, holds_law_2, planned
from tests.kinds.test_law_1 import SPECS, SWITCHES
from tests.kinds.workspace import V1, V2, Workspace, workspace
from tests.laws.specs import DBT, Generated, generated
from tests.laws.test_laws import BY_HAND
from tests.laws.test_laws import switches as few_switches
from tests.test_examples import CASES, EXAMPLES

VERSIONS = st.sampled_from([V1, V2])


ONCE = [(folder, name, V1) for folder, name in {one[0]: one for one in CASES}.values()]
ONCE += [(folder, name, V2) for folder, name in {one[0]: one for one in reversed(CASES)}.values()]


@pytest.mark.parametrize(("folder", "environment", "version"), ONCE)
def test_every_example(folder: str, environment: str, version: str, tmp_path: Path) -> None:
    spec, problems = pipeline.load([EXAMPLES / folder], os.environ, Given(environment or None))
    assert [one.detail for one in problems if one.severity == "error"] == []
    by_hand = made_by_hand(spec.resources.values())
    with furnished(tmp_path / "first", folder, version, by_hand) as live:
        for _ in range(2):  # the second time with what a person has authorized
            carry_out(live, pipeline.plan(spec, live.client()))
        secrets = {one.variable: secret_of(spec, one.address, one.path) for one in export(live).secret_variables}
        made = holds_law_2(live, secrets)
        spelled_out = [(name, text.encode()) for name, text in made.files.items() if name.endswith(".yaml")]
        assert [format_content(data, name) for name, data in spelled_out] == [(data, []) for _, data in spelled_out]
        if "linkedin" in folder:  # its audience was made by the sync, and is in no other workspace
            return
        unmanaged = unmanaged_in(planned(live, made, secrets))
        with furnished(tmp_path / "second", folder, version, unmanaged) as other:
            carry_out(other, planned(other, made, secrets))
            assert managed(other, unmanaged) == managed(live, unmanaged)
            assert dict(export(other).files) == dict(made.files)


@contextmanager
def furnished(place: Path, example: str, version: str, by_hand: Mapping[str, str]) -> Iterator[Workspace]:
    """A workspace with the tables of an example and connections, by name with their types, that people have made."""
    place.mkdir()
    with workspace(place, version) as live:
        if (EXAMPLES / example / "seed").is_dir():
            seed(EXAMPLES / example / "seed", place / "data")
        for name, type_id in by_hand.items():
            live.authorized(name, type_id)
        yield live


def managed(live: Workspace, unmanaged: Mapping[str, str]) -> dict[str, Any]:
    """What is live, but for what people have made."""
    return {address: one for address, one in comparable(live).items() if address.partition("/")[2] not in unmanaged}


def unmanaged_in(prepared: Any) -> dict[str, str]:
    """The connections of a plan that people have made."""
    return made_by_hand(one.resource for one in prepared.resolved.declared.values())


def made_by_hand(resources: Iterable[Any]) -> dict[str, str]:
    """The names of connections that people have made, and their types."""
    return {one.name: str(one.body["type"]) for one in resources if not one.managed and one.kind == "connections"}


def secret_of(spec: Any, address: str, path: tuple[Any, ...]) -> str:
    """The text of a secret of a spec; the only webhook has another key there than in the export."""
    kind = address.partition("/")[0]
    resource = spec.of_kind(kind)[0] if KINDS[kind].singleton else spec.resources[address]
    value = resource.body
    for step in path:
        value = value[step]
    return str(value[:])


@COSTLY
@given(VERSIONS, st.fixed_dictionaries({name: st.sampled_from(values) for name, values in SWITCHES.items()}), SPECS)
def test_every_member_of_every_kind(version: str, switches: dict[str, str], document: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version, **switches) as live:
        for name in ("Ours", "Theirs"):
            live.send("POST", "/api/permissions/policies", {"name": name, "policy_actions": []})
        live.steady(document)
        holds_law_2(live)


@COSTLY
@given(VERSIONS, few_switches, generated())
def test_any_name_and_any_value(version: str, switches: dict[str, str], one: Generated) -> None:
    with tempfile.TemporaryDirectory() as folder, workspace(Path(folder), version, **switches) as live:
        seed(EXAMPLE / "seed", Path(folder) / "data")
        live.send("POST", "/api/connections", BY_HAND)
        (live.folder / "spec.yaml").write_text(dump_yaml(one.spec), "utf-8")
        spec, problems = pipeline.load([live.folder / "spec.yaml"], one.environment)
        assert [problem.detail for problem in problems if problem.severity == "error"] == []
        carry_out(live, pipeline.plan(spec, live.client()))
        made = export(live)
        secrets = {
            variable.variable: BY_HAND["configuration"]["token"]
            if variable.address == f"connections/{DBT}"
            else secret_of(spec, variable.address, variable.path)
            for variable in made.secret_variables
        }
        holds_law_2(live, secrets)
        told = "\n".join([*made.files.values(), made.text])
        assert [secret for secret in one.secrets if secret in told] == []


def test_differences_are_seen(live: Workspace) -> None:
    """The law would notice: an export of another state has a plan."""
    from tests.kinds.workspace import spec

    live.apply(spec())
    made = export(live)
    live.apply(spec(model={"identifier": "id"}))
    assert differences(planned(live, made)) == {"models/Customers": [("identifier", "id", None)]}
