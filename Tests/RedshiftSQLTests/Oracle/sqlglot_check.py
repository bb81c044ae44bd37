"""Says which statements of the corpus sqlglot's Redshift dialect does not read."""

import pathlib

import sqlglot

FIXTURES = pathlib.Path(__file__).parent.parent / "Fixtures"


def main():
    read = refused = 0
    text = (FIXTURES / "statements.sql").read_text()
    for statement in text.split(";\n"):
        statement = "\n".join(l for l in statement.split("\n") if not l.startswith("-- #")).strip()
        if not statement:
            continue
        try:
            sqlglot.parse(statement, read="redshift")
            read += 1
        except sqlglot.errors.SqlglotError as error:
            refused += 1
            print("REFUSED", statement, "\n ", str(error).split("\n")[0])
    print(f"{read} read, {refused} refused")


main()
