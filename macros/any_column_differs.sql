{#- Whether two rows differ in any of the columns; two NULLs are equal.

    Redshift has no IS DISTINCT FROM. #}
{% macro any_column_differs(left, right, columns) -%}
  (
    {%- for column in columns %}
    case
      when {{ left }}.{{ column }} = {{ right }}.{{ column }} then 0
      when {{ left }}.{{ column }} is null and {{ right }}.{{ column }} is null then 0
      else 1
    end{{ " +" if not loop.last }}
    {%- endfor %}
  ) > 0
{%- endmacro %}
