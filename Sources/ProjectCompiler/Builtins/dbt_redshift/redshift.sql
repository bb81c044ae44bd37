{#- Redshift's spellings. -#}

{%- macro redshift__array_construct(inputs, data_type) -%}array( {{ inputs | join(' , ') }} ){%- endmacro -%}
{%- macro redshift__array_append(array, new_element) -%}
{%- set addition = dbt.array_construct([new_element]) -%}
{{ dbt.array_concat(array, addition) }}
{%- endmacro -%}
{%- macro redshift__array_concat(array_1, array_2) -%}array_concat({{ array_1 }}, {{ array_2 }}){%- endmacro -%}

{% macro redshift__cast_bool_to_text(field) %}
case when {{ field }} is true then 'true' when {{ field }} is false then 'false' end::text
{% endmacro -%}

{%- macro redshift__current_timestamp() -%}getdate(){%- endmacro -%}
{%- macro redshift__current_timestamp_backcompat() -%}getdate(){%- endmacro -%}
{%- macro redshift__current_timestamp_in_utc_backcompat() -%}getdate(){%- endmacro -%}
{%- macro redshift__snapshot_get_time() -%}{{ current_timestamp() }}::timestamp{%- endmacro -%}
{%- macro redshift__snapshot_string_as_time(timestamp) -%}
{{ return("'" ~ timestamp ~ "'::timestamp") }}
{%- endmacro -%}

{#- What the cluster keeps of statements says when a table got rows. -#}
{%- macro redshift__get_relation_last_modified(information_schema, relations) -%}
{%- call statement('last_modified', fetch_result=True) -%}
select n.nspname as "schema", c.relname as identifier, max(d.start_time) as last_modified, {{ current_timestamp() }} as snapshotted_at
from sys_query_detail as d
join pg_class as c on c.oid = d.table_id
join pg_namespace as n on n.oid = c.relnamespace
where d.step_name = 'insert' and (
{%- for relation in relations %}
{% if not loop.first %}or {% endif %}(lower(n.nspname) = lower('{{ relation.schema | replace("'", "''") }}') and lower(c.relname) = lower('{{ relation.identifier | replace("'", "''") }}'))
{%- endfor %}
)
group by n.nspname, c.relname
{%- endcall -%}
{{ return(load_result('last_modified')) }}
{%- endmacro -%}

{% macro redshift__dateadd(datepart, interval, from_date_or_timestamp) %}
dateadd( {{ datepart }}, {{ interval }}, {{ from_date_or_timestamp }} )
{% endmacro -%}

{%- macro redshift__datediff(first_date, second_date, datepart) -%}
datediff( {{ datepart }}, {{ first_date }}, {{ second_date }} )
{%- endmacro -%}

{%- macro redshift__last_day(date, datepart) -%}
cast( {{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }} as date)
{%- endmacro -%}

{% macro redshift__length(expression) %}
len( {{ expression }} )
{%- endmacro -%}

{%- macro redshift__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
{%- if limit_num -%}
{#- Delimiters may be what regular expressions have a meaning for. -#}
{%- set text = delimiter_text | trim | trim("'") -%}
{%- set ns = namespace(pattern=text) -%}
{%- if ns.pattern in ['.', '|', '*', '+', '?', '^', '$', '(', ')', '[', ']', '{', '}', '\\'] -%}
{%- set ns.pattern = '\\' ~ ns.pattern -%}
{%- endif -%}
{%- set regex = "'([^" ~ ns.pattern ~ "]+" ~ ns.pattern ~ "){1," ~ (limit_num - 1) ~ "}[^" ~ ns.pattern ~ "]+'" -%}
regexp_substr( listagg( {{ measure }}, {{ delimiter_text }} ){% if order_by_clause %} within group ({{ order_by_clause }}){% endif %} ,{{ regex }} )
{%- else -%}
listagg( {{ measure }}, {{ delimiter_text }} ){% if order_by_clause %} within group ({{ order_by_clause }}){% endif %}
{%- endif -%}
{%- endmacro -%}

{%- macro redshift__split_part(string_text, delimiter_text, part_number) -%}
{%- if part_number >= 0 -%}
{{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
{%- else -%}
{{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
{%- endif -%}
{%- endmacro -%}

{%- macro dist(dist) -%}
{%- if dist is not none -%}
{%- set word = dist.strip().lower() -%}
{%- if word in ['all', 'even', 'auto'] -%} diststyle {{ word }} {%- else -%} diststyle key distkey ({{ word }}) {%- endif -%}
{%- endif -%}
{%- endmacro -%}

{%- macro sort(sort_type, sort) -%}
{%- if sort is not none -%}
{{ sort_type | default('compound', boolean=true) }} sortkey( {%- set keys = [sort] if sort is string else sort -%} {{ keys | join(', ') }} )
{%- endif -%}
{%- endmacro -%}

{#- Relations -#}

{%- macro redshift__create_table_as(temporary, relation, sql) -%}
{%- set dist_key = config.get('dist') -%}
{%- set sort_kind = config.get('sort_type', validator=validation.any['compound', 'interleaved']) -%}
{%- set sort_keys = config.get('sort') -%}
{%- set backup = config.get('backup') -%}
{{ config.get('sql_header', none) or '' }}
{%- set contract = config.get('contract') %}
{%- if contract and contract.enforced %}
create {% if temporary %}temporary{% endif %} table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
{{ get_table_columns_and_constraints() }}
{{ get_assert_columns_equivalent(sql) }}
{%- set sql = get_select_subquery(sql) %}
{% if backup == false %}backup no{% endif %}
{{ dist(dist_key) }}
{{ sort(sort_kind, sort_keys) }};
insert into {{ relation.include(database=(not temporary), schema=(not temporary)) }}
(
{{ sql }}
);
{%- else %}
create {% if temporary %}temporary{% endif %} table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
{% if backup == false %}backup no{% endif %}
{{ dist(dist_key) }}
{{ sort(sort_kind, sort_keys) }}
as (
{{ sql }}
);
{%- endif %}
{%- endmacro -%}

{#- Redshift has no ALTER VIEW. -#}
{%- macro redshift__get_rename_view_sql(relation, new_name) -%}alter table {{ relation }} rename to {{ adapter.quote(new_name) }}{%- endmacro -%}

{%- macro redshift__create_view_as(relation, sql) -%}
{{ config.get('sql_header', none) or '' }}
create view {{ relation }}
{%- set contract = config.get('contract') %}
{%- if contract and contract.enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
as (
{{ sql }}
){% if config.get('bind', default=true) == false %} with no schema binding{% endif %};
{%- endmacro -%}

{#- Materialized views: whether one refreshes by itself is what can be changed in place. -#}

{%- macro redshift__get_create_materialized_view_as_sql(relation, sql) -%}
{%- set refreshes = config.get('auto_refresh') -%}
create materialized view {{ relation }}
{% if config.get('backup') == false %}backup no{% endif %}
{{ dist(config.get('dist')) }}
{{ sort(config.get('sort_type'), config.get('sort')) }}
{% if refreshes is not none %}auto refresh {{ 'yes' if refreshes else 'no' }}{% endif %}
as (
{{ sql }}
)
{%- endmacro -%}
{%- macro redshift__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
{%- set wanted = new_config.get('auto_refresh') -%}
{%- if wanted is none or target.type != 'redshift' -%}{%- do return(none) -%}{%- endif -%}
{%- set found = run_query("select autorefresh from svv_mv_info where schema_name = '" ~ existing_relation.schema ~ "' and name = '" ~ existing_relation.identifier ~ "'") -%}
{%- if not found.rows or (found.rows[0][0] | string | lower in ['t', 'true', '1']) == wanted -%}{%- do return(none) -%}{%- endif -%}
{%- do return({'requires_full_refresh': false, 'auto_refresh': wanted}) -%}
{%- endmacro -%}
{%- macro redshift__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
alter materialized view {{ relation }} auto refresh {{ 'yes' if configuration_changes.auto_refresh else 'no' }}
{%- endmacro -%}

{%- macro redshift__information_schema_name(database) -%}{{ return(postgres__information_schema_name(database)) }}{%- endmacro -%}

{%- macro redshift__alter_column_type(relation, column_name, new_column_type) -%}
{%- if new_column_type | lower is not none and 'varchar' in new_column_type | lower or 'character varying' in new_column_type | lower -%}
{%- call statement('alter_column_type') -%}
alter table {{ relation.render() }} alter column {{ adapter.quote(column_name) }} type {{ new_column_type }};
{%- endcall -%}
{%- else -%}
{{ default__alter_column_type(relation, column_name, new_column_type) }}
{%- endif -%}
{%- endmacro -%}

{%- macro redshift__alter_relation_comment(relation, comment) -%}{%- do return(postgres__alter_relation_comment(relation, comment)) -%}{%- endmacro -%}
{%- macro redshift__alter_column_comment(relation, column_dict) -%}{%- do return(postgres__alter_column_comment(relation, column_dict)) -%}{%- endmacro -%}

{#- DELETE of Redshift has no alias: predicates name the table itself. -#}
{%- macro _update_predicates(target, incremental_predicates) -%}
{%- set result = [] -%}
{%- for condition in (incremental_predicates or []) -%}
{%- do result.append(condition | replace('DBT_INTERNAL_DEST.', target ~ '.') | replace('dbt_internal_dest.', target ~ '.')) -%}
{%- endfor -%}
{{ return(result) }}
{%- endmacro -%}
{%- macro redshift__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
{%- set conditions = _update_predicates(target, incremental_predicates) -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
{%- if unique_key %}
{%- set keys = [unique_key] if unique_key is string else unique_key %}
delete from {{ target }}
using {{ source }}
where
{%- for key in keys %}
{{ source }}.{{ key }} = {{ target }}.{{ key }}{{ ' and' if not loop.last }}
{%- endfor %}
{%- for condition in conditions %}
and {{ condition }}
{%- endfor -%};
{%- endif %}
insert into {{ target }} ({{ columns }})
(
    select {{ columns }}
    from {{ source }}
)
{%- endmacro -%}

{#- Functions that are nodes: arguments have no names, and how far results depend on them is always said. -#}
{%- macro redshift__scalar_function_create_replace_signature_sql(target_relation) -%}
CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
RETURNS {{ model.returns.data_type }}
{{ scalar_function_volatility_sql() }}
AS
{%- endmacro -%}
{%- macro redshift__formatted_scalar_function_args_sql() -%}{{ model.arguments | map(attribute='data_type') | join(', ') }}{%- endmacro -%}
{%- macro redshift__scalar_function_volatility_sql() -%}
{{ default__scalar_function_volatility_sql() if model.config.get('volatility') is not none else 'VOLATILE' }}
{%- endmacro -%}
