"""Every registered kind goes through everything that a spec can do with it, over HTTP; nothing is listed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from applier.kinds import KINDS
from applier.kinds.base import ApiObject, Canonical, FieldClass, Kind
from applier.kinds.references import reveal_names, translate_references
from applier.render.forms import FORMS
from applier.spec.schema.files import read_schema
from tests.kinds.samples import ENVIRONMENT, SAMPLES, SECRET, Sample
from tests.workspace import Result, Sandbox, Workspace

OWN_MEMBERS = ("managed", "id", "protect")
"""Members that every kind has and that say nothing about the object at the service."""

SCHEMA: dict[str, Any] = read_schema("spec.schema")  # type: ignore[assignment]

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)


def sample_of(kind: Kind) -> Sample:
    if kind.name not in SAMPLES:
        pytest.fail(f'add a sample of "{kind.name}" to tests/kinds/samples.py: a smallest valid body and one change')
    return SAMPLES[kind.name]


@dataclass(frozen=True, kw_only=True)
class Project(Workspace):
    """A workspace with a spec of one resource and what it needs."""

    kind: Kind
    sample: Sample

    def other(self, name: str) -> Project:
        """Return the project of somebody else on the same sandbox."""
        folder = self.folder.parent / name
        folder.mkdir()
        return replace(self, folder=folder)

    def declare(self, name: str | None, members: Mapping[str, Any] | None = None, **sections: Any) -> None:
        """Write the spec: the sample under a name (None: without it), with other members, beside other sections."""
        spec: dict[str, Any] = {kind: dict(bodies) for kind, bodies in self.sample.needs.items()}
        if name is not None:
            spec.setdefault(self.kind.name, {})[name] = {**self.sample.body, **(members or {})}
        for section, value in sections.items():
            spec[section] = {self.kind.name: value}
        self.write("spec.yaml", yaml.safe_dump(spec, sort_keys=False))

    def run(self, *arguments: str, code: int = 0) -> Result:
        """Call applier; the secret is never in what it prints or writes."""
        result = self(*arguments)
        assert result.code == code, f"{arguments}\n{result.out}\n{result.err}"
        written = [one.read_text("utf-8") for one in self.folder.rglob("*") if one.is_file()]
        assert not any(SECRET in text for text in (result.out, result.err, *written))
        return result

    def apply(self, *arguments: str) -> None:
        self.run("apply", "--yes", *arguments)
        self.is_applied()

    def is_applied(self) -> None:
        """Nothing is left to do, and nothing differs."""
        assert self.run("plan", "--detailed-exitcode", "-q").out.startswith(("Nothing", "No changes"))
        self.run("drift")

    def objects(self) -> dict[str, str]:
        """The ids of the live objects of the kind by name, without the service's own."""
        found = self.sandbox.get(self.kind.path)
        return {self.kind.name_in(one): one["id"] for one in found if not self.kind.is_system(one)}

    def live_name(self, name: str, members: Mapping[str, Any] | None = None) -> str:
        """What an object made of the sample is called at the service."""
        return self.kind.name_when_live(name, {**self.sample.body, **(members or {})})

    def is_live(self, name: str) -> bool:
        return self.live_name(name) in self.objects()


@pytest.fixture
def project(kind: Kind, sandbox: Sandbox, tmp_path: Path) -> Project:
    sample, folder = sample_of(kind), tmp_path / "mine"
    folder.mkdir()
    workspace = Workspace.on(sandbox, folder, **ENVIRONMENT)
    return Project(folder, workspace.environment, sandbox, kind=kind, sample=sample)


@every_kind
def test_create_change_and_destroy(project: Project) -> None:
    project.declare("One")
    project.apply()
    assert project.is_live("One")
    project.sandbox.clear("requests")
    project.apply()
    assert project.sandbox.writes() == []
    identifier = project.objects()[project.live_name("One")]
    if project.sample.change is not None:
        project.declare("One", project.sample.change)
        project.apply()
        assert project.objects()[project.live_name("One", project.sample.change)] == identifier
    project.run("destroy", "--yes")
    assert identifier not in project.objects().values()


@every_kind
def test_a_kind_without_a_change_has_nothing_to_change(kind: Kind) -> None:
    own = [one for one in SCHEMA["$defs"][kind.definition]["properties"] if one not in OWN_MEMBERS]
    assert bool(own) == (sample_of(kind).change is not None)


@every_kind
def test_rename(project: Project) -> None:
    project.declare("Old")
    project.apply()
    before = project.objects()
    project.declare("New", moved={"Old": "New"})
    project.sandbox.clear("requests")
    project.apply()
    assert list(project.objects().values()) == list(before.values())
    assert project.is_live("New")
    if project.kind.is_labelled:
        assert project.sandbox.writes() == []


@every_kind
def test_owns(project: Project) -> None:
    stranger = project.other("theirs")
    stranger.declare("Stranger")
    stranger.apply()
    project.declare(None, owns=["*"])
    name = project.live_name("Stranger")
    unmanaged = project.run("drift", "-o", "json", code=2).json
    assert name in json.dumps(unmanaged, ensure_ascii=False)
    project.run("apply", "--yes", "--prune", "--force")
    assert not project.is_live("Stranger")
    assert [one for one in project.sandbox.get(project.kind.path) if project.kind.is_system(one)] != [] or (
        not project.kind.has_system_objects
    )


@every_kind
def test_removed(project: Project) -> None:
    project.declare("One")
    project.apply()
    name = project.live_name("One")
    project.declare(None, removed=[{"name": name, "destroy": False}])
    project.run("apply", "--yes")
    assert project.is_live("One")
    project.declare(None, removed=[name])
    project.run("apply", "--yes", "--force")
    assert not project.is_live("One")


@every_kind
def test_id(project: Project) -> None:
    stranger = project.other("theirs")
    stranger.declare("Theirs")
    stranger.apply()
    (identifier,) = (project.objects()[one] for one in [project.live_name("Theirs")])
    project.declare("Mine", {"id": identifier})
    project.apply()
    assert project.objects()[project.live_name("Mine")] == identifier


@every_kind
def test_protect(project: Project) -> None:
    project.declare("One", {"protect": True})
    project.apply()
    project.run("destroy", "--yes", code=3)
    assert project.is_live("One")


@every_kind
def test_export(project: Project) -> None:
    project.declare("One")
    project.apply()
    exported = project.other("exported")
    file = exported.write("spec.yaml", project.run("export").out)
    variables = dict.fromkeys(_variables(file), SECRET)
    replace(exported, environment={**exported.environment, **variables}).is_applied()
    declared = yaml.safe_load((exported.folder / "spec.yaml").read_text("utf-8"))
    assert project.live_name("One") in declared[project.kind.name]


def _variables(file: Path) -> list[str]:
    return [one.partition("}")[0] for one in file.read_text("utf-8").split("${env:")[1:]]


@every_kind
def test_adopt(project: Project) -> None:
    project.declare("One")
    project.apply()
    name = project.live_name("One")
    if name == "One":  # others get their names from the service
        refused = project.run("adopt", f"{project.kind.name}/{name}", "--file", "adopted.yaml", code=1)
        assert (refused.err.count("is declared already"), refused.err.startswith("spec.yaml:")) == (1, True)
    (project.folder / "spec.yaml").unlink()
    project.run("adopt", f"{project.kind.name}/{name}", "--file", "adopted.yaml")
    adopted = yaml.safe_load((project.folder / "adopted.yaml").read_text("utf-8"))
    assert list(adopted[project.kind.name]) == [name]


@every_kind
def test_drift_and_pull(project: Project) -> None:
    if project.sample.change is None:
        pytest.skip("nothing but its name can differ")
    project.declare("One")
    project.apply()
    somebody = project.other("theirs")
    somebody.declare("One", project.sample.change)
    somebody.apply()
    assert "One" in project.run("drift", code=2).out
    project.run("pull")
    project.is_applied()
    pulled = yaml.safe_load((project.folder / "spec.yaml").read_text("utf-8"))[project.kind.name]["One"]
    assert {name: pulled[name] for name in project.sample.change} == project.sample.change


@every_kind
def test_secrets_are_hidden_in_every_form(project: Project) -> None:
    project.declare("One")
    for form in FORMS:
        project.run("plan", "-o", form)
    project.apply()
    project.run("plan", "--explain", f"{project.kind.name}/One")
    project.run("plan", "--push-secrets", "*", "-o", "json")


@every_kind
def test_a_secret_in_a_file_is_reported_and_hidden(project: Project) -> None:
    for path in project.kind.secrets:
        project.declare("One", {path[0]: SECRET})
        result = project("validate")
        assert "secret-in-file" in result.err
        assert SECRET not in result.out + result.err


def test_the_schema_lists_every_kind() -> None:
    lists = [SCHEMA["properties"][one]["properties"] for one in ("defaults", "owns", "moved", "removed")]
    lists.append(SCHEMA["$defs"]["environment"]["properties"]["overrides"]["properties"])
    assert [list(one) for one in lists] == [list(KINDS)] * len(lists)
    assert [one for one in SCHEMA["properties"] if one in KINDS] == list(KINDS)
    for name, kind in KINDS.items():
        assert SCHEMA["properties"][name]["additionalProperties"] == {"$ref": f"#/$defs/{kind.definition}"}


Step = tuple[str, ...]


def resolve_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to."""
    return SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def members_of(schema: dict[str, Any], path: Step = ()) -> Iterator[Step]:
    """The path of every member that a schema describes; `*` for items of lists and members of open mappings."""
    schema = resolve_schema(schema)
    for name, member in schema.get("properties", {}).items():
        yield (*path, name)
        yield from members_of(member, (*path, name))
    for inside in ("items", "additionalProperties"):
        if isinstance(schema.get(inside), dict):
            yield from members_of(schema[inside], (*path, "*"))


def values_at(schema: dict[str, Any], path: Step) -> Iterator[Any]:
    """Values with a member at a path, which has one of its examples (or words).

    Beside it stands what is required, with every word that it can have, such as the frequency of a schedule; or what
    the examples of the mapping around it have.
    """
    schema = resolve_schema(schema)
    if not path:
        yield from [*schema["examples"], *schema.get("enum", ())]
    elif path[0] in schema.get("properties", {}):
        required = [*schema.get("required", ()), *schema.get("else", {}).get("required", ())]
        others = {name: resolve_schema(schema["properties"][name]) for name in required if name != path[0]}
        choices = product(*(one.get("enum", one["examples"][:1]) for one in others.values()))
        around = [dict(zip(others, chosen, strict=True)) for chosen in choices]
        around += [one for one in schema["examples"] if isinstance(one, dict)]
        for value, beside in product(values_at(schema["properties"][path[0]], path[1:]), around):
            yield {**beside, path[0]: value}
    elif path[0] == "*":
        inside = {
            word: schema[word] for word in ("items", "additionalProperties") if isinstance(schema.get(word), dict)
        }
        for word, one in inside.items():
            yield from ([value] if word == "items" else {"key": value} for value in values_at(one, path[1:]))


def requests_of(kind: Kind, body: Mapping[str, Any]) -> str:
    """Everything that is sent of a body: in a create, in an update, and to the endpoint of its own.

    Nothing of a body that lacks what no request can do without.
    """
    canonical = reveal_names(kind, kind.from_spec(body))
    canonical = translate_references(kind, canonical, lambda kind, name: f"id of {kind}/{name}")
    try:
        sent = [kind.to_api("Name", canonical, live) for live in (None, {})]
    except KeyError:
        return ""
    toggle = kind.toggle
    endpoint = toggle.request(canonical[toggle.member] is True) if toggle and toggle.member in canonical else None
    return json.dumps([sent, endpoint], sort_keys=True)


def without(value: Any, path: Step) -> Any:
    """A value less the member at a path."""
    if isinstance(value, list):
        return [without(one, path[1:]) for one in value]
    keys = [one for one in value if path[0] in ("*", one)]
    changed = {key: without(value[key], path[1:]) for key in keys} if len(path) > 1 else {}
    return {key: changed.get(key, member) for key, member in value.items() if key not in keys or key in changed}


@every_kind
def test_every_member_reaches_a_request(kind: Kind) -> None:
    sample, definition = sample_of(kind), SCHEMA["$defs"][kind.definition]
    unsent = set()
    for path in members_of(definition):
        if path[0] in OWN_MEMBERS:
            continue
        bodies = [{**sample.body, **value} for value in values_at(definition, path)]
        if all(requests_of(kind, body) == requests_of(kind, without(body, path)) for body in bodies):
            unsent.add(".".join(path))
    assert unsent == sample.not_sent.keys()
    assert all(sample.not_sent.values())


def answer_to(kind: Kind, body: Mapping[str, Any]) -> ApiObject | None:
    """An answer that returns what a create sends, None for a body that lacks what no request can do without."""
    canonical = reveal_names(kind, kind.from_spec(body))
    canonical = translate_references(kind, canonical, lambda kind, name: f"id of {kind}/{name}")
    try:
        return {"id": "1", **kind.to_api("Name", canonical, None)}
    except KeyError:
        return None


def read_forms(kind: Kind, answer: ApiObject) -> tuple[Canonical, dict[str, object]]:
    """The canonical form of an answer, and what an export writes of it."""
    canonical = kind.from_api(answer)
    return canonical, kind.to_spec(canonical, answer, None)


@every_kind
def test_every_member_is_read_and_exported(kind: Kind) -> None:
    """A member that is sent is also found in the answer, and written by an export, unless it is write-only."""
    sample, definition = sample_of(kind), SCHEMA["$defs"][kind.definition]
    toggle = {kind.toggle.member} if kind.toggle else set()  # not part of a create
    unread = set()
    for name in definition["properties"].keys() - OWN_MEMBERS - toggle:
        if kind.row((name,)).rule is FieldClass.WRITE_ONLY:
            continue
        bodies = [{**sample.body, **value} for value in values_at(definition, (name,))]
        pairs = [(answer_to(kind, body), answer_to(kind, without(body, (name,)))) for body in bodies]
        forms = [
            [one and (kind.from_api(one), kind.to_spec(kind.from_api(one), one, None)) for one in pair]
            for pair in pairs
        ]
        read = any(one and (other is None or one[0] != other[0]) for one, other in forms)
        exported = any(one and (other is None or one[1] != other[1]) for one, other in forms)
        if not (read and exported):
            unread.add(name)
    assert unread == sample.read_elsewhere.keys()


@every_kind
def test_every_member_has_a_rule(kind: Kind) -> None:
    """A member without a row in the table of fields is owned; at the top level that is said."""
    rows = {one.path[0] for one in kind.fields}
    own = {one for one in SCHEMA["$defs"][kind.definition]["properties"] if one not in OWN_MEMBERS}
    assert own - rows <= ({"model"} if kind.name == "syncs" else set())
