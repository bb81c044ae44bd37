{% macro cents(column) %}({{ column }} * {{ hundred() }}){% endmacro %}
{% macro hundred() %}100{% endmacro %}
{% macro unused() %}1{% endmacro %}
