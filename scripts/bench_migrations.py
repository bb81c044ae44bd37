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
            text = statements(number, "plain").replace("'", "''")
            sha = "0" * 64
            file.write(
                f"begin \\;\nselect 1 / (case when pg_backend_pid() = pg_backend_pid() then 1 else 0 "
                f"end) \\;\n{body}"
                "insert into plain.migration_event (seq, run_id, project, version, name, kind, event, "
                "path, source_sha, norm_sha, rendered_sha, stmt_done, stmt_total, tx_mode, "
                "started_at, ended_at, ms, db_user, os_user, host, backend_pid, tool_version, "
                f"prev_sha) values ({number}, 'run', 'bench', '{number}', 'table {number}', "
                f"'versioned', 'done', 'migrations/V{number}__table_{number}.sql', '{sha}', '{sha}', "
                f"'{sha}', 3, 3, 'file', '2026-11-25 09:30:00', clock_timestamp() at time zone "
                "'UTC', cast(extract(epoch from clock_timestamp() - statement_timestamp()) * 1000 "
                f"as bigint), current_user, 'me', 'here', pg_backend_pid(), '0', '{sha}') \\;\n"
                "insert into plain.migration_body (norm_sha, part, body) values "
                f"('{sha}', 0, '{text}') \\;\ncommit;\n"
            )
    ours, theirs, nothing = [], [], []
    for _ in range(rounds):
        sql("drop schema if exists bench cascade; drop schema if exists redstart cascade")
        ours.append(timed(redstart, "migrate", "-q"))
        for _ in range(3):
            nothing.append(timed(redstart, "migrate", "-q"))
        sql("drop schema if exists plain cascade; create schema plain; "
            "create table plain.migration_event (like redstart.migration_event including all); "
            "create table plain.migration_body (like redstart.migration_body including all)")
        theirs.append(timed(*psql, "-f", str(script)))
    median = lambda values: statistics.median(v[0] for v in values)
    memory = lambda values: max(v[1] for v in values)
    print(f"{f'migrate, {count:,} files':34} {median(ours):8.1f} ms  {memory(ours):6.1f} MB")
    print(f"{'psql, the same messages':34} {median(theirs):8.1f} ms  "
          f"(ratio {median(ours) / median(theirs):.2f})")
    print(f"{f'migrate, {count:,} applied':34} {median(nothing):8.1f} ms  {memory(nothing):6.1f} MB")
finally:
    subprocess.run([redstart, "local", "reset", "-q"], cwd=folder, check=False)
