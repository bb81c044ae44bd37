#!/usr/bin/env python3
"""Measures how fast SQL is read, beside sqlglot on the same statements and machine.

    swift build -c release --product sql-benchmark
    scripts/bench_sql.py [FILE…]

Without files it takes the corpus of the tests. Only statements that both read as a tree are
measured, so that neither is fast by giving up. sqlglot is measured where it is installed, with its
compiled extension if that is there: pip install "sqlglot[c]".
"""

import json
import logging
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build" / "release" / "sql-benchmark"
MODEL = ROOT / "scripts" / "bench_model.sql"
CORPUS = ROOT / "Tests" / "RedshiftSQLTests" / "Fixtures" / "corpus"


def split(files):
    result = subprocess.run([PROGRAM, "split", *files], capture_output=True, check=True)
    return [text for text in result.stdout.decode().split("\0") if text.strip()]


def read_by_us(statements):
    data = b"\0".join(statement.encode() for statement in statements)
    result = subprocess.run([PROGRAM, "verdicts"], input=data, capture_output=True, check=True)
    return [line == "read" for line in result.stdout.decode().splitlines()]


def read_by_sqlglot(sqlglot, statement):
    try:
        trees = sqlglot.parse(statement, read="redshift")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return False
    return not any(isinstance(tree, sqlglot.exp.Command) for tree in trees)


def measure_sqlglot(sqlglot, statements):
    # The fastest round, which other work on the machine disturbs least; so is ours.
    best = None
    end = time.perf_counter() + 8
    while best is None or time.perf_counter() < end:
        start = time.perf_counter()
        for statement in statements:
            sqlglot.parse(statement, read="redshift")
        spent = time.perf_counter() - start
        best = spent if best is None else min(best, spent)
    return best


def measure_ours(statements):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "statements.sql"
        file.write_text(";\n".join(statements) + ";\n")
        result = subprocess.run([PROGRAM, "speed", file], capture_output=True, check=True)
    return json.loads(result.stdout)


def measure_model():
    result = subprocess.run([PROGRAM, "model", MODEL], capture_output=True, check=True)
    return json.loads(result.stdout)


def line(name, seconds, count, size):
    rate = f"{count / seconds:12,.0f} statements/s {size / seconds / 1e6:8.2f} MB/s"
    print(f"{name:24} {seconds * 1e3:10.2f} ms {rate}")


def main():
    if not PROGRAM.exists():
        sys.exit("build it first: swift build -c release --product sql-benchmark")
    files = sys.argv[1:] or sorted(map(str, CORPUS.glob("*.sql")))
    statements = split(files)
    statements = [s for s, read in zip(statements, read_by_us(statements)) if read]
    try:
        import sqlglot
    except ImportError:
        sqlglot = None
    logging.disable(logging.WARNING)
    if sqlglot:
        statements = [s for s in statements if read_by_sqlglot(sqlglot, s)]
    size = sum(len(s.encode()) for s in statements)
    print(f"{len(statements)} statements, {size:,} bytes")
    ours = measure_ours(statements)
    line("redstart, tokens", ours["lex"]["seconds"], len(statements), size)
    line("redstart, tree", ours["parse"]["seconds"], len(statements), size)
    line("redstart, printed", ours["format"]["seconds"], len(statements), size)
    model = measure_model()
    print(
        f"a model of {model['lines']} lines read, checked and traced: "
        f"{model['seconds'] * 1e3:.2f} ms"
    )
    if not sqlglot:
        print("sqlglot is not installed")
        return
    compiled = not sqlglot.parser.__file__.endswith(".py")
    seconds = measure_sqlglot(sqlglot, statements)
    name = f"sqlglot {sqlglot.__version__}" + (" compiled" if compiled else "")
    line(name, seconds, len(statements), size)
    print(f"redstart reads {seconds / ours['parse']['seconds']:.0f} times as fast")


main()
