{%- macro cents(column, scale=2) -%}
round({{ column }} / 100, {{ scale }})
{%- endmacro -%}
{%- macro star(columns, prefix='', except=[]) -%}
{%- set kept = [] -%}
{%- for c in columns if c not in except -%}{%- do kept.append(prefix ~ c) -%}{%- endfor -%}
{%- for c in kept %}
    {{ c | trim | lower }}{{ ',' if not loop.last }}
{%- endfor -%}
{%- endmacro -%}
{%- macro surrogate_key(fields) -%}
{%- set parts = [] -%}
{%- for f in fields -%}
{%- do parts.append("coalesce(cast(" ~ f ~ " as varchar), '_null_')") -%}
{%- if not loop.last %}{%- do parts.append("'-'") -%}{%- endif -%}
{%- endfor -%}
md5({{ parts | join(' || ') }})
{%- endmacro -%}
select
    {{ surrogate_key(['a', 'b', 'c']) }} as key,
    {{ star(['ID', 'NAME', 'PRICE', 'TAX', 'TOTAL', 'REGION'], 't.', ['TAX']) }},
    {{ cents('price') }} as price,
    {{ cents('tax', 4) }} as tax,
    {{ cents('total', scale=3) }} as total
from {{ source_relation }} t
where region in ({% for r in ['eu', 'us', 'apac'] %}'{{ r | upper }}'{% if not loop.last %}, {% endif %}{% endfor %})
