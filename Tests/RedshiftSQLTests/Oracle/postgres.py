"""Runs the PostgreSQL side of translate.sql on a real server.

Usage: postgres.py SHIMS.sql [ADDITIONS.sql] with PGHOST, PGUSER … pointing at a throwaway server.
Each statement runs in its own transaction, which is rolled back.
"""

import pathlib
import subprocess
import sys

FIXTURES = pathlib.Path(__file__).parent.parent / "Fixtures"
SETUP = """
create schema s;
create table s.t (id int not null, a int, b varchar(50), d date, ts timestamp, tz timestamptz,
  x numeric(10,2), j varchar(500), sup jsonb, "user" int);
create table s.u (id int, a int, b varchar(50) constraint bytes_of_b check (octet_length(b) <= 50),
  c int);
insert into s.t values
  (1, 1, 'a', '2020-01-31', '2020-01-31 10:20:30.5', '2020-01-31 10:20:30+00', 1.5,
   '{"a": {"b": "c"}}', '{"items": [{"name": "n"}]}', 1),
  (2, 1, null, '2021-02-28', '2021-02-28 23:59:59', '2021-02-28 00:00:00+00', 2.5,
   '[1, 2]', null, 2);
insert into s.u values (1, 1, 'a', 3);
create materialized view s.m0 as select 1;
set search_path = rs, pg_catalog, "$user", public;
"""


def statements(name):
    current = []
    for line in (FIXTURES / name).read_text().split("\n"):
        if line.startswith("-- #") or (not current and not line):
            continue
        if line.endswith(";"):
            yield "\n".join(current + [line[:-1]])
            current = []
        else:
            current.append(line)


def psql(text):
    return subprocess.run(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=text, capture_output=True, text=True,
    )


def main():
    shims = "".join(pathlib.Path(name).read_text() for name in sys.argv[1:])
    prepared = psql("drop schema if exists s cascade; drop schema if exists rs cascade;" + shims + SETUP)
    if prepared.returncode:
        sys.exit(prepared.stderr)
    texts = list(statements("translate.sql"))
    ran = failed = skipped = 0
    for source, target in zip(texts[::2], texts[1::2]):
        if target == "NOTHING" or target.startswith("ERROR "):
            skipped += 1
            continue
        path = 'set search_path = rs, pg_catalog, "$user", public;'
        result = psql(path + "begin;" + target + "; rollback;")
        ran += 1
        if result.returncode:
            failed += 1
            print("FAILED", source, "\n  as", target, "\n ", result.stderr.strip())
    print(f"{ran} ran, {failed} failed, {skipped} have nothing to run")


main()
