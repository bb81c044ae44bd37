#!/usr/bin/env python3
"""Compiles a dbt project with dbt and with redstart, and compares the two manifests.

Both work on copies of the project; the project itself is not touched. Prints how many nodes are
equal in each field, and the first differences.

    scripts/compare_with_dbt.py PROJECT --dbt DBT --redstart REDSTART --profiles-dir DIR

With --record FILE, dbt alone works, and what it says is written to FILE: the expectations of the
tests that run where there is no dbt.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FIELDS = [
    "fqn", "checksum", "alias", "schema", "database", "relation_name", "path",
    "original_file_path", "patch_path", "depends_on.nodes", "depends_on.macros", "refs", "sources",
    "config", "tags", "description", "columns", "compiled_code", "raw_code", "test_metadata",
    "column_name", "attached_node", "access", "version", "latest_version", "functions", "arguments",
    "returns", "language", "meta", "group", "docs", "unrendered_config", "contract", "resource_type",
    "name", "package_name", "unique_id",
]

# Compared as a whole: they are written down as they stand in the properties files.
SEMANTICS = ("semantic_models", "metrics", "saved_queries")


def value(node, field):
    """The value of a field, in the form in which it is compared."""
    result = node
    for part in field.split("."):
        result = (result or {}).get(part)
    if field in ("compiled_code", "raw_code") and result is not None:
        # Layout is nobody's promise: only the words are compared.
        return re.sub(r"\s+", "", result)
    if field == "depends_on.macros" and result is not None:
        return sorted(set(own(name) for name in result))
    if field == "config" and result is not None:
        return {key: item for key, item in result.items() if item not in (None, [], {}, "")}
    if field == "columns" and result is not None:
        return {
            name: {key: column.get(key) for key in ("name", "description", "data_type", "tags", "meta")}
            for name, column in result.items()
        }
    if field in ("tags",) and result is not None:
        return sorted(result)
    return result


def settled(node, field):
    """A field without the order that differs from run to run: dbt keeps what it finds of sources
    without rendering in a set."""
    result = value(node, field)
    if field == "sources" and result is not None:
        return sorted(set(tuple(pair) for pair in result))
    return sorted(result) if field == "depends_on.nodes" and result is not None else result


def own(macro):
    """Built-in macros may live in another file of redstart's."""
    parts = macro.split(".")
    return "macro.dbt." + parts[2] if parts[1].startswith("dbt_") and parts[1] in (
        "dbt_postgres", "dbt_redshift") else macro


def run(command, folder, label):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        print(f"{label} ended with {done.returncode}", file=sys.stderr)
        print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
    return done.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("--dbt", default="dbt")
    parser.add_argument("--redstart", default=".build/debug/RedstartCLI")
    parser.add_argument("--profiles-dir", required=True)
    parser.add_argument("--target", default=None)
    parser.add_argument("--command", default="compile")
    parser.add_argument("--show", type=int, default=3, help="differences to show of each field")
    parser.add_argument("--record", type=Path, help="write what dbt says to this file")
    parser.add_argument("--field", action="append", help="only these fields")
    options, options_rest = parser.parse_known_args()
    options.rest = options_rest
    redstart = str(Path(options.redstart).resolve())
    extra = ["--profiles-dir", options.profiles_dir] + options.rest
    if options.target:
        extra += ["--target", options.target]
    with tempfile.TemporaryDirectory() as scratch:
        manifests = {}
        for name, program in (("dbt", options.dbt), ("redstart", redstart)):
            copy = Path(scratch) / name / options.project.resolve().name
            shutil.copytree(options.project, copy, symlinks=True)
            shutil.rmtree(copy / "target", ignore_errors=True)
            if options.record and name == "redstart":
                break
            run([program, options.command] + extra, copy, name)
            path = copy / "target" / "manifest.json"
            if not path.exists():
                print(f"{name} wrote no manifest", file=sys.stderr)
                return 1
            manifests[name] = json.loads(path.read_text())
        if options.record:
            recorded = record(manifests["dbt"])
            options.record.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n")
            return 0
        return compare(manifests["dbt"], manifests["redstart"], options)


def record(manifest):
    """What the tests compare, of every node, source and exposure."""
    sections = {}
    for section in ("nodes", "sources", "exposures"):
        sections[section] = {
            name: {field: value(node, field) for field in FIELDS if field.split(".")[0] in node}
            for name, node in manifest[section].items()
        }
    for field in ("parent_map", "child_map"):
        sections[field] = {name: sorted(ids) for name, ids in manifest[field].items()}
    sections["docs"] = {
        name: block["block_contents"] for name, block in manifest["docs"].items()
        if not name.startswith("doc.dbt.")
    }
    sections["groups"] = {
        name: {key: group[key] for key in ("name", "owner", "original_file_path")}
        for name, group in manifest["groups"].items()
    }
    return sections


def compare(theirs, ours, options):
    """Prints figures; the exit code says whether everything is equal."""
    failed = False
    for section in ("nodes", "sources", "functions", "exposures", "groups", "unit_tests", "docs", "disabled",
                    *SEMANTICS):
        a, b = set(theirs[section]), set(ours[section])
        print(f"{section}: {len(a & b)} in both, {len(a - b)} only in dbt's, {len(b - a)} only in redstart's")
        failed = failed or a != b
        for name in sorted(a - b)[: options.show * 3]:
            print(f"  - {name}")
        for name in sorted(b - a)[: options.show * 3]:
            print(f"  + {name}")
    mine = {name for name in theirs["macros"] if not name.split(".")[1].startswith("dbt_postgres")
            and not name.startswith(("macro.dbt.", "macro.dbt_redshift."))}
    have = {name for name in ours["macros"] if not name.startswith(("macro.dbt.", "macro.dbt_postgres.", "macro.dbt_redshift."))}
    print(f"macros: {len(mine & have)} in both, {len(mine - have)} only in dbt's, {len(have - mine)} only in redstart's")
    for name in sorted(mine ^ have)[: options.show * 3]:
        print(f"  ! {name}")
    for section in ("nodes", "sources", "functions"):
        shared = sorted(set(theirs[section]) & set(ours[section]))
        for field in options.field or FIELDS:
            different = []
            for name in shared:
                a, b = settled(theirs[section][name], field), settled(ours[section][name], field)
                if a != b:
                    different.append((name, a, b))
            if not any(field.split(".")[0] in theirs[section][name] for name in shared):
                continue
            print(f"{section}.{field}: {len(shared) - len(different)}/{len(shared)} equal")
            failed = failed or bool(different)
            for name, a, b in different[: options.show]:
                print(f"  {name}")
                if isinstance(a, dict) and isinstance(b, dict):
                    for key in sorted(set(a) | set(b)):
                        if a.get(key) != b.get(key):
                            print(f"    {key}: dbt {a.get(key)!r} redstart {b.get(key)!r}")
                else:
                    print(f"    dbt      {str(a)[:600]!r}\n    redstart {str(b)[:600]!r}")
    for section in SEMANTICS:
        different = []
        for name in sorted(set(theirs[section]) & set(ours[section])):
            a, b = (dict(side[section][name], created_at=0) for side in (theirs, ours))
            different += [(name, key, a.get(key), b.get(key))
                          for key in sorted(set(a) | set(b)) if a.get(key) != b.get(key)]
        count, names = len(theirs[section]), {name for name, *_ in different}
        print(f"{section}: {count - len(names)}/{count} with equal entries")
        failed = failed or bool(different)
        for name, key, a, b in different[: options.show]:
            print(f"  {name} {key}\n    dbt      {str(a)[:600]!r}\n    redstart {str(b)[:600]!r}")
    if theirs["group_map"] != ours["group_map"]:
        failed = True
        print(f"group_map: dbt {theirs['group_map']}, redstart {ours['group_map']}")
    for field in ("parent_map", "child_map"):
        shared = set(theirs[field]) & set(ours[field])
        different = [name for name in shared if sorted(theirs[field][name]) != sorted(ours[field][name])]
        failed = failed or bool(different)
        print(f"{field}: {len(shared) - len(different)}/{len(shared)} equal")
        for name in sorted(different)[: options.show]:
            print(f"  {name}\n    dbt      {sorted(theirs[field][name])}\n    redstart {sorted(ours[field][name])}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
