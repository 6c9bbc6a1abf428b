"""`applier inspect` shows what the checks use, at 80 columns, and lists alternatives where there is nothing."""

from __future__ import annotations

import pytest

from tests.checks.test_bulk_commands import SPEC
from tests.workspace import Workspace

V1, V2 = "2024-02-08", "2025-09-18"
OBJECTS = """\
OBJECT              MODES
CUSTOMERS.CONTACTS  create, update, updateOrCreate, replace, append
CUSTOMERS.PEOPLE    create, update, updateOrCreate, replace, append
2 objects
"""
SHOWN = {
    (V1, "target Warehouse"): OBJECTS
    + "levels: schema, table, view; list one with: applier inspect target CONNECTION LEVEL\n",
    (V2, "target Warehouse"): OBJECTS,
    (V1, "target Warehouse --search people"): """\
OBJECT            MODES
CUSTOMERS.PEOPLE  create, update, updateOrCreate, replace, append
1 object
levels: schema, table, view; list one with: applier inspect target CONNECTION LEVEL
""",
    (V1, "target Warehouse table"): """\
LEVEL  VALUE
table  CUSTOMERS.CONTACTS
table  CUSTOMERS.PEOPLE
exactly one is required: schema
""",
    (V1, "fields Warehouse CUSTOMERS.CONTACTS --search mail"): """\
CUSTOMERS.CONTACTS
FIELD  TYPE    NATIVE TYPE        ATTRIBUTES              IDENTITY FUNCTIONS
EMAIL  string  VARCHAR(16777216)  createable, updateable  Equality
modes: create, update, updateOrCreate, replace, append
modes that require an identity: create, update, updateOrCreate
""",
    (V1, "source Shop --search customers"): """\
LEVEL  VALUE
table  company.customers
exactly one is required: query, table, view
select one with NAME=VALUE
""",
    (V1, "source Shop table=company.orders"): """\
table=company.orders
FIELD        TYPE    NATIVE TYPE
id           number  int
customer_id  number  int
total        number  double
""",
    (V1, "schemas Shop"): "SCHEMA\ncompany.customers\ncompany.orders\n2 schemas\n",
    (V2, "schemas Shop company.orders"): """\
company.orders
FIELD        TYPE    NATIVE TYPE  KEY
id           number  int          primary
customer_id  number  int
total        number  double
""",
    (V1, "destination Warehouse"): """\
SETTING  REQUIRED
schema   no
modes: replicate, snapshot
resync modes: refetch, resync, rebuild
""",
    (V2, "destination Warehouse"): """\
SETTING  REQUIRED
schema   no
modes: replicate, snapshot, append
resync modes: refetch, resync, rebuild
history mode: not supported
""",
    (V1, "enrichment Apollo"): """\
LEVEL   VALUE
object  people
exactly one is required: object
select one with NAME=VALUE
""",
    (V2, "enrichment Apollo object=people"): """\
object=people
INPUTS
email
first_name, company
map all inputs of one row
""",
}
WRONG = {
    "source Shop table=company.custmers": 'did you mean "company.customers"?',
    "source Shop tabel=company.customers": 'did you mean "table"?',
    "source Shoop": 'did you mean "Shop"?',
    "fields Warehouse CUSTOMERS.CONTACT": 'did you mean "CUSTOMERS.CONTACTS"?',
    "schemas Shop company.order": 'did you mean "company.orders"?',
    "enrichment Apollo object=persons": "use one of: people",
}


@pytest.fixture
def applied(applier: Workspace) -> Workspace:
    applier.write("spec.yaml", SPEC)
    assert applier("apply", "spec.yaml", "--yes").code == 0
    return applier


def test_inspect_shows_what_the_checks_use(applied: Workspace) -> None:
    for (version, words), said in SHOWN.items():
        result = applied("inspect", *words.split(), "--api-version", version)
        assert (words, result.code, result.out, result.err) == (words, 0, said, "")
        assert applied("inspect", *words.split(), "--api-version", version, "-o", "json").json["result"]


def test_inspect_lists_alternatives(applied: Workspace) -> None:
    for words, hint in WRONG.items():
        result = applied("inspect", *words.split())
        assert (words, result.code, result.out) == (words, 1, "")
        assert result.err.splitlines()[1:] == [f"  hint: {hint}"]
