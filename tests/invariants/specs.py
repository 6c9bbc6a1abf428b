"""Generated specs: every field of connections, models and syncs in every written form, and what the sandbox accepts.

They fit the tables of the example: models read company.customers, syncs write CUSTOMERS.CONTACTS.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SOURCE = ("id", "email", "first_name", "last_name", "account_id", "job_title", "newsletter", "signed_up_on")
TARGET = ("EMAIL", "FIRST_NAME", "LAST_NAME")
NEEDS_IDENTITY = ("create", "update", "updateOrCreate")
MODES = (*NEEDS_IDENTITY, "replace", "append")
WITHOUT_VALUE = ("IsNull", "IsNotNull", "True", "False")
WITH_VALUE = ("Equality", "Inequality", "GreaterThan", "StringContains", "StringOneOf", "Between", "OnOrAfter")
SECRET = "s3cr3t-"
DBT = "dbt Cloud, made by hand"

Draw = Callable[[st.SearchStrategy[Any]], Any]

names = st.one_of(
    st.sampled_from(
        ["a", "on", "1", "null", "a.b", "a/b", "[x]", 'it\'s "so"', "#", "ÄÖ ß", "日本", "-", "x*?", " y "]
    ),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8).filter(lambda text: "${" not in text),
)
words = st.text(st.characters(exclude_categories=("C",)), max_size=10).filter(lambda text: "${" not in text)
doubles = st.floats(allow_nan=False, allow_infinity=False)
numbers = st.one_of(st.integers(-(2**63), 2**64 - 1), doubles, st.sampled_from([0, 10, 10.0, -0.0, 1e20, 2**53 + 1]))


def composed(name: str) -> str:
    """Return what makes a name unique: its composed Unicode form."""
    return unicodedata.normalize("NFC", name)


operands = st.recursive(
    st.one_of(words.filter(bool), numbers, st.booleans()), lambda one: st.lists(one, max_size=3), max_leaves=3
)


@dataclass
class Generated:
    """A spec as data, with the environment that its placeholders need and every secret in it."""

    spec: dict[str, dict[str, Any]]
    environment: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def write(self, folder: Path, *, pieces: int = 1, backwards: bool = False) -> None:
        """As YAML (JSON is), in one file or dealt out over several, forwards or backwards."""
        entries = [(kind, name, body) for kind, members in self.spec.items() for name, body in members.items()]
        files: list[dict[str, dict[str, Any]]] = [{} for _ in range(pieces)]
        for number, (kind, name, body) in enumerate(reversed(entries) if backwards else entries):
            files[number % pieces].setdefault(kind, {})[name] = body
        for old in folder.glob("*.yaml"):
            old.unlink()
        for number, content in enumerate(files):
            (folder / f"{number}.yaml").write_text(json.dumps(content, ensure_ascii=False), "utf-8")

    def without(self, kind: str, name: str, *path: str) -> Generated:
        """The same without one member."""
        spec: dict[str, Any] = json.loads(json.dumps(self.spec))
        around = spec[kind][name]
        for step in path[:-1]:
            around = around[step]
        del around[path[-1]]
        return Generated(spec, self.environment, self.secrets)


def maybe(draw: Draw, members: dict[str, Any], **optional: st.SearchStrategy[Any]) -> dict[str, Any]:
    """The members and some of the optional ones."""
    return {**members, **{name: draw(values) for name, values in optional.items() if draw(st.booleans())}}


@st.composite
def generated(draw: Draw, *, most: int = 2) -> Generated:
    """A spec with a source, a target, models and syncs, all of them linked in some way."""
    result = Generated({"connections": {}, "models": {}, "syncs": {}})
    source, target, *more = draw(st.lists(names, min_size=2, max_size=4, unique_by=composed))
    connections = result.spec["connections"]
    connections[source] = mysql(draw, result)
    connections[target] = snowflake(draw, result)
    for name in more:
        connections[name] = draw(st.sampled_from([mysql, snowflake, webhook]))(draw, result)
    connections[DBT] = draw(st.sampled_from([{"managed": False}, {"type": "dbtcloud", "managed": False}]))
    models = draw(st.lists(names, min_size=1, max_size=most, unique_by=composed))
    result.spec["models"] = {name: model(draw, source) for name in models}
    syncs = draw(st.lists(names, min_size=1, max_size=most, unique_by=composed))
    for number, name in enumerate(syncs):
        offered = {name: columns(body) for name, body in result.spec["models"].items()}
        result.spec["syncs"][name] = sync(draw, offered, target, syncs[:number])
    if draw(st.booleans()):
        result.spec["syncs"] = dict(reversed(result.spec["syncs"].items()))
    return result


def secret(draw: Draw, result: Generated) -> str:
    """A distinctive text in an environment variable or, for what must not be done, in the file."""
    text = f"{SECRET}{len(result.secrets)}{draw(st.sampled_from(['', chr(34), ' ü/&?', '0123', chr(92)]))}-end"
    result.secrets.add(text)
    if not draw(st.booleans()):
        return text
    name = f"SECRET_{len(result.secrets)}"
    result.environment[name] = text
    return f"${{env:{name}}}"


def mysql(draw: Draw, result: Generated) -> dict[str, Any]:
    port = draw(st.sampled_from([3306, "${env:PORT}"]))
    result.environment["PORT"] = "3306"
    required = {"hostname": "localhost", "port": port, "account": "user", "passwd": secret(draw, result)}
    optional = maybe(
        draw,
        {**required, "dbname": "company"},
        ssl=st.booleans(),
        change_detection=st.booleans(),
        ssh=st.just(value=False),
        ssh_port=st.sampled_from([22, 2222]),
        ssh_user=st.sampled_from(["root", "", "me"]),
        ssh_private_key=st.builds(lambda: secret(draw, result)),
        a_setting_nobody_knows=operands,
    )
    return {"type": "mysql", "configuration": optional}


def snowflake(draw: Draw, result: Generated) -> dict[str, Any]:
    required = {"account": "account", "dbname": "database", "username": "user", "password": secret(draw, result)}
    return {"type": "snowflake", "configuration": maybe(draw, required, warehouse=st.sampled_from(["", "W"]))}


def webhook(draw: Draw, result: Generated) -> dict[str, Any]:
    header = {"name": "X", "value": secret(draw, result)}
    members = {"url": "https://example.com", "auth_method": "header", "header": header}
    return {"type": "webhook", "configuration": maybe(draw, members, headers=st.just([header]))}


def columns(body: Mapping[str, Any]) -> tuple[str, ...]:
    """What a generated model offers to syncs."""
    offered = SOURCE if "table" in body["configuration"] else ("id", "email", "first_name")
    return tuple(body.get("fields") or offered)


def model(draw: Draw, source: str) -> dict[str, Any]:
    query = "SELECT id, email, first_name\nFROM customers\nWHERE id > 0\n"
    configuration = draw(st.sampled_from([{"table": "company.customers"}, {"query": query}, {"query": query.strip()}]))
    offered = columns({"configuration": configuration})
    some = st.lists(st.sampled_from(offered), unique=True)
    chosen = maybe(draw, {"connection": source, "configuration": configuration}, fields=some.filter(bool))
    left = columns(chosen)
    return maybe(
        draw,
        chosen,
        identifier=st.sampled_from([*left, ""]),
        tracking_columns=st.lists(st.sampled_from(left), unique=True, max_size=2),
    )


def sync(draw: Draw, models: Mapping[str, tuple[str, ...]], target: str, earlier: list[str]) -> dict[str, Any]:
    main = draw(st.sampled_from(sorted(models)))
    mode = draw(st.sampled_from(MODES))

    def origin() -> dict[str, Any]:
        """A field, with the model's name where it is another one, or just so."""
        of = draw(st.sampled_from(sorted(models)))
        said = {"model": of} if of != main or draw(st.booleans()) else {}
        return {"field": draw(st.sampled_from(models[of])), **said}

    body: dict[str, Any] = {
        "mode": mode,
        "model": main,
        "target": {"connection": target, "object": "CUSTOMERS.CONTACTS"},
    }
    if draw(st.booleans()):
        body["target"]["configuration"] = draw(st.sampled_from([{}, {"preserve_table_on_resync": False}, {"a": [1]}]))
    free = list(TARGET)
    if mode in NEEDS_IDENTITY or draw(st.booleans()):
        into = free.pop(draw(st.integers(0, 2))) if draw(st.booleans()) else free[0]
        body["identity"] = maybe(draw, {**origin(), "target": into}, function=st.just("Equality"))
    chosen = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
    body["fields"] = {name: mapping(draw, origin) for name in chosen}
    for name in draw(st.lists(st.sampled_from(["NEW_ONE", "A.B", "it's"]), unique=True, max_size=1)):
        entry = mapping(draw, origin)
        body["fields"][name] = {**(entry if isinstance(entry, dict) else {"field": entry}), "new": True}
    body["schedule"] = schedule(draw, earlier)
    filters = [condition(draw, origin()) for _ in range(draw(st.integers(0, 3)))]
    if filters or draw(st.booleans()):
        body["filters"] = filters
    if filters and draw(st.booleans()):
        body["filter_logic"] = logic(draw, len(filters))
    if draw(st.booleans()):
        body["overrides"] = [
            {**condition(draw, origin()), "override": draw(operands)} for _ in range(draw(st.integers(0, 2)))
        ]
    flags = ("active", "sync_all_records", "only_enrich_updates", "skip_initial_backfill")
    return maybe(draw, body, **dict.fromkeys(flags, st.booleans()))


def mapping(draw: Draw, origin: Callable[[], dict[str, Any]]) -> Any:
    """The four written forms, and a field with a constant beside it."""
    form = draw(st.sampled_from(["name", "field", "value", "both"]))
    source = origin()
    if form == "name" and "model" not in source:
        return source["field"]
    constant = {"value": draw(words)} if form in ("value", "both") else {}
    more = {} if form == "value" else source
    return maybe(draw, {**more, **constant}, sync_mode=st.just("updateOrCreate"), new=st.just(value=False))


def condition(draw: Draw, origin: dict[str, Any]) -> dict[str, Any]:
    if draw(st.booleans()):
        return {**origin, "function": draw(st.sampled_from(WITHOUT_VALUE))}
    return {**origin, "function": draw(st.sampled_from(WITH_VALUE)), "value": draw(operands)}


def logic(draw: Draw, count: int) -> str:
    """Every letter once, in some order and writing."""
    letters = draw(st.permutations("ABC"[:count]))
    text = letters[0]
    for letter in letters[1:]:
        word = draw(st.sampled_from([" AND ", " OR ", " and ", "  Or "]))
        text = draw(st.sampled_from([f"{text}{word}{letter}", f"({text}){word}{letter}", f"{letter}{word}( {text} )"]))
    return str(text)


def schedule(draw: Draw, earlier: list[str]) -> dict[str, Any]:
    minute = st.sampled_from([0, 5, 59, "0", "00", "30"])
    hour = st.sampled_from([0, 3, "23", "05"])
    day = st.sampled_from([0, 1, "1", "Monday", "monday"])
    cron = st.sampled_from(["*", "*/15", "1-5", 7, "07"])
    parts = ("minute", "hour", "day_of_month", "month", "day_of_week")
    forms = [
        st.just({"frequency": "manual"}),
        st.just({"frequency": "continuous"}),
        st.fixed_dictionaries({"frequency": st.just("hourly"), "minute": minute}),
        st.fixed_dictionaries({"frequency": st.just("daily"), "hour": hour, "minute": minute}),
        st.fixed_dictionaries({"frequency": st.just("weekly"), "day_of_week": day, "hour": hour, "minute": minute}),
        st.fixed_dictionaries({"frequency": st.just("custom"), **dict.fromkeys(parts, cron)}),
        st.fixed_dictionaries({"frequency": st.just("builder"), **dict.fromkeys(parts, cron)}),
        st.just({"frequency": "dbtcloud", "connection": DBT, "job_id": 7}),
    ]
    if earlier:
        after = st.lists(st.sampled_from(earlier), min_size=1, unique=True)
        forms.append(
            st.fixed_dictionaries(
                {"frequency": st.just("runafter"), "run_after": st.fixed_dictionaries({"syncs": after})},
                optional={"run_after_success_only": st.booleans()},
            )
        )
    return dict(draw(st.one_of(forms)))
