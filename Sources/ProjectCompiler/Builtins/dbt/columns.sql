{#- Columns of relations and queries. -#}

{%- macro get_columns_in_relation(relation) -%}{{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__get_columns_in_relation(relation) -%}{{ return(adapter.catalog_columns(relation)) }}{%- endmacro -%}

{%- macro sql_convert_columns_in_relation(table) -%}
{%- set columns = [] -%}
{%- for row in table -%}{%- do columns.append(api.Column(*row)) -%}{%- endfor -%}
{{ return(columns) }}
{%- endmacro -%}

{%- macro get_list_of_column_names(columns) -%}{{ return(columns | map(attribute='name') | list) }}{%- endmacro -%}

{%- macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}{{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}{%- endmacro -%}
{%- macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
{%- if select_sql_header is not none -%}{{ select_sql_header }}{%- endif %}
select * from (
{{ select_sql }}
) as __dbt_sbq
where false
limit 0
{%- endmacro -%}

{%- macro get_columns_in_query(select_sql) -%}{{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}{%- endmacro -%}
{%- macro default__get_columns_in_query(select_sql) -%}
{%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}{{ get_empty_subquery_sql(select_sql) }}{%- endcall -%}
{{ return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) }}
{%- endmacro -%}

{%- macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
{{ return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) }}
{%- endmacro -%}

{%- macro get_empty_schema_sql(columns) -%}{{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}{%- endmacro -%}
{%- macro default__get_empty_schema_sql(columns) -%}
{%- set untyped = [] -%}
{%- set unsized = [] -%}
select
{%- for name in columns %}
{%- set column = columns[name] %}
{%- if not column['data_type'] -%}{%- do untyped.append(column['name']) -%}
{%- elif column['data_type'] | trim | lower in ('numeric', 'decimal', 'number') -%}{%- do unsized.append(column['name']) -%}
{%- endif %}
{{ cast('null', column['data_type']) }} as {{ adapter.quote(column['name']) if column['quote'] else column['name'] }}{{ ', ' if not loop.last }}
{%- endfor %}
{%- if untyped -%}{%- do exceptions.column_type_missing(column_names=untyped) -%}
{%- elif unsized -%}{%- do exceptions.warn('Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: ' ~ unsized ~ '`') -%}
{%- endif -%}
{%- endmacro -%}

{%- macro create_columns(relation, columns) -%}{{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}{%- endmacro -%}
{%- macro default__create_columns(relation, columns) -%}
{%- for column in columns -%}
{%- call statement() -%}alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};{%- endcall -%}
{%- endfor -%}
{%- endmacro -%}

{%- macro alter_column_type(relation, column_name, new_column_type) -%}{{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}{%- endmacro -%}
{%- macro default__alter_column_type(relation, column_name, new_column_type) -%}
{%- set old = adapter.quote(column_name) -%}
{%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
{%- call statement('alter_column_type') -%}
alter table {{ relation.render() }} add column {{ new }} {{ new_column_type }};
update {{ relation.render() }} set {{ new }} = {{ old }};
alter table {{ relation.render() }} drop column {{ old }} cascade;
alter table {{ relation.render() }} rename column {{ new }} to {{ old }};
{%- endcall -%}
{%- endmacro -%}

{%- macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}{{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}{%- endmacro -%}
{%- macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
{%- for column in (add_columns or []) -%}
{%- do run_query('alter table ' ~ relation.render() ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
{%- endfor -%}
{%- for column in (remove_columns or []) -%}
{%- do run_query('alter table ' ~ relation.render() ~ ' drop column ' ~ column.quoted) -%}
{%- endfor -%}
{%- endmacro -%}

{%- macro get_quoted_csv(column_names) -%}
{%- set quoted = [] -%}
{%- for name in column_names -%}{%- do quoted.append(adapter.quote(name)) -%}{%- endfor -%}
{{ return(quoted | join(', ')) }}
{%- endmacro -%}

{%- macro diff_columns(source_columns, target_columns) -%}
{%- set known = target_columns | map(attribute='name') | list -%}
{%- set missing = [] -%}
{%- for column in source_columns if column.name not in known -%}{%- do missing.append(column) -%}{%- endfor -%}
{{ return(missing) }}
{%- endmacro -%}

{%- macro diff_column_data_types(source_columns, target_columns) -%}{{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}{%- endmacro -%}
{%- macro default__diff_column_data_types(source_columns, target_columns) -%}
{%- set changed = [] -%}
{%- for source in source_columns -%}
{%- for known in target_columns if known.name == source.name -%}
{%- if source.expanded_data_type != known.expanded_data_type and not known.can_expand_to(other_column=source) -%}
{%- do changed.append({'column_name': known.name, 'new_type': source.expanded_data_type}) -%}
{%- endif -%}
{%- endfor -%}
{%- endfor -%}
{{ return(changed) }}
{%- endmacro -%}

{#- Contracts -#}

{%- macro get_table_columns_and_constraints() -%}{{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}{%- endmacro -%}
{%- macro default__get_table_columns_and_constraints() -%}{{ return(table_columns_and_constraints()) }}{%- endmacro -%}
{%- macro table_columns_and_constraints() -%}
(
{%- set lines = adapter.render_raw_columns_constraints(raw_columns=model['columns']) + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) %}
{{ lines | join(',\n') }}
)
{%- endmacro -%}

{%- macro get_assert_columns_equivalent(sql) -%}{{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}{%- endmacro -%}
{%- macro default__get_assert_columns_equivalent(sql) -%}{{ return(assert_columns_equivalent(sql)) }}{%- endmacro -%}
{%- macro assert_columns_equivalent(sql) -%}
{%- if not model['columns'] -%}{%- do exceptions.raise_contract_error({}, {}) -%}{%- endif -%}
{%- set declared = get_column_schema_from_query(get_empty_schema_sql(model['columns'])) -%}
{%- set found = get_column_schema_from_query(sql, config.get('sql_header', none)) -%}
{%- set a = format_columns(declared) -%}
{%- set b = format_columns(found) -%}
{%- set differs = namespace(value=(a | length != b | length)) -%}
{%- for column in b if column not in a -%}{%- set differs.value = true -%}{%- endfor -%}
{%- if differs.value -%}{%- do exceptions.raise_contract_error(a, b) -%}{%- endif -%}
{%- endmacro -%}
{%- macro format_columns(columns) -%}
{%- set formatted = [] -%}
{%- for column in columns -%}{%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}{%- endfor -%}
{{ return(formatted) }}
{%- endmacro -%}
{%- macro default__format_column(column) -%}
{{ return({'name': column.name, 'data_type': column.dtype, 'formatted': column.column.lower() ~ ' ' ~ column.dtype}) }}
{%- endmacro -%}
{%- macro get_select_subquery(sql) -%}{{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}{%- endmacro -%}
{%- macro get_column_names() -%}{{ return(adapter.dispatch('get_column_names', 'dbt')()) }}{%- endmacro -%}
{%- macro default__get_column_names() -%}
{%- set names = [] -%}
{%- for name in model['columns'] -%}
{%- set column = model['columns'][name] -%}
{%- do names.append(adapter.quote(column['name']) if column['quote'] else column['name']) -%}
{%- endfor -%}
{{ names | join(', ') }}
{%- endmacro -%}
{%- macro default__get_select_subquery(sql) -%}
select {{ adapter.dispatch('get_column_names', 'dbt')() }}
from (
{{ sql }}
) as model_subq
{%- endmacro -%}
