"""Filters with logic, overrides, constants, new columns, joined models and identity functions in what is written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.databases.live import Service
from tests.pipelines.support import Pipelines, connections, execute, schema_in, select

pytestmark = pytest.mark.database

DIRECTIONS = [pytest.param(("postgresql", "mysql"), id="to-mysql"), pytest.param(("mysql", "postgresql"), id="to-pg")]
MANUAL = {"schedule": {"frequency": "manual"}, "active": True}


@pytest.fixture(params=DIRECTIONS)
def servers(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[tuple[Service, Service]]:
    start, end = request.param
    with schema_in(start) as source, schema_in(end) as target:
        yield source, target


@pytest.fixture
def shop(servers: tuple[Service, Service]) -> tuple[Service, Service]:
    """Orders and their customers in the source; the customers' companies in the target's database."""
    source, target = servers
    here, there = source.schema, target.schema
    execute(
        source,
        f"CREATE TABLE {here}.orders (id int PRIMARY KEY, customer_id int, total decimal(10,2), state varchar(10),"
        " placed date)",
        f"INSERT INTO {here}.orders VALUES (1, 7, 10.5, 'open', '2024-01-01'), (2, 7, 99, 'paid', '2024-02-01'),"
        " (3, 8, NULL, NULL, '2024-03-01'), (4, 9, 5, 'open', '2024-04-01'), (5, 404, 20, 'paid', NULL),"
        " (6, 8, 1, 'void', '2024-01-01')",
        f"CREATE TABLE {here}.customers (id int PRIMARY KEY, email varchar(50), company varchar(10))",
        f"INSERT INTO {here}.customers VALUES (7, 'ann@a.example', 'A'), (8, 'bob@b.example', 'B'), (9, NULL, 'C')",
    )
    execute(
        target,
        f"CREATE TABLE {there}.companies (code varchar(10) PRIMARY KEY, country varchar(20))",
        f"INSERT INTO {there}.companies VALUES ('A', 'Austria'), ('C', 'Chile')",
        f"CREATE TABLE {there}.facts (order_id int PRIMARY KEY, email varchar(50), total decimal(10,2),"
        " state varchar(10), origin varchar(10))",
        f"INSERT INTO {there}.facts VALUES (2, 'old', 0, 'old', 'old'), (77, 'kept', 0, 'kept', 'kept')",
    )
    return source, target


def models(source: Service) -> dict[str, Any]:
    """Orders are joined with customers by a relation of theirs."""
    query = f"SELECT id, email, company FROM {source.schema}.customers WHERE email IS NOT NULL"
    return {
        "Customers": {"connection": "Source", "configuration": {"query": query}},
        "Orders": {
            "connection": "Source",
            "configuration": {"table": f"{source.schema}.orders"},
            "relations": [{"from": "customer_id", "to": {"model": "Customers", "field": "id"}}],
        },
    }


def facts(target: Service, names: str = "order_id, email, total, state, origin") -> list[tuple[Any, ...]]:
    return select(target, f"SELECT {names} FROM {target.schema}.facts ORDER BY order_id")


def test_filters_overrides_constants_and_joined_models(shop: tuple[Service, Service], pipelines: Pipelines) -> None:
    source, target = shop
    sync = {
        "mode": "updateOrCreate",
        "model": "Orders",
        "target": {"connection": "Target", "object": f"{target.schema}.facts"},
        "identity": {"field": "id", "target": "order_id"},
        "fields": {
            "email": {"model": "Customers", "field": "email"},
            "total": "total",
            "state": "state",
            "origin": {"value": "shop"},
            "company": {"model": "Customers", "field": "company", "new": True},
        },
        "filters": [
            {"field": "state", "function": "Equality", "value": "open"},
            {"field": "total", "function": "GreaterThan", "value": 50},
            {"field": "email", "model": "Customers", "function": "IsNull"},
            {"field": "state", "function": "Equality", "value": "none"},
            {"field": "placed", "function": "OnOrAfter", "value": "2024-01-01"},
        ],
        "filter_logic": "(A OR B OR C OR D) AND E",
        "overrides": [
            {"field": "state", "function": "IsNull", "override": "none"},
            {"field": "total", "function": "IsNull", "override": 0},
            {"field": "company", "model": "Customers", "function": "Equality", "value": "A", "override": "Alpha"},
        ],
        **MANUAL,
    }
    spec = {"connections": connections(Source=source, Target=target), "models": models(source)}
    pipelines.apply({**spec, "syncs": {"Facts": sync}})
    # 5 has no day, 6 meets none of A to D
    assert facts(target, "order_id, email, total, state, origin, company") == [
        (1, "ann@a.example", Decimal("10.50"), "open", "shop", "Alpha"),
        (2, "ann@a.example", Decimal("99.00"), "paid", "shop", "Alpha"),
        (3, "bob@b.example", Decimal("0.00"), "none", "shop", "B"),
        (4, None, Decimal("5.00"), "open", "shop", None),
        (77, "kept", Decimal("0.00"), "kept", "kept", None),
    ]
    assert pipelines.counts("Facts") == {"insert": 3, "update": 1, "total": 4}

    execute(target, f"UPDATE {target.schema}.facts SET origin = 'touched'")
    filters = [
        {"field": "state", "function": "Inequality", "value": "open"},
        {"field": "total", "function": "IsNull"},
    ]
    later = {**sync, "mode": "update", "filters": filters, "filter_logic": "A AND B", "overrides": []}
    pipelines.apply({**spec, "syncs": {"Facts": later}})
    assert facts(target, "order_id, email, total, state, origin, company") == [
        (1, "ann@a.example", Decimal("10.50"), "open", "touched", "Alpha"),
        (2, "ann@a.example", Decimal("99.00"), "paid", "touched", "Alpha"),
        (3, "bob@b.example", None, None, "shop", "B"),
        (4, None, Decimal("5.00"), "open", "touched", None),
        (77, "kept", Decimal("0.00"), "kept", "touched", None),
    ]
    assert pipelines.counts("Facts") == {"update": 1, "total": 1}


def test_models_of_two_servers_are_joined(shop: tuple[Service, Service], pipelines: Pipelines) -> None:
    """Both further models are tied to the orders themselves, the companies from their own side."""
    source, target = shop
    execute(
        source,
        f"CREATE VIEW {source.schema}.named_orders AS SELECT o.*, c.company FROM {source.schema}.orders o"
        f" JOIN {source.schema}.customers c ON c.id = o.customer_id",
    )
    made = models(source)
    made["Orders"]["configuration"] = {"view": f"{source.schema}.named_orders"}
    made["Companies"] = {
        "connection": "Target",
        "configuration": {"table": f"{target.schema}.companies"},
        "relations": [{"from": "code", "to": {"model": "Orders", "field": "company"}}],
    }
    sync = {
        "mode": "replace",
        "model": "Orders",
        "target": {"connection": "Target", "object": f"{target.schema}.facts"},
        "fields": {
            "order_id": "id",
            "email": {"model": "Customers", "field": "email"},
            "origin": {"model": "Companies", "field": "country"},
        },
        "filters": [{"field": "country", "model": "Companies", "function": "Inequality", "value": "Chile"}],
        **MANUAL,
    }
    spec = {"connections": connections(Source=source, Target=target), "models": made, "syncs": {"Facts": sync}}
    pipelines.apply(spec)
    assert facts(target) == [
        (1, "ann@a.example", None, None, "Austria"),
        (2, "ann@a.example", None, None, "Austria"),
        (3, "bob@b.example", None, None, None),
        (6, "bob@b.example", None, None, None),
    ]
    assert pipelines.counts("Facts") == {"insert": 4, "delete": 2, "total": 4}


KNOWN = ["Ann@Example.com", "www.b.example", "x@sub.c.example", "d1; D2,d3", "e"]
FUNCTIONS: dict[str, tuple[list[str], dict[str, str]]] = {
    "Equality": (["e", "f"], {"e": "e"}),
    "ISubstring": (["EXAMPLE.C", "d1"], {"Ann@Example.com": "EXAMPLE.C", "d1; D2,d3": "d1"}),
    "OneOf": (["d2", "E"], {"d1; D2,d3": "d2", "e": "E"}),
    "DomainMatch": (
        ["https://b.example/path", "y@c.example", "z@example.com"],
        {"www.b.example": "https://b.example/path", "Ann@Example.com": "z@example.com"},
    ),
    "HostnameMatch": (
        ["https://b.example", "http://WWW.b.example:80/path", "o@sub.c.example"],
        {"www.b.example": "http://WWW.b.example:80/path", "x@sub.c.example": "o@sub.c.example"},
    ),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_identity_function(function: str, servers: tuple[Service, Service], pipelines: Pipelines) -> None:
    """Tables offer Equality only, as the guide's do; the API takes the others too, and the check can be told so."""
    source, target = servers
    wanted, expected = FUNCTIONS[function]
    execute(
        source,
        f"CREATE TABLE {source.schema}.things (word varchar(50), said varchar(50))",
        *(f"INSERT INTO {source.schema}.things VALUES ('{word}', '{word}')" for word in wanted),
    )
    execute(
        target,
        f"CREATE TABLE {target.schema}.known (word varchar(50) PRIMARY KEY, said varchar(50))",
        *(f"INSERT INTO {target.schema}.known VALUES ('{word}', NULL)" for word in KNOWN),
    )
    sync = {
        "mode": "updateOrCreate",
        "model": "Things",
        "target": {"connection": "Target", "object": f"{target.schema}.known"},
        "identity": {"field": "word", "target": "word", "function": function},
        "fields": {"said": "said"},
        **MANUAL,
    }
    pipelines.apply(
        {
            "checks": {"identity-function": "warning"},
            "connections": connections(Source=source, Target=target),
            "models": {"Things": {"connection": "Source", "configuration": {"table": f"{source.schema}.things"}}},
            "syncs": {"Things": sync},
        }
    )
    new = [word for word in wanted if word not in expected.values()]
    rows = [(word, expected.get(word)) for word in KNOWN] + [(word, word) for word in new]
    found = select(target, f"SELECT word, said FROM {target.schema}.known")
    assert sorted(found, key=str) == sorted(rows, key=str)
    counts = {"insert": len(new), "update": len(expected), "total": len(wanted)}
    assert pipelines.counts("Things") == {word: count for word, count in counts.items() if count}
