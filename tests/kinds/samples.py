"""What the tests of every kind have to know about each: a smallest body, one change, and what it needs around it.

Add an entry here when you register a kind; `tests/kinds/test_every_kind.py` does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.kinds.workspace import MODEL, SOURCE, SYNC, WAREHOUSE

SECRET = "correct horse battery staple"
ENVIRONMENT = {"SECRET": SECRET}
CONNECTIONS = {"Source": SOURCE, "Warehouse": WAREHOUSE}
MODELS = {"Customers": MODEL}


@dataclass(frozen=True)
class Sample:
    """A smallest valid body, the members of a change, and the other sections of its spec.

    `change` is None for a kind whose objects have nothing but a name. `not_sent` has a reason for each member of the
    schema, by dotted path, that reaches no request body, `read_elsewhere` for each that an answer has under another
    name.
    """

    body: Mapping[str, Any]
    change: Mapping[str, Any] | None
    needs: Mapping[str, Any] = field(default_factory=dict)
    not_sent: Mapping[str, str] = field(default_factory=dict)
    read_elsewhere: Mapping[str, str] = field(default_factory=dict)


SAMPLES: Mapping[str, Sample] = {
    "roles": Sample(body={}, change=None),
    "policies": Sample(
        body={"actions": {"read": ["Analysts"]}},
        change={"actions": {"read": ["Analysts", "Admin"]}},
        needs={"roles": {"Analysts": {}}},
    ),
    "connections": Sample(body=SOURCE, change={"configuration": {**SOURCE["configuration"], "port": 3307}}),
    "models": Sample(
        body={**MODELS["Customers"], "fields": ["id", "email"]},
        change={"fields": ["id", "email", "first_name"]},
        needs={"connections": CONNECTIONS},
        read_elsewhere={"additional_fields": "answers have them among the fields"},
    ),
    "bulk_syncs": Sample(
        body={
            "source": {"connection": "Source"},
            "destination": {"connection": "Warehouse", "configuration": {"schema": "replica"}},
            "mode": "replicate",
            "schedule": {"frequency": "manual"},
        },
        change={"mode": "snapshot"},
        needs={"connections": CONNECTIONS},
    ),
    "syncs": Sample(
        body=SYNC,
        change={"mode": "append"},
        needs={"connections": CONNECTIONS, "models": MODELS},
    ),
    "webhooks": Sample(
        body={"endpoint": "https://alerts.example.com/one", "secret": "${env:SECRET}"},
        change={"endpoint": "https://alerts.example.com/other"},
    ),
}
