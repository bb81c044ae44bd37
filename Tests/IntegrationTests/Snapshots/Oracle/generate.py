"""Writes cases.json: what dbt makes of the histories of many small tables.

    python3 -m venv venv && venv/bin/pip install "dbt-core==1.11.*" dbt-postgres
    venv/bin/python generate.py --port 5432

Needs a PostgreSQL 15 in which databases may be made and dropped, user postgres on 127.0.0.1 by
trust or PGPASSWORD. The Swift tests only read the result: they make the same changes to the same
tables, run `redstart snapshot` after each step and ask the same query.

With --redstart PROGRAM nothing is written: both tools run on databases of their own, by other
random changes with each --seed, and their histories are compared after each step. With --turns
they take turns on one database, which must come to the same.

    venv/bin/python generate.py --port 5432 --redstart ../../../../.build/debug/redstart --seed 7

Times of a run differ from run to run, so each is shown as "now", and what is hashed from one as
"hash"; all source times are from before 2025.
"""

import argparse
import hashlib
import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import psycopg2
from dbt.cli.main import dbtRunner

STEPS = 7

STRATEGIES = {
    "timestamp": {"strategy": "timestamp", "updated_at": "updated"},
    "check_all": {"strategy": "check", "check_cols": "all"},
    "check_some": {"strategy": "check", "check_cols": ["val", "note"]},
    "check_time": {"strategy": "check", "check_cols": ["val", "note"], "updated_at": "updated"},
}
KEYS = {"one": "id", "two": ["kind", "code"], "expression": "kind || '-' || code"}
DELETES = ["ignore", "invalidate", "new_record"]
ENDS = {"null": None, "far": "cast('9999-12-31' as timestamp)"}

NAMES = {
    "dbt_valid_from": "begins",
    "dbt_valid_to": "ends",
    "dbt_scd_id": "version",
    "dbt_updated_at": "changed",
    "dbt_is_deleted": "gone",
}

# Each row of a history as text: its columns by name, times of runs and hashes of them replaced.
PROBE = """
with rows as (
  {rows}
),
cells as (
  select r.name, r.number, c.key, case
      when c.value is null then '-'
      when c.value ~ '^20(2[5-9]|[3-9][0-9])-' then 'now'
      when c.key in ('dbt_scd_id', 'version')
        and coalesce(r.row ->> 'dbt_updated_at', r.row ->> 'changed') ~ '^20(2[5-9]|[3-9][0-9])-'
        then 'hash'
      else c.value
    end as value
  from rows as r, jsonb_each_text(r.row) as c
)
select line
from (
  select name || ': ' || string_agg(key || '=' || value, ' ' order by key collate "C") as line
  from cells
  group by name, number
) as lines
order by line collate "C"
"""


def cases():
    matrix = itertools.product(STRATEGIES, KEYS, DELETES, ENDS)
    for strategy, key, deletes, end in matrix:
        config = dict(STRATEGIES[strategy], unique_key=KEYS[key], hard_deletes=deletes)
        if ENDS[end]:
            config["dbt_valid_to_current"] = ENDS[end]
        yield f"{strategy}_{key}_{deletes}_{end}", config
    for deletes in DELETES:
        yield f"names_{deletes}", dict(
            STRATEGIES["timestamp"],
            unique_key="id",
            hard_deletes=deletes,
            snapshot_meta_column_names=NAMES,
        )
        yield f"names_check_{deletes}", dict(
            STRATEGIES["check_all"],
            unique_key=["kind", "code"],
            hard_deletes=deletes,
            snapshot_meta_column_names=NAMES,
            dbt_valid_to_current=ENDS["far"],
        )
    yield "legacy", dict(
        STRATEGIES["timestamp"], unique_key="id", invalidate_hard_deletes=True
    )
    yield "legacy_off", dict(
        STRATEGIES["check_some"], unique_key="id", invalidate_hard_deletes=False
    )


def literal(value):
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


class Table:
    """A source table and the changes that happen to it."""

    def __init__(self, name, config, seed):
        self.name = name
        self.is_checked = config["strategy"] == "check"
        self.random = random.Random(f"{seed}{name}")
        self.rows = {}
        self.gone = {}
        self.clock = 0
        self.has_extra = False
        self.has_note = True
        # Where a version would be closed at no time at all, dbt leaves two current versions, which
        # redstart refuses to do.
        self.may_lack_time = not name.startswith("check_time") and "new_record" not in name
        # dbt never takes another version of a row that began without a time; redstart does.
        self.keeps_lacking_time = name.startswith("timestamp")

    def time(self):
        self.clock += self.random.randint(1, 90_000)
        day, second = divmod(self.clock, 86_400)
        hour, rest = divmod(second, 3600)
        fraction = self.random.choice(["", ".5", ".123456"])
        return f"2024-{1 + day // 28:02}-{1 + day % 28:02} {hour:02}:{rest // 60:02}:{rest % 60:02}{fraction}"

    def insert(self, row):
        names = ["id", "kind", "code", "val", "updated"] + (["note"] if self.has_note else [])
        names += ["extra"] if self.has_extra else []
        values = ", ".join(literal(row.get(name)) for name in names)
        return f"insert into src.{self.name} ({', '.join(names)}) values ({values});"

    def new(self, number):
        row = {
            "id": number,
            "kind": self.random.choice("ab"),
            "code": f"c{number}",
            "val": self.random.choice([1, 2, None]),
            "note": self.random.choice(["x", "y", "", None]),
            "updated": self.time() if self.random.random() < 0.9 or not self.may_lack_time else None,
        }
        self.rows[number] = row
        return self.insert(row)

    def stays_without_time(self, row):
        return self.keeps_lacking_time and row["updated"] is None

    def later(self, row):
        time = self.time()
        return None if self.stays_without_time(row) else time

    def step(self, number):
        choose = self.random
        if number == 0:
            made = [
                f"create table src.{self.name} (id int, kind text, code text, val int, "
                "note text, updated timestamp);"
            ]
            return made + [self.new(key) for key in range(1, 6)]
        sql = []
        if number == 3 and choose.random() < 0.4:
            self.has_extra = True
            sql.append(f"alter table src.{self.name} add column extra text;")
        # A column that is compared cannot go.
        if number == 5 and choose.random() < 0.3 and not self.is_checked:
            self.has_note = False
            sql.append(f"alter table src.{self.name} drop column note;")
        for _ in range(choose.randint(0, 5)):
            kind = choose.choice(["new", "late", "same", "early", "delete", "back", "nothing", "null"])
            keys = sorted(self.rows)
            if kind == "new":
                sql.append(self.new(10 * number + len(self.rows) + len(self.gone) + 1))
            elif kind == "back" and self.gone:
                key = choose.choice(sorted(self.gone))
                row = self.gone.pop(key)
                if choose.random() < 0.5:
                    row["updated"] = self.later(row)
                self.rows[key] = row
                sql.append(self.insert(row))
            elif keys:
                key = choose.choice(keys)
                row = self.rows[key]
                if kind == "delete":
                    self.gone[key] = self.rows.pop(key)
                    sql.append(f"delete from src.{self.name} where id = {key};")
                    continue
                changes = {}
                if kind in ("late", "same", "early"):
                    changes["val"] = choose.choice([1, 2, 3, None])
                    if self.has_note:
                        changes["note"] = choose.choice(["x", "z", "", None])
                    if self.has_extra:
                        changes["extra"] = choose.choice(["e", None])
                if kind == "late":
                    changes["updated"] = self.later(row)
                if kind == "early" and not self.stays_without_time(row):
                    changes["updated"] = "2024-01-01 00:00:00"
                if kind == "null" and self.may_lack_time:
                    changes["updated"] = None
                if changes:
                    row.update(changes)
                    parts = ", ".join(f"{k} = {literal(v)}" for k, v in changes.items())
                    sql.append(f"update src.{self.name} set {parts} where id = {key};")
        return sql


def argument(value):
    return json.dumps(value) if not isinstance(value, bool) else str(value)


def project(all_cases):
    """The files of a project that dbt and redstart read alike."""
    files = {}
    sources = "version: 2\nsources:\n  - name: src\n    schema: src\n    tables:\n"
    yaml = "snapshots:\n"
    for number, (name, config) in enumerate(all_cases):
        sources += f"      - name: {name}\n"
        if number % 3 == 2:
            yaml += f"  - name: {name}\n    relation: source('src', '{name}')\n"
            yaml += f"    config: {json.dumps(dict(config, target_schema='hist'))}\n"
            continue
        settings = ", ".join(f"{key}={argument(value)}" for key, value in config.items())
        files.setdefault(f"snapshots/group_{number % 7}.sql", "")
        files[f"snapshots/group_{number % 7}.sql"] += (
            f"{{% snapshot {name} %}}\n"
            f"{{{{ config(target_schema='hist', {settings}) }}}}\n"
            f"select * from {{{{ source('src', '{name}') }}}}\n"
            "{% endsnapshot %}\n"
        )
    files["snapshots/snapshots.yml"] = sources + yaml
    return files


# A project whose snapshots are declared in every way, for what the manifest says of them.
DECLARED = {
    "dbt_project.yml": """
name: shop
version: "1.0"
profile: shop
snapshots:
  shop:
    +tags: [history]
    sub:
      several:
        +tags: [deep]
        one:
          +dbt_valid_to_current: "cast('9999-12-31' as timestamp)"
flags: {send_anonymous_usage_stats: false}
""",
    "models/m.sql": "select 1 as id, 2 as b, current_timestamp::timestamp as ts\n",
    "models/n.sql": "select * from {{ ref('one') }}\n",
    "snapshots/sub/several.sql": """{# {% snapshot commented_out %} #}
{% snapshot one %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='ts', target_schema='hist') }}
  select * from {{ ref('m') }}
{% endsnapshot %}
text between
{%- snapshot two -%}{{ config(strategy='check', unique_key=['id', 'b'], check_cols='all', schema='custom', alias='second') }}select * from {{ source('raw', 't') }}
{% endsnapshot %}
""",
    "snapshots/sub/snaps.yml": """
version: 2
sources:
  - name: raw
    tables: [{name: t}]
snapshots:
  - name: three
    relation: ref('m')
    description: third
    columns:
      - name: id
        description: the key
        data_tests: [not_null]
    config:
      strategy: timestamp
      unique_key: id
      updated_at: ts
      hard_deletes: invalidate
      snapshot_meta_column_names: {dbt_valid_to: until}
  - name: one
    description: first
    config: {tags: [patched], updated_at: other, meta: {owner: me}}
    columns:
      - name: id
        data_tests: [unique]
""",
}
VOLATILE = ["created_at", "unrendered_config", "compiled_path", "build_path"]


def manifest(profiles):
    """What dbt's manifest says of snapshots and their tests."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in (DECLARED | {"profiles.yml": profiles.replace("history:", "shop:", 1)}).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        words = ["--quiet", "parse", "--project-dir", folder, "--profiles-dir", folder]
        if not dbtRunner().invoke(words).success:
            sys.exit("dbt cannot parse the declarations")
        whole = json.loads((root / "target/manifest.json").read_text())
        found = {}
        for name, node in whole["nodes"].items():
            if node["resource_type"] in ("snapshot", "test"):
                found[name] = {k: v for k, v in node.items() if k not in VOLATILE}
        return {"files": DECLARED, "nodes": found, "parents": whole["parent_map"]}


def probe(names):
    rows = "\n  union all\n  ".join(
        f"select '{name}' as name, row_number() over () as number, to_jsonb(t) as row from hist.{name} as t"
        for name in names
    )
    return PROBE.replace("{rows}", rows)


def digest(lines):
    return hashlib.md5("\n".join(lines).encode()).hexdigest()


class Side:
    """One database with a project, whose snapshots one of the tools runs."""

    def __init__(self, port, name, files):
        self.folder = tempfile.TemporaryDirectory()
        password = os.environ.get("PGPASSWORD", "x")
        arguments = dict(host="127.0.0.1", port=port, user="postgres", password=password)
        server = psycopg2.connect(dbname="postgres", **arguments)
        server.autocommit = True
        server.cursor().execute(f"drop database if exists {name}")
        server.cursor().execute(f"create database {name}")
        server.close()
        self.database = psycopg2.connect(dbname=name, **arguments)
        self.database.autocommit = True
        self.cursor = self.database.cursor()
        self.cursor.execute("create schema src")
        self.profiles = (
            "history:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: 127.0.0.1, "
            f"port: {port}, user: postgres, password: '{password}', dbname: {name}, "
            "schema: hist, threads: 4}\n"
        )
        project = (
            "name: history\nversion: '1.0'\nprofile: history\n"
            "flags: {send_anonymous_usage_stats: false}\n"
        )
        everything = files | {"dbt_project.yml": project, "profiles.yml": self.profiles}
        for path, text in everything.items():
            path = pathlib.Path(self.folder.name) / path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def change(self, sql):
        if sql:
            self.cursor.execute(sql)

    def dbt(self):
        folder = self.folder.name
        words = ["--quiet", "snapshot", "--project-dir", folder, "--profiles-dir", folder]
        result = dbtRunner().invoke(words)
        failed = [r for r in result.result.results if str(r.status) != "success"]
        if failed:
            sys.exit("\n".join(f"dbt: {r.node.name}: {r.message}" for r in failed))

    def redstart(self, program):
        words = [program, "snapshot", "-q", "--profiles-dir", "."]
        result = subprocess.run(words, cwd=self.folder.name, capture_output=True, text=True)
        if result.returncode:
            sys.exit(f"redstart: {result.stdout}{result.stderr}")

    def histories(self, names):
        self.cursor.execute(probe(names))
        found = {name: [] for name in names}
        for (line,) in self.cursor.fetchall():
            name, row = line.split(": ", 1)
            found[name].append(row)
        return found


def compare(options, names, tables, files):
    """Runs both tools, and says where they differ."""
    reference = Side(options.port, "snapshots_dbt", files)
    tried = Side(options.port, "snapshots_redstart", files)
    compared, wrong = 0, set()
    for number in range(STEPS):
        changes = "\n".join(line for table in tables for line in table.step(number))
        for side in (reference, tried):
            side.change(changes)
        reference.dbt()
        if options.turns and (number + options.seed) % 2:
            tried.dbt()
        else:
            tried.redstart(options.redstart)
        expected, found = reference.histories(names), tried.histories(names)
        for name in names:
            compared += 1
            if expected[name] != found[name] and name not in wrong:
                wrong.add(name)
                print(f"step {number}: {name} differs")
                for row in sorted(set(expected[name]) ^ set(found[name])):
                    print("  dbt     " if row in expected[name] else "  redstart", row)
    print(f"{compared} histories compared, {len(wrong)} differ")
    sys.exit(1 if wrong else 0)


def record(options, names, tables, files):
    """Writes cases.json."""
    side = Side(options.port, "snapshots_dbt", files)
    steps, digests, final = [], {name: [] for name in names}, {}
    for number in range(STEPS):
        steps.append("\n".join(line for table in tables for line in table.step(number)))
        side.change(steps[-1])
        side.dbt()
        final = side.histories(names)
        for name in names:
            digests[name].append(digest(final[name]))
    result = {
        "declared": manifest(side.profiles),
        "files": files,
        "probe": probe(names),
        "steps": steps,
        "cases": [
            {"name": name, "digests": digests[name], "final": final[name]} for name in names
        ],
    }
    target = pathlib.Path(__file__).with_name("cases.json")
    target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    rows = sum(len(case["final"]) for case in result["cases"])
    print(f"{len(names)} histories, {STEPS} steps, {rows} versions at the end")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=5432)
    parser.add_argument("--redstart")
    parser.add_argument("--turns", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    all_cases = list(cases())
    names = [name for name, _ in all_cases]
    tables = [Table(name, config, options.seed or "") for name, config in all_cases]
    files = project(all_cases)
    (compare if options.redstart else record)(options, names, tables, files)


if __name__ == "__main__":
    main()
