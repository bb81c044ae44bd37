{% macro money(column) %}{{ return(adapter.dispatch('money', 'helpers')(column)) }}{% endmacro %}
{% macro default__money(column) %}{{ column }} / 100{% endmacro %}
