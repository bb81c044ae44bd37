#!/usr/bin/env python3
"""Times 1,000 migrations beside one psql that sends the same messages, and a run with nothing to do.

Usage: bench_migrations.py REDSTART FOLDER [COUNT]
"""
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

redstart, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
(folder / "migrations").mkdir(parents=True)
(folder / "project.yml").write_text(
    "name: bench\ntargets: { local: { type: local, schema: bench } }\n"
)


def statements(number, schema):
    return (
        f"create table {schema}.t{number} (a integer not null, b varchar(100), c timestamp);\n"
        f"insert into {schema}.t{number} (a, b) values ({number}, 'row');\n"
        f"alter table {schema}.t{number} add column d bigint;\n"
    )


(folder / "migrations" / "V0__schema.sql").write_text("create schema bench;\n")
for number in range(1, count):
    path = folder / "migrations" / f"V{number}__table_{number}.sql"
    path.write_text(statements(number, "bench"))


def run(*words, quiet=True):
    return subprocess.run(
        [redstart, *words], cwd=folder, check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL if quiet else None,
    ).stdout


def timed(*command):
    """Wall time and the largest memory of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = (time.perf_counter() - start) * 1000
    if status != 0:
        raise SystemExit(f"{command} failed")
    return elapsed, usage.ru_maxrss / 1024


run("local", "start")
try:
    status = run("local", "status")
    socket = next(l.split()[1] for l in status.splitlines() if l.startswith("socket"))
    psql = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "redstart", "-d", "dev"]

    def sql(text):
        subprocess.run([*psql, "-c", text], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    # One message per file, as redstart sends: \; keeps psql from sending each statement alone.
    script = folder / "psql.sql"
    with script.open("w") as file:
        for number in range(1, count):
            body = statements(number, "plain").replace(";\n", " \\;\n")
            file.write(
                f"begin \\;\n{body}insert into plain.history (seq, version, name, sha, body) values "
                f"({number}, '{number}', 'table {number}', '{'0' * 64}', "
                f"'{statements(number, 'plain').replace(chr(39), chr(39) * 2)}') \\;\ncommit;\n"
            )
    ours, theirs, nothing = [], [], []
    for _ in range(rounds):
        sql("drop schema if exists bench cascade; drop schema if exists redstart cascade")
        ours.append(timed(redstart, "migrate", "-q"))
        for _ in range(3):
            nothing.append(timed(redstart, "migrate", "-q"))
        sql("drop schema if exists plain cascade; create schema plain; create table plain.history "
            "(seq bigint, version varchar(64), name varchar(256), sha char(64), body varchar(65535))")
        theirs.append(timed(*psql, "-f", str(script)))
    median = lambda values: statistics.median(v[0] for v in values)
    memory = lambda values: max(v[1] for v in values)
    print(f"{f'migrate, {count:,} files':34} {median(ours):8.1f} ms  {memory(ours):6.1f} MB")
    print(f"{'psql, the same messages':34} {median(theirs):8.1f} ms  "
          f"(ratio {median(ours) / median(theirs):.2f})")
    print(f"{f'migrate, {count:,} applied':34} {median(nothing):8.1f} ms  {memory(nothing):6.1f} MB")
finally:
    subprocess.run([redstart, "local", "reset", "-q"], cwd=folder, check=False)
