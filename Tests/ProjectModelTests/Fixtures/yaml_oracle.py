"""Writes yaml_oracle.jsonl: what PyYAML's safe loader makes of many documents.

Dates are kept as text, as redstart does. Run it with PyYAML 6 after changing the cases.
"""

import json
import pathlib
import struct

import yaml


class Loader(yaml.SafeLoader):
    pass


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

SCALARS = """
yes Yes YES no No NO on On ON off Off OFF true True TRUE false False FALSE y n Y N
yEs tRUE ~ null Null NULL nULL none None
0 1 -1 +1 00 010 -010 08 09 0o17 1_000 1__0 1_ _1 0x1F 0xff -0x10 0b101 0b2 0x 0_ 0_7
1:30 1:60 190:20:30 190:20:30.15 01:30 1:5 -1:30
1.0 1. .5 -.5 +.5 1.5e3 1.5e+3 1.5E-3 1e3 1.e+3 1_0.5 0.0 -0.0 .inf -.inf +.Inf .nan .NaN -.nan .
1.2.3 1.0_0 ._5 .5_ 1e+3 12e03 685.230_15e+03
2020-01-01 2020-1-1 2001-12-14t21:59:43.10-05:00 2020-01-01T00:00:00Z 12-34
foo foo:bar a#b -foo ?foo :foo s3://bucket/key http://x.y/z 9223372036854775807
-9223372036854775807 1.7976931348623157e+308 v1 1.0.0 0.1 3.14159 + - ..
""".split()
SCALARS = [word for word in SCALARS if word not in ("-",)]

DOCUMENTS = [
    "",
    "# only a comment\n",
    "---\n",
    "a: 1\nb: [1, two, 3.0, ~]\nc: {d: e, f: }\n",
    "- a\n- - b\n  - c\n-\n  d: e\n",
    "base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3, z: 4}\n",
    "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\nd: {z: 0, <<: *b, x: 9}\n",
    "list: &l [1, 2]\nagain: *l\nkey: *l\n",
    "a: 1\na: 2\nb: 3\na: 4\n",
    "folded: >\n  one\n  two\n\n  three\nliteral: |\n  one\n   two\n\nkeep: |+\n  x\n\nstrip: >-\n  y\n",
    "'single ''quoted''': \"double \\\"\\n\\u00e9\\x41\"\n",
    "plain text\n  over two\n  lines\n",
    "key: plain text\n  over two\n  lines\n",
    "str: !!str 010\nint: !!int \"3\"\nfloat: !!float 1\nbool: !!bool \"yes\"\nnothing: !!null \"\"\n",
    "bang: ! 12\n",
    "\ufeffbom: yes\n",
    "ключ: значение\nemoji: \"🎵\"\n\u00e9: [\u00fc, \u00df]\n",
    "a:\n  - b: 1\n    c: 2\n  - d\n",
    "a:\n- b\n- c\n",
    "quoted: ['yes', \"010\", 'null', \"~\"]\n",
    "? complex\n: value\n",
    "empty: ''\nnothing:\nspace: ' '\n",
    "models:\n  my:\n    +materialized: table\n    +tags: [a, b]\n    staging: {+schema: s}\n",
    "sql: \"{{ ref('x') }} -- {{ var(\\\"y\\\") }}\"\n",
    "a: b: c".replace(": c", ":c"),
    "crlf: 1\r\nnext: two\r\n",
    "tab:\tvalue\n",
    "url: http://a/b?c=d&e#f\n",
    "a: [b, c,]\nd: {e: f,}\n",
    "json: {\"a\":1,\"b\":[true,null]}\n",
    "long: |2\n    indented\n  less\n",
    "--- {a: 1}\n...\n",
    "%YAML 1.1\n---\na: yes\n",
]


def show(value):
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int):
        return f"i{value}"
    if value != value:
        return "nan"
    if isinstance(value, float):
        return "f" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(show, value)) + "]"
    pairs = (json.dumps(str(k), ensure_ascii=False) + ":" + show(v) for k, v in value.items())
    return "{" + ",".join(pairs) + "}"


with open(pathlib.Path(__file__).with_name("yaml_oracle.jsonl"), "w") as out:
    for text in ["- " + word for word in SCALARS] + DOCUMENTS:
        try:
            expected = show(yaml.load(text, Loader))
        except (yaml.YAMLError, ValueError):
            # What PyYAML refuses is covered by the tests of errors.
            continue
        out.write(json.dumps({"yaml": text, "expected": expected}, ensure_ascii=False) + "\n")
