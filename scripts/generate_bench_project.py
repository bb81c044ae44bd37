"""Writes a project of N models and N tests, shaped like a warehouse: sources, staging, marts.

Usage: generate_bench_project.py FOLDER N
"""

import pathlib
import sys


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    count = int(sys.argv[2])
    (root / "models").mkdir(parents=True)
    (root / "project.yml").write_text(
        "name: thousand\nversion: '1.0'\ntarget: local\n"
        "targets:\n  local: { type: local, schema: thousand, threads: 2 }\n"
        "models:\n  thousand:\n    +materialized: view\n"
    )
    (root / "macros").mkdir()
    (root / "macros" / "cents.sql").write_text(
        "{% macro cents(column, digits=2) %}\n"
        "round({{ column }} / 100.0, {{ digits }})\n{% endmacro %}\n"
    )
    layers = 10
    per_layer = max(1, count // layers)
    for number in range(count):
        layer = number // per_layer
        folder = root / "models" / f"layer_{layer}"
        folder.mkdir(exist_ok=True)
        name = f"model_{number}"
        if layer == 0:
            sql = (
                "{{ config(materialized='table', tags=['base']) }}\n\n"
                "select\n    " + ",\n    ".join(f"{i} as column_{i}" for i in range(10)) + "\n"
            )
        else:
            first = (layer - 1) * per_layer + number % per_layer
            second = (layer - 1) * per_layer + (number * 7 + 3) % per_layer
            sql = (
                "with base as (\n    select * from {{ ref('model_%d') }}\n),\n\n"
                "other as (\n    select\n        column_0,\n        column_1 as other_1\n"
                "    from {{ ref('model_%d') }}\n    where column_2 > {{ var('minimum', 0) }}\n)\n\n"
                "select\n    base.column_0,\n    base.column_1,\n    base.column_2,\n"
                "    {{ cents('base.column_3') }} as column_3,\n"
                "    {%% for i in range(4, 10) %%}\n"
                "    coalesce(base.column_{{ i }}, 0) as column_{{ i }}"
                "{%% if not loop.last %%},{%% endif %%}\n    {%% endfor %%}\n"
                "from base\nleft join other\n    on base.column_0 = other.column_0\n"
                "    and base.column_1 = other.other_1\n" % (first, second)
            )
        (folder / f"{name}.sql").write_text(sql)
    for layer in range((count + per_layer - 1) // per_layer):
        lines = ["version: 2", "models:"]
        for number in range(layer * per_layer, min(count, (layer + 1) * per_layer)):
            lines += [
                f"  - name: model_{number}",
                f"    description: Model number {number}",
                "    columns:",
                "      - name: column_0",
                "        data_tests: [not_null]",
            ]
        (root / "models" / f"layer_{layer}" / "schema.yml").write_text("\n".join(lines) + "\n")


main()
