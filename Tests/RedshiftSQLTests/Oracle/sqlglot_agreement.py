"""Compares which statements our parser and sqlglot's Redshift dialect read.

    swift build --product sql-benchmark
    python3 Tests/RedshiftSQLTests/Oracle/sqlglot_agreement.py [--verbose] [PATH-OF-sql-benchmark]

The corpus should be read by both; statements that only sqlglot reads, or only we, are listed
with --verbose. sqlglot turns what it does not understand into a Command, which is counted apart.
Of the invalid statements none should be read. Exits with 1 when the corpus holds a statement that
sqlglot reads and we do not.
"""

import logging
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = TESTS.parent.parent


def tool(arguments):
    given = [argument for argument in arguments if not argument.startswith("--")]
    candidates = given + [ROOT / ".build" / kind / "sql-benchmark" for kind in ("release", "debug")]
    for candidate in candidates:
        if pathlib.Path(candidate).exists():
            return str(candidate)
    sys.exit("SKIPPED: build sql-benchmark first (swift build --product sql-benchmark)")


def our_verdicts(program, statements):
    data = b"\0".join(statement.encode() for statement in statements)
    result = subprocess.run([program, "verdicts"], input=data, capture_output=True, check=True)
    return result.stdout.decode().splitlines()


def their_verdict(sqlglot, statement):
    try:
        trees = sqlglot.parse(statement, read="redshift")
    except sqlglot.errors.SqlglotError as error:
        return "refused " + str(error).split("\n")[0]
    except RecursionError:
        return "refused: recursion"
    if any(isinstance(tree, sqlglot.exp.Command) for tree in trees):
        return "command"
    return "read"


def main():
    try:
        import sqlglot
    except ImportError:
        print("SKIPPED: sqlglot is not installed (pip install sqlglot)")
        return 0
    logging.disable(logging.WARNING)
    verbose = "--verbose" in sys.argv
    program = tool(sys.argv[1:])

    files = sorted((TESTS / "Fixtures" / "corpus").glob("*.sql"))
    split = subprocess.run([program, "split", *map(str, files)], capture_output=True, check=True)
    corpus = [text for text in split.stdout.decode().split("\0") if text.strip()]
    invalid = [
        text.strip()
        for text in (TESTS / "Fixtures" / "invalid.sql").read_text().split(";\n")
        if text.strip()
    ]

    failed = False
    for name, statements in (("corpus", corpus), ("invalid", invalid)):
        counts = {}
        listed = []
        ours = our_verdicts(program, statements)
        for statement, our in zip(statements, ours):
            their = their_verdict(sqlglot, statement)
            key = (our.split()[0], their.split()[0])
            counts[key] = counts.get(key, 0) + 1
            if key[0] == "refused" and key[1] == "read" and name == "corpus":
                failed = True
            if key != ("read", "read") or name == "invalid":
                listed.append((key, our, their, statement))
        print(f"{name}: {len(statements)} statements, sqlglot {sqlglot.__version__}")
        for (our, their), count in sorted(counts.items()):
            print(f"  redstart {our:8} sqlglot {their:8} {count}")
        if verbose:
            for key, our, their, statement in sorted(listed):
                print(f"    {our} | {their} | {' '.join(statement.split())[:150]}")
    return 1 if failed else 0


sys.exit(main())
