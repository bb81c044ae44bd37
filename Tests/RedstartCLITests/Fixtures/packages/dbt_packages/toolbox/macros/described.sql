{% macro described(alias) %}{{ return(adapter.dispatch('described', 'toolbox')(alias)) }}{% endmacro %}
{% macro default__described(alias) %}'theirs' as description{% endmacro %}
{% macro pad(value) %}lpad({{ value }}, {{ var('width') }}, '0'){% endmacro %}
{% test at_most(model, column_name, bound) %}
select {{ column_name }} from {{ model }} where {{ column_name }} > {{ bound }}
{% endtest %}
