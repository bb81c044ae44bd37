#!/usr/bin/env python3
"""Compare the origins in Golden/lineage.txt with what sqlglot makes of the same queries.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install sqlglot
    /tmp/venv/bin/python Tests/RedshiftSQLTests/Oracle/sqlglot_lineage.py

Value origins only: sqlglot knows no filters, joins and groups. Not part of the tests.
"""
import pathlib
import re
import sys

from sqlglot import exp, lineage, parse, parse_one
from sqlglot.optimizer.qualify import qualify

HERE = pathlib.Path(__file__).resolve().parent.parent


def catalog():
    schema = {}
    for statement in parse((HERE / "Fixtures/analysis/catalog.sql").read_text(), read="redshift"):
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            table = statement.this.this
            columns = {c.name: c.args["kind"].sql("redshift") for c in statement.this.expressions}
            schema.setdefault(table.db, {})[table.name] = columns
    schema["s"]["active"] = {"user_id": "bigint", "name": "varchar", "level": "varchar"}
    return schema


def golden():
    """Each statement with its columns: name and origins by value."""
    found = []
    for line in (HERE / "Golden/lineage.txt").read_text().splitlines():
        if not line.startswith("  ") and line:
            columns = []
            found.append((line.rstrip(";"), columns))
        elif line.startswith("  ") and ": " in line and not line.startswith("  decided by"):
            name, rest = line.strip().split(": ", 1)
            origins = rest.split(" <- ")[1] if " <- " in rest else ""
            # A kind in brackets stands beside the value, or instead of it; both are kept.
            bare = {re.sub(r"\[.*?\]", "", o) for o in origins.split(", ") if o}
            columns.append((name, bare, "[" in origins))
    return found


def origins(name, query, schema):
    node = lineage.lineage(name, query, schema=schema, dialect="redshift")
    found = set()
    for step in node.walk():
        if isinstance(step.expression, exp.Table) and not step.downstream:
            found.add(f"{step.expression.name}.{step.name.split('.')[-1].strip(chr(34))}")
    return found


def main():
    schema, same, differences = catalog(), 0, []
    for statement, columns in golden():
        try:
            qualified = qualify(
                parse_one(statement, read="redshift"),
                schema=schema,
                dialect="redshift",
                validate_qualify_columns=False,
            )
            names = qualified.named_selects
        except Exception as error:
            differences.append((statement, "all", f"sqlglot fails: {error}"))
            continue
        if len(names) != len(columns):
            differences.append((statement, "all", f"columns {names}"))
            continue
        for name, (ours_name, ours, has_kinds) in zip(names, columns):
            try:
                theirs = origins(name, statement, schema)
            except Exception as error:
                differences.append((statement, ours_name, f"sqlglot fails: {error}"))
                continue
            if theirs == ours:
                same += 1
            else:
                note = " (some of ours are no values)" if has_kinds else ""
                differences.append(
                    (statement, ours_name, f"ours {sorted(ours)}{note}, sqlglot {sorted(theirs)}")
                )
    print(f"{same} columns agree, {len(differences)} differ")
    for statement, name, difference in differences:
        print(f"{name}: {difference}\n    {statement}")


if __name__ == "__main__":
    sys.exit(main())
