{#- Seeds: CSV files as tables. -#}

{%- macro get_seed_column_quoted_csv(model, column_names) -%}
{%- set quotes = model['config'].get('quote_columns', none) -%}
{%- set quoted = [] -%}
{%- for name in column_names -%}{%- do quoted.append(adapter.quote_seed_column(name, quotes)) -%}{%- endfor -%}
{{ return(quoted | join(', ')) }}
{%- endmacro -%}

{%- macro create_csv_table(model, agate_table) -%}{{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}{%- endmacro -%}
{%- macro default__create_csv_table(model, agate_table) -%}
{%- set types = model['config'].get('column_types', {}) -%}
{%- set quotes = model['config'].get('quote_columns', none) -%}
{%- set text -%}
create table {{ this.render() }} (
{%- for name in agate_table.column_names %}
{{ adapter.quote_seed_column(name | string, quotes) }} {{ types.get(name, adapter.convert_type(agate_table, loop.index0)) }}{{ ',' if not loop.last }}
{%- endfor %}
)
{%- endset -%}
{%- call statement('_') -%}{{ text }}{%- endcall -%}
{{ return(text) }}
{%- endmacro -%}

{%- macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}{{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}{%- endmacro -%}
{%- macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
{%- if full_refresh -%}
{{ adapter.drop_relation(old_relation) }}
{{ return(create_csv_table(model, agate_table)) }}
{%- endif -%}
{{ adapter.truncate_relation(old_relation) }}
{{ return('truncate table ' ~ old_relation.render()) }}
{%- endmacro -%}

{%- macro get_binding_char() -%}{{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}{%- endmacro -%}
{%- macro default__get_binding_char() -%}{{ return('%s') }}{%- endmacro -%}
{%- macro get_batch_size() -%}{{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}{%- endmacro -%}
{%- macro default__get_batch_size() -%}{{ return(10000) }}{%- endmacro -%}
{%- macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}{{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}{%- endmacro -%}
{%- macro default__get_csv_sql(create_or_truncate_sql, insert_sql) -%}
{{ create_or_truncate_sql }};
-- dbt seed --
{{ insert_sql }}
{%- endmacro -%}
