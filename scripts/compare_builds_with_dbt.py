#!/usr/bin/env python3
"""Builds a dbt project with dbt and with redstart, and compares what came of it.

Compares the exit code, the status, the count of failures and the answer of the server of every node,
the rows of every seed, model and snapshot, and what PostgreSQL has of every function. The two targets of the profile must name different databases of one
PostgreSQL server; where redstart's target is of the type `local`, its rows are read from the local
warehouse, which is made in the copy of the project and gone afterwards.

    scripts/compare_builds_with_dbt.py PROJECT --dbt DBT --redstart REDSTART \\
        --profiles-dir DIR --dbt-target a --redstart-target b --database-a a --database-b b
    scripts/compare_builds_with_dbt.py PROJECT --dbt DBT --redstart REDSTART \\
        --profiles-dir DIR --dbt-target a --redstart-target local --database-a dev --local

redstart is called by the name that it is given: by a symlink `dbt`, it behaves as dbt does where a
model does not compile. What else is given goes to both programs.
"""

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path


def rows(command, relation):
    """The rows of a relation, the names of the columns first; None when it is not there."""
    query = f"copy (select * from {relation}) to stdout with (format csv, header)"
    done = subprocess.run(
        command["psql"] + ["-qAtX", "-c", query], capture_output=True, text=True,
        env={**os.environ, "PGPASSWORD": command["password"], "PGTZ": "UTC"},
        cwd=command["folder"])
    if done.returncode:
        return None
    text = done.stdout
    if command["database"]:
        text = text.replace(command["database"], "DATABASE")
    csv.field_size_limit(2**27)
    return list(csv.reader(io.StringIO(text, newline="")))


def plain(table, ignored, is_local):
    """Rows in an order that both databases have, without the columns that nobody can expect to be
    equal.

    Redshift's divisions have other digits than PostgreSQL's, so where redstart's target is local,
    decimals are compared by their first ten.
    """
    if not table:
        return table
    kept = [place for place, name in enumerate(table[0]) if name not in ignored]
    cut = [[row[place] for place in kept if place < len(row)] for row in table]
    if is_local:
        cut = [[rounded(value) for value in row] for row in cut]
    return cut[:1] + sorted(cut[1:])


def rounded(value):
    if not re.fullmatch(r"-?\d+\.\d+", value):
        return value
    number = format(round(Decimal(value), 10), "f")
    return number.rstrip("0").rstrip(".")


def build(program, target, folder, options, rest):
    for command in options.commands.split(","):
        done = subprocess.run(
            [program, *command.split(), "--profiles-dir", options.profiles_dir, "--target", target]
            + rest, cwd=folder, capture_output=True, text=True)
    if options.verbose:
        print((done.stdout + done.stderr)[-options.verbose:])
    artifacts = []
    for name in ("run_results.json", "manifest.json"):
        path = folder / "target" / name
        if not path.exists():
            print(f"{program} ended with {done.returncode} and wrote no {name}", file=sys.stderr)
            print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
            sys.exit(2)
        artifacts.append(json.loads(path.read_text()))
    return done.returncode, *artifacts


def compare_results(theirs, ours):
    """Prints in which nodes status and failures differ; how many do."""
    first = {result["unique_id"]: result for result in theirs["results"]}
    second = {result["unique_id"]: result for result in ours["results"]}
    shared = sorted(set(first) & set(second))
    different = 0
    for field in ("status", "failures", "adapter_response", "relation_name"):
        # A number of rows that nobody asked for may be left out; so may the name of what failed.
        if field in ("adapter_response", "relation_name"):
            shared = [name for name in shared if name.startswith("function.")]
        unequal = [name for name in shared if first[name][field] != second[name][field]]
        print(f"{field}: {len(shared) - len(unequal)}/{len(shared)} equal")
        for name in unequal:
            print(f"  {name}: dbt {first[name][field]}, redstart {second[name][field]}")
            print(f"    dbt      {first[name]['message']}\n    redstart {second[name]['message']}")
        different += len(unequal)
    for name in sorted(set(first) ^ set(second)):
        side, result = ("dbt", first[name]) if name in first else ("redstart", second[name])
        print(f"  only {side} has {name}: {result['status']}")
        different += 1
    return different, {name for name in set(first) & set(second)
                       if first[name]["status"] == "success"}


def show_difference(a, b):
    """Prints what differs in two tables of the same columns, by column where rows correspond."""
    if not a or not b or a[0] != b[0] or len(a) != len(b):
        only = [[row for row in x or [] if row not in (y or [])][:2] for x, y in ((a, b), (b, a))]
        print(f"    dbt      {only[0]}\n    redstart {only[1]}")
        return
    for place, name in enumerate(a[0]):
        pairs = [(x[place], y[place]) for x, y in zip(a[1:], b[1:]) if x[place] != y[place]]
        if pairs:
            print(f"    {name}: {len(pairs)} differ, as {pairs[0][0]!r} and {pairs[0][1]!r}")


def compare_rows(manifest, succeeded, first, second, options):
    """Prints which relations hold different rows; how many do."""
    same = total = 0
    ignored = set(options.ignore.split(",")) - {""}
    for name, node in sorted(manifest["nodes"].items()):
        if node["resource_type"] not in ("model", "seed", "snapshot") or not node["relation_name"]:
            continue
        if name not in succeeded:
            continue
        relation = ".".join(node["relation_name"].split(".")[1:])
        a, b = (plain(rows(command, relation), ignored, options.local)
                for command in (first, second))
        total += 1
        # A hook may have dropped it, of course on both sides.
        if a == b:
            same += 1
        else:
            print(f"  rows differ: {relation}: {a and len(a) - 1} and {b and len(b) - 1} rows")
            show_difference(a, b)
    print(f"relations: {same}/{total} with equal rows")
    return total - same


def definition(command, function):
    """What the server has of a function, without names of databases and layout."""
    query = ("select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n "
             "on n.oid = p.pronamespace where n.nspname = '%s' and p.proname = '%s' order by 1"
             % (function["schema"], function["alias"]))
    done = subprocess.run(
        command["psql"] + ["-qAtX", "-c", query], capture_output=True, text=True,
        env={**os.environ, "PGPASSWORD": command["password"]}, cwd=command["folder"])
    text = done.stdout.replace(f'"{command["database"]}"', "DATABASE")
    return " ".join(text.split())


def compare_functions(manifest, first, second):
    """Prints which functions the two servers have differently; how many."""
    different = 0
    functions = sorted(manifest.get("functions", {}).items())
    for name, function in functions:
        a, b = definition(first, function), definition(second, function)
        if a != b:
            different += 1
            print(f"  function differs: {name}\n    dbt      {a}\n    redstart {b}")
    if functions:
        print(f"functions: {len(functions) - different}/{len(functions)} equal")
    return different


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("--dbt", default="dbt")
    parser.add_argument("--redstart", default=".build/debug/redstart")
    parser.add_argument("--profiles-dir", required=True)
    parser.add_argument("--dbt-target", required=True)
    parser.add_argument("--redstart-target", required=True)
    parser.add_argument("--database-a", required=True, help="dbt's database")
    parser.add_argument("--database-b", help="redstart's database")
    parser.add_argument("--local", action="store_true", help="redstart's target is of type local")
    parser.add_argument("--commands", default="build", help="commands to run, as seed,build")
    parser.add_argument("--ignore", default="", help="columns that hold times or random values")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="5432")
    parser.add_argument("--user", default="postgres")
    parser.add_argument("--password", default="")
    parser.add_argument("--verbose", type=int, default=0, help="characters of output to show")
    options, rest = parser.parse_known_args()
    redstart = str(Path(options.redstart).absolute())
    server = ["psql", "-h", options.host, "-p", options.port, "-U", options.user, "-d"]
    with tempfile.TemporaryDirectory() as scratch:
        folders, outcome = {}, {}
        for name, program, target in (
            ("dbt", options.dbt, options.dbt_target),
            ("redstart", redstart, options.redstart_target),
        ):
            folders[name] = Path(scratch) / name / options.project.resolve().name
            shutil.copytree(options.project, folders[name], symlinks=True)
            shutil.rmtree(folders[name] / "target", ignore_errors=True)
            outcome[name] = build(program, target, folders[name], options, rest)
        print(f"exit codes: dbt {outcome['dbt'][0]}, redstart {outcome['redstart'][0]}")
        different, succeeded = compare_results(outcome["dbt"][1], outcome["redstart"][1])
        # The local warehouse's database is `dev`: where dbt's has that name, too, rows are equal.
        first = {"psql": server + [options.database_a], "password": options.password,
                 "database": None if options.local else options.database_a, "folder": scratch}
        second = {"psql": server + [options.database_b], "password": options.password,
                  "database": options.database_b, "folder": scratch}
        if options.local:
            second = {"psql": [redstart, "local", "psql", "--profiles-dir", options.profiles_dir, "--target",
                               options.redstart_target, "--"], "password": "", "database": None,
                      "folder": folders["redstart"]}
        different += compare_rows(outcome["dbt"][2], succeeded, first, second, options)
        if not options.local:
            different += compare_functions(outcome["dbt"][2], first, second)
        if options.local:
            subprocess.run([redstart, "local", "stop"], cwd=folders["redstart"], capture_output=True)
    return 1 if different or outcome["dbt"][0] != outcome["redstart"][0] else 0


if __name__ == "__main__":
    sys.exit(main())
