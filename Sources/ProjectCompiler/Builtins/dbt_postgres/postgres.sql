{#- PostgreSQL's spellings; Redshift takes those that it has no own for. -#}

{%- macro postgres__any_value(expression) -%}min({{ expression }}){%- endmacro -%}

{%- macro postgres__equals(expr1, expr2) -%}({{ expr1 }} = {{ expr2 }}){%- endmacro -%}

{%- macro postgres__current_timestamp() -%}now(){%- endmacro -%}
{%- macro postgres__current_timestamp_backcompat() -%}current_timestamp::{{ type_timestamp() }}{%- endmacro -%}
{%- macro postgres__current_timestamp_in_utc_backcompat() -%}(current_timestamp at time zone 'utc')::{{ type_timestamp() }}{%- endmacro -%}
{%- macro postgres__snapshot_get_time() -%}{{ current_timestamp() }}::timestamp without time zone{%- endmacro -%}
{%- macro postgres__snapshot_string_as_time(timestamp) -%}
{{ return("'" ~ timestamp ~ "'::timestamp without time zone") }}
{%- endmacro -%}

{% macro postgres__dateadd(datepart, interval, from_date_or_timestamp) %}
{{ from_date_or_timestamp }} + ((interval '1 {{ datepart }}') * ({{ interval }}))
{% endmacro -%}

{#- Whole units that lie between two times, counted by the borders crossed. -#}
{%- macro postgres__datediff(first_date, second_date, datepart) -%}
{%- if datepart == 'year' %}
(date_part('year', ({{ second_date }})::date) - date_part('year', ({{ first_date }})::date))
{%- elif datepart == 'quarter' %}
({{ datediff(first_date, second_date, 'year') }} * 4 + date_part('quarter', ({{ second_date }})::date) - date_part('quarter', ({{ first_date }})::date))
{%- elif datepart == 'month' %}
({{ datediff(first_date, second_date, 'year') }} * 12 + date_part('month', ({{ second_date }})::date) - date_part('month', ({{ first_date }})::date))
{%- elif datepart == 'day' %}
(({{ second_date }})::date - ({{ first_date }})::date)
{%- elif datepart == 'week' %}
({{ datediff(first_date, second_date, 'day') }} / 7 + case
    when date_part('dow', ({{ first_date }})::timestamp) <= date_part('dow', ({{ second_date }})::timestamp) then
        case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
    else
        case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
end)
{%- elif datepart == 'hour' %}
({{ datediff(first_date, second_date, 'day') }} * 24 + date_part('hour', ({{ second_date }})::timestamp) - date_part('hour', ({{ first_date }})::timestamp))
{%- elif datepart == 'minute' %}
({{ datediff(first_date, second_date, 'hour') }} * 60 + date_part('minute', ({{ second_date }})::timestamp) - date_part('minute', ({{ first_date }})::timestamp))
{%- elif datepart == 'second' %}
({{ datediff(first_date, second_date, 'minute') }} * 60 + floor(date_part('second', ({{ second_date }})::timestamp)) - floor(date_part('second', ({{ first_date }})::timestamp)))
{%- elif datepart == 'millisecond' %}
({{ datediff(first_date, second_date, 'minute') }} * 60000 + floor(date_part('millisecond', ({{ second_date }})::timestamp)) - floor(date_part('millisecond', ({{ first_date }})::timestamp)))
{%- elif datepart == 'microsecond' %}
({{ datediff(first_date, second_date, 'minute') }} * 60000000 + floor(date_part('microsecond', ({{ second_date }})::timestamp)) - floor(date_part('microsecond', ({{ first_date }})::timestamp)))
{%- else -%}
{{ exceptions.raise_compiler_error("Unsupported datepart for macro datediff in postgres: " ~ datepart) }}
{%- endif -%}
{%- endmacro -%}

{%- macro postgres__last_day(date, datepart) -%}
{%- if datepart == 'quarter' -%}
-- postgres dateadd does not support quarter interval.
cast( {{ dbt.dateadd('day', '-1', dbt.dateadd('month', '3', dbt.date_trunc(datepart, date))) }} as date)
{%- else -%}
{{ dbt.default_last_day(date, datepart) }}
{%- endif -%}
{%- endmacro -%}

{%- macro postgres__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
{%- if limit_num -%}
array_to_string( (array_agg( {{ measure }} {{ order_by_clause if order_by_clause }} ))[1:{{ limit_num }}], {{ delimiter_text }} )
{%- else %}
string_agg( {{ measure }}, {{ delimiter_text }} {{ order_by_clause if order_by_clause }} )
{%- endif -%}
{%- endmacro -%}

{%- macro postgres__split_part(string_text, delimiter_text, part_number) -%}
{%- if part_number >= 0 -%}
{{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
{%- else -%}
{{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
{%- endif -%}
{%- endmacro -%}

{#- Relations -#}

{%- macro postgres__create_table_as(temporary, relation, sql) -%}
{%- set unlogged = config.get('unlogged', default=false) -%}
{{ config.get('sql_header', none) or '' }}
create {% if temporary %}temporary{% elif unlogged %}unlogged{% endif %} table {{ relation }}
{%- set contract = config.get('contract') %}
{%- if contract and contract.enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
{%- if contract and contract.enforced and not temporary %}
{{ get_table_columns_and_constraints() }};
insert into {{ relation }} ({{ adapter.dispatch('get_column_names', 'dbt')() }})
{%- set sql = get_select_subquery(sql) %}
{%- else %}
as
{%- endif %}
(
{{ sql }}
);
{%- endmacro -%}

{%- macro postgres__make_relation_with_suffix(base_relation, suffix, dstring) -%}
{%- set ending = suffix ~ (py_current_timestring() if dstring else '') -%}
{%- set room = base_relation.relation_max_name_length() - ending | length -%}
{%- if room <= 0 -%}{{ exceptions.raise_compiler_error('Relation suffix is too long: ' ~ ending) }}{%- endif -%}
{{ return(base_relation.incorporate(path={'identifier': base_relation.identifier[:room] ~ ending})) }}
{%- endmacro -%}
{%- macro postgres__make_intermediate_relation(base_relation, suffix) -%}{{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=False)) }}{%- endmacro -%}
{%- macro postgres__make_temp_relation(base_relation, suffix) -%}
{%- set relation = postgres__make_relation_with_suffix(base_relation, suffix, dstring=True) -%}
{{ return(relation.incorporate(path={'schema': none, 'database': none})) }}
{%- endmacro -%}
{%- macro postgres__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
{{ return(postgres__make_relation_with_suffix(base_relation, suffix, dstring=False).incorporate(type=backup_relation_type)) }}
{%- endmacro -%}

{%- macro postgres__get_create_index_sql(relation, index_dict) -%}
{%- set index = adapter.parse_index(index_dict) -%}
create {% if index.unique %}unique{% endif %} index if not exists "{{ index.render(relation) }}"
on {{ relation }} {% if index.type %}using {{ index.type }}{% endif %} ({{ index.columns | join(', ') }})
{%- endmacro -%}

{%- macro postgres__get_show_indexes_sql(relation) -%}
select
    i.relname as name,
    m.amname as method,
    x.indisunique as "unique",
    array_to_string(array_agg(a.attname order by array_position(x.indkey::int2[], a.attnum)), ',') as column_names
from pg_catalog.pg_index x
join pg_catalog.pg_class i on i.oid = x.indexrelid
join pg_catalog.pg_am m on m.oid = i.relam
join pg_catalog.pg_class t on t.oid = x.indrelid
join pg_catalog.pg_namespace n on n.oid = t.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = any(x.indkey)
where t.relname = '{{ relation.identifier }}' and n.nspname = '{{ relation.schema }}' and t.relkind in ('r', 'm')
group by 1, 2, 3
order by 1, 2, 3
{%- endmacro -%}
{%- macro postgres__get_drop_index_sql(relation, index_name) -%}drop index if exists "{{ relation.schema }}"."{{ index_name }}"{%- endmacro -%}

{#- Materialized views: their indexes are what can be changed in place. -#}

{%- macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
create materialized view if not exists {{ relation }} as {{ sql }};
{% for index in config.get('indexes', default=[]) -%}
{{ get_create_index_sql(relation, index) }}{{ ';' if not loop.last }}
{% endfor -%}
{%- endmacro -%}
{%- macro postgres__describe_materialized_view(relation) -%}{%- do return({'indexes': run_query(get_show_indexes_sql(relation))}) -%}{%- endmacro -%}
{%- macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
{%- set found = [] -%}
{%- set names = [] -%}
{%- for row in postgres__describe_materialized_view(existing_relation)['indexes'].rows -%}
{%- do found.append({'columns': row['column_names'].split(','), 'unique': row['unique'], 'type': row['method']}) -%}
{%- do names.append(row['name']) -%}
{%- endfor -%}
{%- set wanted = [] -%}
{%- for index in new_config.get('indexes', default=[]) -%}
{%- set known = adapter.parse_index(index) -%}
{%- do wanted.append({'columns': known.columns | map('lower') | list, 'unique': known.unique, 'type': known.type or 'btree'}) -%}
{%- endfor -%}
{%- set changes = [] -%}
{%- for index in found if index not in wanted -%}
{%- do changes.append({'action': 'drop', 'context': {'name': names[found.index(index)]}}) -%}
{%- endfor -%}
{%- for index in wanted if index not in found -%}{%- do changes.append({'action': 'create', 'context': index}) -%}{%- endfor -%}
{%- do return({'requires_full_refresh': false, 'indexes': changes} if changes else none) -%}
{%- endmacro -%}
{%- macro postgres__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
{%- if configuration_changes.requires_full_refresh -%}
{{ get_replace_sql(existing_relation, relation, sql) }}
{%- else -%}
{{ postgres__update_indexes_on_materialized_view(relation, configuration_changes.indexes) }}
{%- endif -%}
{%- endmacro -%}
{%- macro postgres__update_indexes_on_materialized_view(relation, index_changes) -%}
{{- log('Applying UPDATE INDEXES to: ' ~ relation) -}}
{%- for change in index_changes -%}
{{ get_drop_index_sql(relation, change.context.name) if change.action == 'drop' else get_create_index_sql(relation, change.context) }}{{ ';' if not loop.last }}
{% endfor -%}
{%- endmacro -%}

{%- macro postgres__information_schema_name(database) -%}information_schema{%- endmacro -%}
{%- macro postgres__copy_grants() -%}{{ return(False) }}{%- endmacro -%}
{%- macro postgres__get_show_grant_sql(relation) -%}
select grantee, privilege_type
from {{ relation.information_schema('role_table_grants') }}
where grantor = current_role and grantee != current_role
and table_schema = '{{ relation.schema }}' and table_name = '{{ relation.identifier }}'
{%- endmacro -%}

{%- macro postgres_escape_comment(comment) -%}
{%- if comment is not string -%}{%- do exceptions.raise_compiler_error('cannot escape a non-string: ' ~ comment) -%}{%- endif -%}
{%- set mark = '$dbt_comment_literal_block$' -%}
{%- if mark in comment -%}{%- do exceptions.raise_compiler_error('The string ' ~ mark ~ ' is not allowed in comments.') -%}{%- endif -%}
{{ mark }}{{ comment }}{{ mark }}
{%- endmacro -%}
{%- macro postgres__alter_relation_comment(relation, comment) -%}
comment on {{ 'materialized view' if relation.type == 'materialized_view' else relation.type }} {{ relation }} is {{ postgres_escape_comment(comment) }};
{%- endmacro -%}
{%- macro postgres__alter_column_comment(relation, column_dict) -%}
{%- for name in column_dict %}
comment on column {{ relation }}.{{ adapter.quote(name) if column_dict[name]['quote'] else name }} is {{ postgres_escape_comment(column_dict[name]['description']) }};
{%- endfor %}
{%- endmacro -%}

{#- Without a strategy: by key where there is one, else only added. -#}
{%- macro postgres__get_incremental_default_sql(arg_dict) -%}
{%- if arg_dict['unique_key'] -%}{%- do return(get_incremental_delete_insert_sql(arg_dict)) -%}{%- endif -%}
{%- do return(get_incremental_append_sql(arg_dict)) -%}
{%- endmacro -%}
{%- macro postgres__get_incremental_microbatch_sql(arg_dict) -%}
{%- if not arg_dict['unique_key'] -%}
{{ exceptions.raise_compiler_error("dbt-postgres 'microbatch' requires a `unique_key` config") }}
{%- endif -%}
{{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{%- endmacro -%}

{%- macro postgres__formatted_scalar_function_args_sql() -%}
{%- for argument in model.arguments -%}
{%- set value = argument.get('default_value') -%}
{{ argument.name }} {{ argument.data_type }}{{ ' DEFAULT ' ~ value if value is not none }}{{ ', ' if not loop.last }}
{%- endfor -%}
{%- endmacro -%}
