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
with child as (
    select {{ column_name }} as child_value
    from {{ model }}
    where {{ column_name }} is not null
),

parent as (
    select {{ field }} as parent_value
    from {{ to }}
)

select child.child_value as value_without_parent
from child
left join parent on child.child_value = parent.parent_value
where parent.parent_value is null
{% endmacro %}
