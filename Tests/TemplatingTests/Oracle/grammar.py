"""A seeded generator of templates: expressions of known types, with a wrong one now and then."""

NAMES = {
    "int": ["n", "xs[0]", "xs|length", "loop_free", "users[0].age"],
    "float": ["f"],
    "str": ["name", "text", "html", "words[1]", "users[1].city"],
    "list": ["xs", "words", "users|map(attribute='age')|list", "text.split()"],
    "dict": ["d", "users[0]", "d.c"],
    "bool": ["flag", "flag and n", "nope is defined"],
    "none": ["nothing", "none"],
    "undefined": ["nope", "d.nope"],
}
INT = "int"
WAYS = [", 'ceil'", ", 'floor'"]
PERCENT = ["'%s'", "'%d'", "'%5.2f'", "'%r'", "'%05d'", "'%x'", "'%e'", "'%g'", "'%-6s|'", "'%+d'"]
BRACES = ["'{}'", "'{:>8}'", "'{:<8}|'", "'{:^9}'", "'{:,}'", "'{:.2f}'", "'{:05}'", "'{!r}'", "'{:e}'", "'{:g}'", "'{:x}'", "'{:+}'", "'{:%}'", "'{:08.3f}'"]
LIST_FILTERS = ["sort", "reverse|list", "unique|list", "list", "sort(reverse=true)", "batch(2)|list", "slice(2)|list", "map('string')|list", "select|list", "reject|list", "map('upper')|list", "select('string')|list", "select('number')|list", "map('length')|list", "sort(case_sensitive=true)", "map('int')|list", "reject('none')|list", "select('gt', 1)|list"]
SPLITS = ["split()", "split(',')", "rsplit(',', 1)", "splitlines()", "partition('b')|list", "split('')"]
TESTS = ["defined", "none", "number", "string", "iterable", "mapping", "sequence", "integer", "float", "boolean", "true", "false", "callable", "undefined", "lower", "upper", "odd", "even", "divisibleby(2)", "eq(1)", "in([1, 'a'])"]
CHECKS = ["isalpha()", "isdigit()", "islower()", "isupper()", "isspace()", "isalnum()", "istitle()", "startswith('a')", "endswith('b')", "isidentifier()"]
TYPES = ["int", "float", "str", "list", "dict", "bool"]


class Generator:
    def __init__(self, random):
        self.random = random

    def pick(self, *choices):
        return self.random.choice(choices)

    def literal(self, kind):
        r = self.random
        if kind == "int":
            return self.pick(str(r.randint(-3, 9)), str(r.randint(-1000, 1000)), "0", "1", str(2 ** r.randint(30, 66)))
        if kind == "float":
            return self.pick("0.5", "1.0", "2.25", "-3.75", "1e3", "1e-3", "0.1", "1e17", str(round(r.uniform(-50, 50), 3)))
        if kind == "str":
            return self.pick("'a'", "'Hello World'", "''", "'a,b,c'", "\"it's\"", "'x-y_z'", "'12'", "'3.5'", "'  pad '", "'é😀'", "'%s|%5s'", "'{}-{}'", "'A\\nb'", "'<b>&'")
        if kind == "bool":
            return self.pick("true", "false")
        if kind == "none":
            return "none"
        if kind == "undefined":
            return "nope"
        if kind == "list":
            inner = self.pick("int", "str", "float", "any")
            return "[" + ", ".join(self.literal(self.type(inner)) for _ in range(r.randint(0, 4))) + "]"
        keys = r.sample(["a", "b", "c", "key", "A"], r.randint(0, 3))
        return "{" + ", ".join(f"'{key}': {self.literal(self.type('any'))}" for key in keys) + "}"

    def type(self, kind):
        return self.pick(*TYPES, "none") if kind == "any" else kind

    def expression(self, kind, depth):
        r = self.random
        if kind == "any":
            kind = self.type("any")
        # A value of another type, now and then: errors have to agree as well.
        if r.random() < 0.05:
            kind = self.pick(*TYPES, "none", "undefined")
        if depth <= 0 or kind in ("none", "undefined"):
            if r.random() < 0.45:
                name = self.pick(*NAMES[kind])
                if name != "loop_free":
                    return name
            return self.literal(kind)
        make = getattr(self, "make_" + kind)
        text = make(depth - 1)
        return f"({text})" if r.random() < 0.5 else text

    def e(self, kind, depth):
        return self.expression(kind, depth)

    def make_int(self, d):
        e = self.e
        return self.pick(
            lambda: f"{e('int', d)} {self.pick('+', '-', '*', '//', '%')} {e('int', d)}",
            lambda: f"{e('int', d)} ** {self.random.randint(0, 5)}",
            lambda: f"-{e('int', d)}",
            lambda: f"{e(self.pick('str', 'list', 'dict'), d)}|{self.pick('length', 'count')}",
            lambda: f"{e(self.pick('str', 'float', 'int', 'bool'), d)}|int",
            lambda: f"{e('int', d)}|abs",
            lambda: f"{e('str', d)}.{self.pick('find', 'count', 'rfind')}({e('str', d)})",
            lambda: f"[{e('int', d)}, {e('int', d)}]|{self.pick('sum', 'min', 'max', 'first', 'last')}",
            lambda: f"({e('int', d)} if {e('bool', d)} else {e('int', d)})",
            lambda: f"{e('list', d)}.count({e('any', d)})",
            lambda: f"{e('str', d)}|wordcount",
            lambda: f"{e('float', d)}|round|int",
        )()

    def make_float(self, d):
        e = self.e
        return self.pick(
            lambda: f"{e('float', d)} {self.pick('+', '-', '*', '/', '//', '%')} {e(self.pick('float', 'int'), d)}",
            lambda: f"{e('int', d)} / {e('int', d)}",
            lambda: f"{e('float', d)}|round({self.random.randint(-2, 4)}{self.pick('', '', *WAYS)})",
            lambda: f"{e(self.pick('str', 'int', 'float'), d)}|float",
            lambda: f"{e('float', d)}|abs",
            lambda: f"{e('int', d)} ** {self.pick('-1', '0.5', '-2')}",
        )()

    def make_str(self, d):
        e = self.e
        r = self.random
        method = self.pick("upper()", "lower()", "title()", "capitalize()", "strip()", "swapcase()", "lstrip()", "casefold()", "zfill(6)", "center(9, '*')", "ljust(7)", "rjust(7)", "expandtabs()", f"replace({self.literal('str')}, {self.literal('str')})", f"removeprefix({self.literal('str')})")
        filter_ = self.pick("upper", "lower", "title", "capitalize", "trim", "e", "string", "urlencode", "striptags", "reverse", "replace('a', 'b')", "truncate(6)", "truncate(8, true)", "center(9)", "indent(2)", "indent(2, true)", "wordwrap(6)", "first", "last", "default('z', true)", "forceescape", "safe", "join('-')", "pprint", "tojson", "format(1, 2)", "list|join", "sort|join", "unique|join")
        return self.pick(
            lambda: f"{e('any', d)} ~ {e('any', d)}",
            lambda: f"{e('str', d)} + {e('str', d)}",
            lambda: f"{e('str', d)} * {r.randint(-1, 3)}",
            lambda: f"{e('str', d)}.{method}",
            lambda: f"{e('str', d)}.{method}",
            lambda: f"{e('str', d)}|{filter_}",
            lambda: f"{e('str', d)}|{filter_}",
            lambda: f"{e('any', d)}|string",
            lambda: f"{e('str', d)}[{self.pick('0', '-1', '1:', ':2', '::2', '::-1', '1:3', '-2:', '9')}]",
            lambda: f"{e('list', d)}|join({self.literal('str')})",
            lambda: f"{self.pick(*PERCENT)} % {e('any', d)}",
            lambda: f"'%s/%s' % ({e('any', d)}, {e('any', d)})",
            lambda: f"{self.pick(*BRACES)}.format({e('any', d)})",
            lambda: f"({e('str', d)} if {e('bool', d)} else {e('str', d)})",
            lambda: f"{e('any', d)}|{self.pick('tojson', 'pprint', 'e')}",
            lambda: f"tojson({e('any', d)})",
            lambda: f"local_md5({e('str', d)})",
            lambda: f"modules.re.sub('[a-c]', 'X', {e('str', d)})",
        )()

    def make_list(self, d):
        e = self.e
        return self.pick(
            lambda: f"[{e('any', d)}, {e('any', d)}]",
            lambda: f"({e('any', d)}, {e('any', d)})|list",
            lambda: f"{e('list', d)} + {e('list', d)}",
            lambda: f"{e('list', d)} * {self.random.randint(0, 2)}",
            lambda: f"{e('list', d)}[{self.pick('1:', ':2', '::-1', '-2:', '::2')}]",
            lambda: f"{e('list', d)}|{self.pick(*LIST_FILTERS)}",
            lambda: f"{e('str', d)}.{self.pick(*SPLITS)}",
            lambda: f"{e('str', d)}|list",
            lambda: f"range({self.random.randint(-2, 6)})|list",
            lambda: f"{e('dict', d)}|{self.pick('list', 'dictsort', 'items|list')}",
            lambda: f"{e('dict', d)}.{self.pick('keys()|list', 'values()|list', 'items()|list')}",
            lambda: f"zip({e('list', d)}, {e('list', d)})|list",
            lambda: f"[{e('dict', d)}, {e('dict', d)}]|map(attribute='a')|list",
            lambda: f"set({e('list', d)})|sort(case_sensitive=true)",
        )()

    def make_dict(self, d):
        e = self.e
        return self.pick(
            lambda: f"{{'k': {e('any', d)}, {e('str', d)}: {e('any', d)}}}",
            lambda: f"dict({e('dict', d)}, z={e('any', d)})",
            lambda: f"{e('dict', d)}.copy()",
            lambda: f"fromjson(tojson({e('dict', d)}))",
            lambda: f"dict(zip({e('list', d)}, {e('list', d)}))",
        )()

    def make_bool(self, d):
        e = self.e
        return self.pick(
            lambda: f"{e('any', d)} {self.pick('==', '!=')} {e('any', d)}",
            lambda: f"{e('int', d)} {self.pick('<', '>', '<=', '>=')} {e(self.pick('int', 'float'), d)}",
            lambda: f"{e('str', d)} {self.pick('<', '>', '<=', 'in', 'not in')} {e('str', d)}",
            lambda: f"{e('int', d)} < {e('int', d)} <= {e('int', d)}",
            lambda: f"{e('any', d)} {self.pick('in', 'not in')} {e(self.pick('list', 'dict'), d)}",
            lambda: f"not {e('any', d)}",
            lambda: f"{e('bool', d)} {self.pick('and', 'or')} {e('bool', d)}",
            lambda: f"{e('any', d)} is {self.pick('', 'not ')}{self.pick(*TESTS)}",
            lambda: f"{e('str', d)}.{self.pick(*CHECKS)}",
            lambda: f"{e('list', d)} == {e('list', d)}",
            lambda: f"{e('list', d)} < {e('list', d)}",
        )()

    # Statements.

    def block(self, depth):
        r = self.random
        parts = []
        for _ in range(r.randint(1, 3)):
            parts.append(self.statement(depth))
        return "".join(parts)

    def tag(self, text):
        left = self.pick("{%", "{%", "{%", "{%-", "{%+")
        right = self.pick("%}", "%}", "%}", "-%}", "+%}")
        return f"{left} {text} {right}"

    def statement(self, depth):
        r = self.random
        e = self.e
        if depth <= 0:
            return self.pick(
                lambda: f"{{{{ {e('any', 1)} }}}}",
                lambda: self.pick(" a\n", "  b ", "\n", "select 1", "\t x\n\n"),
                lambda: f"{{{{- {e('any', 0)} -}}}}",
                lambda: f"{{{{ v{r.randint(0, 2)} }}}}",
                lambda: "{# note #}",
            )()
        v = f"v{r.randint(0, 2)}"
        b = lambda: self.block(depth - 1)
        return self.pick(
            lambda: f"{self.tag('if ' + e('bool', 1))}{b()}{self.tag('else')}{b()}{self.tag('endif')}",
            lambda: f"{self.tag('if ' + e('any', 1))}{b()}{self.tag('elif ' + e('bool', 1))}{b()}{self.tag('endif')}",
            lambda: f"{self.tag(f'for {v} in ' + e('list', 1))}{{{{ loop.index }}}}{b()}{self.tag('endfor')}",
            lambda: f"{self.tag(f'for {v} in xs if {v} > 1')}{b()}{{{{ {v} }}}}{self.tag('else')}{b()}{self.tag('endfor')}",
            lambda: f"{self.tag(f'for {v} in range(4)')}{self.tag(f'if {v} == 2')}{self.tag(self.pick('break', 'continue'))}{self.tag('endif')}{{{{ {v} }}}}{b()}{self.tag('endfor')}",
            lambda: f"{self.tag('for k, ' + v + ' in ' + e('dict', 1) + '.items()')}{{{{ k }}}}{{{{ {v} }}}}{b()}{self.tag('endfor')}",
            lambda: f"{self.tag(f'set {v} = ' + e('any', 1))}{b()}{{{{ {v} }}}}",
            lambda: f"{self.tag(f'set {v}')}{b()}{self.tag('endset')}[{{{{ {v} }}}}]",
            lambda: f"{self.tag(f'with {v} = ' + e('any', 1))}{b()}{{{{ {v} }}}}{self.tag('endwith')}{{{{ {v} }}}}",
            lambda: f"{self.tag('filter ' + self.pick('upper', 'trim', 'indent(2)', 'title'))}{b()}{self.tag('endfilter')}",
            lambda: f"{self.tag(f'macro q(a, b={e(INT, 0)})')}{{{{ a }}}}{{{{ b }}}}{b()}{self.tag('endmacro')}{{{{ q({e('any', 0)}) }}}}",
            lambda: f"{self.tag('macro w()')}<{{{{ caller() }}}}>{self.tag('endmacro')}{self.tag('call w()')}{b()}{self.tag('endcall')}",
            lambda: f"{self.tag('set l = []')}{self.tag('do l.append(' + e('any', 1) + ')')}{{{{ l }}}}{b()}",
            lambda: f"{self.tag('set ns = namespace(x=0)')}{self.tag('for i in range(3)')}{self.tag('set ns.x = ns.x + i')}{b()}{self.tag('endfor')}{{{{ ns.x }}}}",
            lambda: f"{self.tag('raw')}{{{{ {v} }}}} {self.tag('endraw')}".replace("+%}", "%}"),
        )()


def templates(random):
    generator = Generator(random)
    result = []
    while len(result) < 1100:
        result.append("[{{ " + generator.expression("any", random.randint(1, 3)) + " }}]")
    while len(result) < 1500:
        result.append(generator.block(random.randint(1, 3)))
    return [text for text in result if len(text) < 600]
