{% test positive(model, column_name) %}
{{ config(fail_calc='count(*)', severity='warn') }}
select * from {{ model }} where {{ column_name }} <= 0
{% endtest %}
