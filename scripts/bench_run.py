#!/usr/bin/env python3
"""Times a run of 300 tables beside psql processes that send the bare SQL of the same tables.

Usage: bench_run.py REDSTART FOLDER [COUNT]

The tables exist already, so that each is built beside the old one and then swapped with it. The
psql processes get the models layer by layer, each its share; redstart finds the order by itself.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import time

redstart, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
count = int(sys.argv[3]) if len(sys.argv) > 3 else 300
rounds = int(os.environ.get("BENCH_ROUNDS", "5"))
LAYERS = 6
THREADS = 4
width = max(8, count // LAYERS)

(folder / "models").mkdir(parents=True)
(folder / "project.yml").write_text(
    "name: bench\ntargets:\n"
    f"  local: {{ type: local, schema: bench, threads: {THREADS} }}\n"
    "models:\n  bench:\n    +materialized: table\n"
)


def query(number, table):
    layer, place = divmod(number, width)
    if layer == 0:
        return (
            f"select g as id, cast(g as decimal(12,2)) as amount, 'x' as name\n"
            f"from generate_series(1, 100) as t(g)"
        )
    first = table((layer - 1) * width + place)
    second = table((layer - 1) * width + (place + 7) % width)
    return (
        "select a.id, a.amount + coalesce(b.amount, 0) as amount, coalesce(b.name, a.name) as name\n"
        f"from {first} as a\nleft join {second} as b on a.id = b.id"
    )


for number in range(width * LAYERS):
    text = query(number, lambda other: "{{ ref('m_%d') }}" % other)
    (folder / "models" / f"m_{number}.sql").write_text(text + "\n")


def run(*words):
    return subprocess.run(
        [redstart, *words], cwd=folder, check=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ).stdout


def swap(number):
    name = f"plain.m_{number}"
    return (
        f"create table {name}__new as {query(number, lambda other: f'plain.m_{other}')};\n"
        f"begin; alter table {name} rename to m_{number}__old; "
        f"alter table {name}__new rename to m_{number}; commit;\n"
        f"drop table {name}__old;\n"
    )


run("local", "start")
try:
    status = run("local", "status")
    socket = next(l.split()[1] for l in status.splitlines() if l.startswith("socket"))
    psql = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "redstart", "-d", "dev"]
    shares = []
    for layer in range(LAYERS):
        shares.append([])
        for thread in range(THREADS):
            numbers = range(layer * width + thread, (layer + 1) * width, THREADS)
            file = folder / f"layer_{layer}_{thread}.sql"
            file.write_text("".join(map(swap, numbers)))
            shares[-1].append(file)
    first = "create schema plain;\n" + "".join(
        f"create table plain.m_{number} as {query(number, lambda other: f'plain.m_{other}')};\n"
        for number in range(width * LAYERS)
    )
    subprocess.run([*psql, "-f", "-"], input=first, text=True, check=True)
    run("run", "-q")

    def bare():
        for layer in shares:
            processes = [
                subprocess.Popen([*psql, "-f", str(file)], stdout=subprocess.DEVNULL)
                for file in layer
            ]
            if any(process.wait() != 0 for process in processes):
                raise SystemExit("psql failed")

    def timed(body):
        start = time.perf_counter()
        body()
        return (time.perf_counter() - start) * 1000

    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(timed(lambda: run("run", "-q")))
        theirs.append(timed(bare))
    mine, others = statistics.median(ours), statistics.median(theirs)
    print(f"{f'run, {width * LAYERS:,} tables, {THREADS} connections':34} {mine:8.1f} ms")
    print(f"{'psql, the bare SQL of the same':34} {others:8.1f} ms  (ratio {mine / others:.2f})")
finally:
    subprocess.run([redstart, "local", "reset", "-q"], cwd=folder, check=False)
