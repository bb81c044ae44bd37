#!/usr/bin/env python3
"""Builds a dbt project with dbt and with redstart in two databases, and compares what came of it.

Compares the status of every node and the rows of every table and view. The two targets of the
profile must name different databases of one PostgreSQL server.

    scripts/compare_builds_with_dbt.py PROJECT --dbt DBT --redstart REDSTART \\
        --profiles-dir DIR --dbt-target a --redstart-target b --database-a a --database-b b
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def rows(database, relation, options):
    """The rows of a relation as sorted lines of CSV; None when it is not there."""
    done = subprocess.run(
        ["psql", "-h", options.host, "-p", options.port, "-U", options.user, "-d", database, "-qAtX",
         "-c", f"copy (select * from {relation}) to stdout with (format csv, header)"],
        capture_output=True, text=True, env={**os.environ, "PGPASSWORD": options.password})
    if done.returncode:
        return None
    lines = done.stdout.replace(database, "DATABASE").splitlines()
    return lines[:1] + sorted(lines[1:])


def build(program, target, project, options, rest):
    copy = project
    for command in options.commands.split(","):
        done = subprocess.run(
            [program, command, "--profiles-dir", options.profiles_dir, "--target", target] + rest,
            cwd=copy, capture_output=True, text=True)
    if options.verbose:
        print((done.stdout + done.stderr)[-6000:])
    results = json.loads((copy / "target" / "run_results.json").read_text())
    manifest = json.loads((copy / "target" / "manifest.json").read_text())
    return done.returncode, results, manifest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("--dbt", default="dbt")
    parser.add_argument("--redstart", default=".build/debug/redstart")
    parser.add_argument("--profiles-dir", required=True)
    parser.add_argument("--dbt-target", required=True)
    parser.add_argument("--redstart-target", required=True)
    parser.add_argument("--database-a", required=True, help="dbt's database")
    parser.add_argument("--database-b", required=True, help="redstart's database")
    parser.add_argument("--commands", default="build", help="commands to run, as seed,build")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="5432")
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--password", default="")
    parser.add_argument("--verbose", action="store_true")
    options, rest = parser.parse_known_args()
    outcome = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name, program, target in (
            ("dbt", options.dbt, options.dbt_target),
            ("redstart", str(Path(options.redstart).resolve()), options.redstart_target),
        ):
            copy = Path(scratch) / name / options.project.resolve().name
            shutil.copytree(options.project, copy, symlinks=True)
            shutil.rmtree(copy / "target", ignore_errors=True)
            outcome[name] = build(program, target, copy, options, rest)
    codes = {name: result[0] for name, result in outcome.items()}
    print(f"exit codes: {codes}")
    theirs = {r["unique_id"]: r["status"] for r in outcome["dbt"][1]["results"]}
    ours = {r["unique_id"]: r["status"] for r in outcome["redstart"][1]["results"]}
    shared = set(theirs) & set(ours)
    different = [name for name in shared if theirs[name] != ours[name]]
    print(f"statuses: {len(shared) - len(different)}/{len(shared)} equal, "
          f"{len(set(theirs) - shared)} only dbt's, {len(set(ours) - shared)} only redstart's")
    for name in sorted(different):
        message = next(r["message"] for r in outcome["redstart"][1]["results"] if r["unique_id"] == name)
        print(f"  {name}: dbt {theirs[name]}, redstart {ours[name]}: {message}")
    for name in sorted(set(theirs) ^ set(ours)):
        print(f"  only one has {name}: {theirs.get(name) or ours.get(name)}")
    same = total = 0
    for name, node in sorted(outcome["dbt"][2]["nodes"].items()):
        if node["resource_type"] not in ("model", "seed", "snapshot") or not node["relation_name"]:
            continue
        if theirs.get(name) != "success" or name not in ours:
            continue
        relation = ".".join(node["relation_name"].split(".")[1:])
        a, b = rows(options.database_a, relation, options), rows(options.database_b, relation, options)
        total += 1
        if a == b and a is not None:
            same += 1
        else:
            print(f"  rows differ: {relation}: {a and a[:3]} {b and b[:3]}")
    print(f"relations: {same}/{total} with equal rows")
    return 0 if codes["dbt"] == codes["redstart"] and not different and same == total else 1


if __name__ == "__main__":
    sys.exit(main())
