"""Writes cases.jsonl: what dbt's own template environment makes of a corpus of templates.

    pip install dbt-core==1.11.16 dbt-postgres==1.11.0
    python3 generate.py

The environments, the macro generator and the base context are dbt's. The Swift tests only read
the result. One case is one line:

    t  the template           m  a file of macros that the template can call
    k  "native" (YAML strings) or "parse" (undefined names absorb everything)
    e  the text; of native values, their repr()
    x  the class of the error, l  the line it names (of errors while rendering)
"""

import decimal
import json
import pathlib
import random
import sys
import traceback
import warnings
from argparse import Namespace

import jinja2
import jinja2.parser

from dbt.flags import set_from_args

set_from_args(Namespace(), None)

from dbt.clients.jinja import MacroGenerator  # noqa: E402
from dbt.context.base import BaseContext  # noqa: E402
from dbt_common.clients.jinja import (  # noqa: E402
    extract_toplevel_blocks,
    get_environment,
    template_cache,
)

import corpus_dbt  # noqa: E402
import corpus_decimal  # noqa: E402
import corpus_jinja  # noqa: E402
import grammar  # noqa: E402
import scopes  # noqa: E402

warnings.simplefilter("ignore")

CONTEXT = {
    "name": "world",
    "n": 42,
    "f": 2.5,
    "flag": True,
    "nothing": None,
    "text": "The quick brown fox jumps over the lazy dog",
    "xs": [3, 1, 2],
    "words": ["banana", "Apple", "cherry", "apple"],
    "d": {"b": 1, "a": 2, "c": {"x": [10, 20, {"y": "deep"}]}},
    "users": [
        {"name": "Ann", "age": 31, "city": "Berlin", "address": {"zip": "1"}},
        {"name": "bob", "age": 25, "city": "Paris", "address": {"zip": "2"}},
        {"name": "Cid", "age": 25, "city": "berlin", "address": {"zip": "3"}},
    ],
    "html": "<b>\"x\" & 'y'</b>",
}

BASE_NAMES = [
    "return", "fromjson", "tojson", "fromyaml", "toyaml", "set", "set_strict", "zip", "zip_strict",
    "local_md5", "diff_of_two_dicts", "modules", "log", "print",
]


class Macro:
    def __init__(self, name, macro_sql):
        self.name = name
        self.macro_sql = macro_sql
        self.unique_id = "macro.p." + name
        self.original_file_path = "macros/m.sql"


def base_context():
    base = BaseContext({}).to_dict()
    context = {name: base[name] for name in BASE_NAMES}
    context["print"] = lambda msg: ""
    context["log"] = lambda msg, info=False: ""
    context.update(json.loads(json.dumps(CONTEXT)))
    context["decimal"] = decimal.Decimal
    return context


def unmangled(environment):
    """dbt renames macros inside of a file; a template's own macros are tested as Jinja has them."""

    from dbt_common.clients.jinja import MacroFuzzParser

    class Parser(MacroFuzzParser):
        parse_macro = jinja2.parser.Parser.parse_macro

    def _parse(source, name, filename):
        return Parser(environment, source, name, filename).parse()

    environment._parse = _parse
    return environment


def root_error(error):
    seen = error
    while True:
        inner = getattr(seen, "exc", None) or seen.__cause__
        if not isinstance(inner, BaseException):
            return seen
        seen = inner


def line_of(error):
    line = None
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in ("<template>", "<unknown>"):
            line = frame.lineno
    return line


def render(case):
    template_cache.clear()
    kind = case.get("k")
    environment = get_environment(None, capture_macros=kind == "parse", native=kind == "native")
    source = case["t"]
    if "macro " in source:
        environment = unmangled(environment)
    context = base_context()
    try:
        for block in extract_toplevel_blocks(
            case.get("m", ""), allowed_blocks={"macro", "test"}, collect_raw_data=False
        ):
            name = block.block_name
            if block.block_type_name == "test":
                name = "test_" + name
            context[name] = MacroGenerator(Macro(name, block.full_block), context)
        template = environment.from_string(source, globals=context)
        value = template.render(context)
        case["e"] = repr(value) if kind == "native" else value
    except Exception as error:
        root = root_error(error)
        case["x"] = type(root).__name__
        if not isinstance(root, jinja2.TemplateSyntaxError) and "m" not in case:
            line = line_of(error)
            if line is not None:
                case["l"] = line
    return case


def templates():
    seen = set()

    def fresh(case):
        key = json.dumps(case, sort_keys=True)
        if key in seen:
            return False
        seen.add(key)
        return True

    everything = [{"t": "[{{ " + line + " }}]"} for line in lines(corpus_jinja.EXPRESSIONS)]
    everything += [{"t": text} for text in corpus_jinja.TEMPLATES + corpus_jinja.ERRORS]
    everything += [{"t": text} for text in corpus_jinja.CONDITIONAL]
    everything += [{"t": "[{{ " + line + " }}]"} for line in lines(corpus_dbt.EXPRESSIONS)]
    everything += [{"t": text} for text in corpus_dbt.TEMPLATES]
    everything += [{"m": corpus_dbt.MACROS, "t": text} for text in corpus_dbt.WITH_MACROS]
    everything += [{"t": "[{{ " + line + " }}]"} for line in corpus_decimal.expressions()]
    everything += [{"k": "native", "t": text} for text in corpus_dbt.NATIVE]
    everything += [{"k": "parse", "t": text} for text in corpus_dbt.PARSING]
    everything += [{"t": text} for text in grammar.templates(random.Random(20240229))]
    # These are about values: Jinja's lines of errors are those of other statements now and then.
    everything += [{"t": text, "only": True} for text in scopes.templates(random.Random(7))]
    return [case for case in everything if fresh(case)]


def lines(text):
    return [line for line in text.split("\n") if line.strip()]


def main():
    cases = []
    skipped = 0
    for case in templates():
        only_text = case.pop("only", False)
        render(case)
        text = case.get("e", "")
        if only_text and "x" in case:
            continue
        # Addresses in memory, and what Python names in its own words.
        if " at 0x" in text or "built-in method" in text or "<function" in text or "<class" in text:
            skipped += 1
            continue
        if len(text) > 4000:
            skipped += 1
            continue
        cases.append(case)
    here = pathlib.Path(__file__).parent
    macros = sorted({case["m"] for case in cases if "m" in case})
    for case in cases:
        if "m" in case:
            case["m"] = macros.index(case["m"])
    head = {"jinja": jinja2.__version__, "context": CONTEXT, "macros": macros}
    body = [json.dumps(line, ensure_ascii=True) for line in [head, *cases]]
    (here / "cases.jsonl").write_text("\n".join(body) + "\n")
    failing = sum("x" in case for case in cases)
    print(len(cases), "cases;", failing, "fail; skipped:", skipped, file=sys.stderr)


if __name__ == "__main__":
    main()
