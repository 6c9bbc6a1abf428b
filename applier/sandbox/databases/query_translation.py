"""The translation of a query from a system's SQL to SQLite's. Only this file imports sqlglot."""

from __future__ import annotations

from collections.abc import Callable

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from applier.sandbox.databases.query_limits import MOST_QUERY_LENGTH
from applier.sandbox.databases.systems import System
from applier.sandbox.databases.types import DatabaseError

_WRITES = (
    exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into,
)  # fmt: skip
_FOLDED = ("snowflake", "postgres", "redshift")


class _Generator(SQLite.Generator):  # type: ignore[valid-type, misc] # a name that each version of sqlglot binds anew
    """The SQL of SQLite with names in backticks: SQLite reads an unknown name in double quotes as a text."""

    def identifier_sql(self, expression: exp.Identifier) -> str:
        return "`" + str(expression.this).replace("`", "``") + "`"

    def tablealias_sql(self, expression: exp.TableAlias) -> str:
        """Return an alias; SQLite allows columns after the name of a CTE only, which some sqlglot versions ignore."""
        of_cte = isinstance(expression.parent, exp.CTE)
        columns = self.expressions(expression, key="columns", flat=True) if of_cte else ""
        return f"{self.sql(expression, 'this')}({columns})" if columns else str(super().tablealias_sql(expression))


def refuse_writes(system: System, query: str) -> None:
    """Raise DatabaseError unless `query` is one statement that only reads, as far as its text shows."""
    if len(query) > MOST_QUERY_LENGTH:
        raise DatabaseError(f"a model's query must not be longer than {MOST_QUERY_LENGTH} characters")
    try:
        tokens = sqlglot.tokenize(query, read=system.dialect)
    except SqlglotError as error:
        raise DatabaseError(f"syntax error: {_first_line(error)}") from None
    kinds = [token.token_type for token in tokens]
    while kinds and kinds[-1] == TokenType.SEMICOLON:
        kinds.pop()
    if TokenType.SEMICOLON in kinds:
        raise DatabaseError("a model's query must be a single statement")
    while kinds and kinds[0] == TokenType.L_PAREN:
        kinds.pop(0)
    if not kinds or kinds[0] not in (TokenType.SELECT, TokenType.WITH, TokenType.VALUES, TokenType.SHOW):
        raise DatabaseError("a model's query must be a SELECT: the connection is only read")
    if {token.text.upper() for token in tokens} & {"OUTFILE", "DUMPFILE"}:
        raise DatabaseError("a model's query must be a SELECT: the connection is only read")


def translate_to_sqlite(system: System, query: str, physical: Callable[[list[str]], str]) -> str:
    """Return the query in SQLite's SQL; `physical` returns the name under which a table is stored."""
    refuse_writes(system, query)
    try:
        return _translate(system, query, physical)
    except RecursionError:
        raise DatabaseError("the query is nested too deeply") from None


def _translate(system: System, query: str, physical: Callable[[list[str]], str]) -> str:
    try:
        statements = [one for one in sqlglot.parse(query, read=system.dialect) if one is not None]
    except SqlglotError as error:
        raise DatabaseError(f"syntax error: {_first_line(error)}") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query) or statements[0].find(*_WRITES):
        raise DatabaseError("a model's query must be a SELECT: the connection is only read")
    tree: exp.Expr = statements[0]
    if system.dialect in _FOLDED:
        tree = normalize_identifiers(tree, dialect=system.dialect)
    named = {cte.alias_or_name.casefold() for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        _rename(table, named, physical)
    for column in tree.find_all(exp.Column):
        column.set("db", None)
        column.set("catalog", None)
    tree = tree.transform(_without_parentheses)
    try:
        return str(_Generator(dialect="sqlite").generate(tree))
    except SqlglotError as error:
        raise DatabaseError(f"the embedded database cannot run this query: {_first_line(error)}") from None


def _without_parentheses(node: exp.Expr) -> exp.Expr:
    """Return a node without parentheses that SQLite refuses: around a whole SELECT and around the parts of a UNION."""
    inside = isinstance(node.parent, exp.SetOperation) or node.parent is None
    if isinstance(node, exp.Subquery) and inside and not node.alias:
        return exp.select("*").from_(node.this.subquery())
    return node


def _rename(table: exp.Table, named: set[str], physical: Callable[[list[str]], str]) -> None:
    parts = [part.name for part in table.parts]
    if not isinstance(table.this, exp.Identifier) or (len(parts) == 1 and parts[0].casefold() in named):
        return
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(parts[-1], quoted=True)))
    table.set("this", exp.to_identifier(physical(parts), quoted=True))
    table.set("db", None)
    table.set("catalog", None)


def _first_line(error: SqlglotError) -> str:
    return str(error).splitlines()[0].replace("\x1b[4m", "").replace("\x1b[0m", "")
