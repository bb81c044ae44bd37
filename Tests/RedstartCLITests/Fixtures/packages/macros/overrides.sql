{% macro default__money(column) %}round({{ column }}, 2){% endmacro %}

{% macro generate_schema_name(custom_schema_name, node) -%}
  {%- if custom_schema_name is none -%}{{ target.schema }}{%- else -%}{{ custom_schema_name | trim }}_{{ node.package_name }}{%- endif -%}
{%- endmacro %}

{% macro postgres__described(alias) %}'ours ' || {{ alias }}.id as description{% endmacro %}

{% macro noted(what) %}select '{{ what }}'{% endmacro %}
