"""A seeded generator of templates about variables: which block sees which value of a name."""

SMALL = [
    "n", "xs", "v0", "v1", "v2", "v3", "name", "d.b", "1", "'s'", "[1, 2]", "v0 is defined",
    "v1|default('-')", "loop.index|default('?')", "ns.x|default('n')",
]
SEQUENCES = ["xs", "range(3)", "words", "[]", "d", "xs|list", "(1, 2)"]
PAIRS = ["d.items()", "[(1, 2), (3, 4)]", "zip(xs, words)|list"]
NESTED = "[[1, [2]], [[3]]]"


class Generator:
    def __init__(self, random):
        self.random = random

    def pick(self, choices):
        return self.random.choice(choices)

    def small(self):
        return self.pick(SMALL)

    def body(self, depth):
        return "".join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def statement(self, depth):
        v, w = (f"v{number}" for number in self.random.sample(range(4), 2))
        if depth <= 0:
            return self.pick([
                f"{{{{ {v} }}}}", f"[{{{{ {v} }}}}]", "\n", " t ", f"{{{{ {self.small()} }}}}",
                f"{{% set {v} = {self.small()} %}}",
            ])
        inner = lambda: self.body(depth - 1)
        macro = f"m{self.random.randint(0, 2)}"
        number = self.random.randint(0, 3)
        return self.pick([
            lambda: f"{{% if {self.small()} %}}{inner()}{{% else %}}{inner()}{{% endif %}}",
            lambda: f"{{% for {v} in {self.pick(SEQUENCES)} %}}{inner()}{{% endfor %}}",
            lambda: f"{{% for {v} in xs if {v} {self.pick(['> 1', 'is defined', '!= 3'])} %}}{inner()}{{{{ loop.index }}}}{{{{ loop.last }}}}{{{{ loop.length }}}}{{% else %}}{inner()}{{% endfor %}}",
            lambda: f"{{% for {v}, {w} in {self.pick(PAIRS)} %}}{inner()}{{{{ {v} }}}}{{% endfor %}}",
            lambda: f"{{% for {v} in [1, 2] %}}{{{{ loop.index }}}}{inner()}{{% for {w} in [3, 4] %}}{inner()}{{{{ loop.index0 }}}}{{{{ loop.revindex }}}}{{% endfor %}}{{{{ loop.first }}}}{{% endfor %}}",
            lambda: f"{{% for {v} in {NESTED} recursive %}}({{% if {v} is iterable %}}{{{{ loop({v}) }}}}{{% else %}}{{{{ {v} }}}}{{% endif %}}{inner()}){{% endfor %}}",
            lambda: f"{{% with {v} = {self.small()} %}}{inner()}{{% endwith %}}",
            lambda: f"{{% with {v} = {self.small()}, {w} = {v} %}}{inner()}{{% endwith %}}{{{{ {v} }}}}",
            lambda: f"{{% set {v} %}}{inner()}{{% endset %}}[{{{{ {v} }}}}]",
            lambda: f"{{% set {v}, {w} = {self.pick(['1, 2', '[3, 4]', '(n, xs)'])} %}}",
            lambda: f"{{% macro {macro}({v}, {w}={self.pick(['9', v, 'n'])}) %}}{inner()}{{{{ {v} }}}}{{{{ {w} }}}}{{{{ varargs }}}}{{% endmacro %}}",
            lambda: f"{{% macro {macro}() %}}{inner()}{{% endmacro %}}",
            lambda: f"{{% if {macro} is defined %}}{{{{ {macro}({self.pick(['', '1', '1, 2', v])}) }}}}{{% endif %}}",
            lambda: f"{{% if {macro} is defined %}}{{% set {v} = {macro}() %}}{{{{ {v} }}}}{{% endif %}}",
            lambda: f"{{% macro w() %}}<{{{{ caller() }}}}{{{{ caller() }}}}>{{% endmacro %}}{{% call w() %}}{inner()}{{% endcall %}}",
            lambda: f"{{% macro z() %}}<{{{{ caller(1) }}}}{{{{ caller({w}) }}}}>{{% endmacro %}}{{% call({v}) z() %}}{inner()}{{{{ {v} }}}}{{% endcall %}}",
            lambda: f"{{% set ns = namespace(x=0) %}}{{% for {v} in xs %}}{{% set ns.x = ns.x + {v} %}}{inner()}{{% endfor %}}{{{{ ns.x }}}}",
            lambda: f"{{% filter upper %}}{inner()}{{% endfilter %}}",
            lambda: f"{{% for {v} in range(4) %}}{{% if {v} == {number} %}}{{% {self.pick(['break', 'continue'])} %}}{{% endif %}}{inner()}{{% else %}}E{{% endfor %}}",
            lambda: f"{{% for {v} in xs %}}{{% macro mm() %}}{{{{ {v} }}}}{{{{ {w} }}}}{inner()}{{% endmacro %}}{{{{ mm() }}}}{inner()}{{% endfor %}}",
        ])()


def templates(random):
    generator = Generator(random)
    result = []
    while len(result) < 700:
        count = random.randint(2, 4)
        text = "".join(generator.statement(random.randint(1, 3)) for _ in range(count))
        if len(text) < 400:
            result.append(text)
    return result
