{#- The generic tests that every project has. Each selects the rows that fail. -#}

{% macro test_not_null(model, column_name) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} is null
{% endmacro %}

{% macro test_unique(model, column_name) %}
select
    {{ column_name }} as duplicated_value,
    count(*) as number_of_rows
from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endmacro %}

{% macro test_accepted_values(model, column_name, values, quote=True) %}
select
    {{ column_name }} as unexpected_value,
    count(*) as number_of_rows
from {{ model }}
where {{ column_name }} is not null
  and {{ column_name }} not in (
    {%- for value in values %}
    {% if quote -%}
    '{{ (value | string) | replace("'", "''") }}'
    {%- else -%}
    {{ value }}
    {%- endif %}
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
  )
group by {{ column_name }}
{% endmacro %}

{% macro test_relationships(model, column_name, to, field) %}
select child.{{ column_name }} as value_without_parent
from {{ model }} as child
left join {{ to }} as parent
    on child.{{ column_name }} = parent.{{ field }}
where child.{{ column_name }} is not null
  and parent.{{ field }} is null
{% endmacro %}
