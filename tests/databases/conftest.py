"""What the tests of the databases share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from applier.sandbox.databases import Database, open_database, seed

Seeder = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def seeded(tmp_path: Path) -> Seeder:
    """Writes files (path: text) into a seed folder, seeds them, and gives the data folder."""

    def write(texts: Mapping[str, str]) -> Path:
        for name, text in texts.items():
            file = tmp_path / "seed" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        seed(tmp_path / "seed", tmp_path / "data")
        return tmp_path / "data"

    return write


CUSTOMERS = """\
id,email,first_name,active,amount:decimal(10,2),born,seen
1,ann@example.com,Ann,true,12.5,1990-01-02,2024-01-02T03:04:05
2,bob@example.org,,false,7,1991-02-03,2024-02-03 04:05:06
3,cid@example.net,Cid,true,,,
"""


@pytest.fixture
def mysql(seeded: Seeder) -> Database:
    """The database `company` with a few customers."""
    data = seeded({"mysql/company/customers.csv": CUSTOMERS})
    return open_database("mysql", {"hostname": "nowhere", "dbname": "company"}, data, live=False)
