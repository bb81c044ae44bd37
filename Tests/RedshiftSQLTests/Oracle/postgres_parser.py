"""Asks PostgreSQL's own parser whether it accepts what statements are translated to.

Usage: postgres_parser.py [--plain] [FILE.sql …]

Each file holds pairs as translate.sql does: Redshift's statement, then PostgreSQL's, each ending
with a semicolon at the end of a line; `NOTHING` and `ERROR …` stand for no statement. With --plain
it holds PostgreSQL's statements only, as `redstart sql translate` prints them. Without arguments
the fixtures beside it are read. Needs pglast (pip install "pglast<6", PostgreSQL 15).
"""

import pathlib
import sys

import pglast

FIXTURES = pathlib.Path(__file__).parent.parent / "Fixtures"


def statements(path):
    current = []
    for line in path.read_text().split("\n"):
        if line.startswith("-- #") or (not current and not line):
            continue
        if line.endswith(";"):
            yield "\n".join(current + [line[:-1]])
            current = []
        else:
            current.append(line)


def main():
    plain = "--plain" in sys.argv
    names = [name for name in sys.argv[1:] if name != "--plain"]
    paths = [pathlib.Path(name) for name in names] or [FIXTURES / "translate.sql"]
    total = accepted = 0
    for path in paths:
        texts = list(statements(path))
        pairs = zip(texts, texts) if plain else zip(texts[::2], texts[1::2])
        for source, target in pairs:
            if target == "NOTHING" or target.startswith("ERROR "):
                continue
            total += 1
            try:
                pglast.parse_sql(target)
                accepted += 1
            except pglast.Error as error:
                print("REFUSED", source, "\n  as", target, "\n ", error)
    print(f"{accepted} of {total} accepted")
    sys.exit(accepted != total)


main()
