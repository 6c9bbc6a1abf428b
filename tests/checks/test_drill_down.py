"""The level of a configuration below which no source is found."""

from __future__ import annotations

from applier.discovery.drill_down import Choice, Level, find_problem
from applier.discovery.query import QueryParameters


def test_levels_that_lead_to_each_other_end() -> None:
    """The answers require the schema after the table, and the table after the schema, for ever."""
    asked: list[QueryParameters] = []

    def read_level(selected: QueryParameters) -> Level:
        asked.append(dict(selected))
        assert len(asked) <= len(("none", "schema", "both"))
        return Level({"schema": Choice(required=("table",)), "table": Choice(required=("schema",))}, ("schema",))

    assert find_problem({"schema": "a", "table": "b"}, read_level) is None
    assert asked == [{}, {"schema": "a"}, {"schema": "a", "table": "b"}]
