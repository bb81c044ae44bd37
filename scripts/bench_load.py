"""Times a COPY of generated JSON events into the local warehouse.

Usage: bench_load.py REDSTART FOLDER MEGABYTES

Prints redstart's throughput, and beside it PostgreSQL's own COPY of the same rows as CSV.
"""

import json
import pathlib
import resource
import subprocess
import sys
import time

COLUMNS = [
    ("artist", "varchar(256)"), ("auth", "varchar(32)"), ("first_name", "varchar(64)"),
    ("item_in_session", "integer"), ("length", "double precision"), ("level", "varchar(8)"),
    ("location", "varchar(256)"), ("page", "varchar(32)"), ("session_id", "integer"),
    ("song", "varchar(256)"), ("status", "integer"), ("ts", "bigint"),
    ("user_agent", "varchar(512)"), ("user_id", "integer"),
]


def record(number: int) -> dict:
    return {
        "artist": f"Artist number {number % 997}", "auth": "Logged In",
        "first_name": ["Ada", "Grace", "Zoë", "李"][number % 4],
        "item_in_session": number % 100, "length": 180 + (number % 1000) / 7,
        "level": "paid" if number % 3 else "free",
        "location": "San Francisco-Oakland-Hayward, CA", "page": "NextSong",
        "session_id": number // 20, "song": f"A \"quoted\" song, number {number % 4999}",
        "status": 200, "ts": 1541105830796 + number,
        "user_agent": "\"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Chrome/36.0.1985.143 Safari/537.36\"",
        "user_id": number % 5000,
    }


def main() -> None:
    redstart, folder, megabytes = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    (folder / "data").mkdir(parents=True)
    (folder / "models").mkdir()
    (folder / "migrations").mkdir()
    (folder / "project.yml").write_text(
        "name: load\nversion: '1.0'\ntarget: local\ntargets:\n  local:\n    type: local\n"
        "    schema: load\n    s3: { 's3://bench': data }\n"
        "models:\n  load:\n    +materialized: copy\n"
    )
    definitions = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    (folder / "migrations" / "V1__tables.sql").write_text(
        f"create schema if not exists load;\ncreate table load.events ({definitions});\n"
    )
    (folder / "models" / "events.sql").write_text(
        "copy {{ this }} from 's3://bench/events' iam_role default json 'auto'\n"
    )
    size = 0
    rows = 0
    with open(folder / "data" / "events.json", "w", encoding="utf-8") as events:
        while size < megabytes * 1_000_000:
            line = json.dumps(record(rows), ensure_ascii=False) + "\n"
            events.write(line)
            size += len(line.encode())
            rows += 1

    def run(*words: str) -> float:
        start = time.perf_counter()
        subprocess.run(
            [redstart, *words, "--project-dir", str(folder), "-q"], check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - start

    run("local", "start")
    try:
        run("migrate")
        seconds = min(run("run") for _ in range(3))
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(
            f"load {size / 1e6:.0f} MB of JSON, {rows} rows: {seconds:.2f} s, "
            f"{size / 1e6 / seconds:.0f} MB/s, {memory:.0f} MB of memory"
        )
        csv = folder / "events.csv"

        def psql(*commands: str) -> float:
            words = [redstart, "local", "psql", "--project-dir", str(folder), "--", "-q"]
            for command in commands:
                words += ["-c", command]
            start = time.perf_counter()
            subprocess.run(words, check=True)
            return time.perf_counter() - start

        psql(f"\\copy load.events to '{csv}' csv")
        seconds = min(
            psql("begin", "delete from load.events", f"\\copy load.events from '{csv}' csv", "commit")
            for _ in range(3)
        )
        print(f"PostgreSQL's COPY of the same rows as CSV: {seconds:.2f} s")
    finally:
        run("local", "stop")


main()
