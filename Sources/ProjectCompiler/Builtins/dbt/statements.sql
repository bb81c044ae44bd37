{#- Sending SQL from templates. -#}

{%- macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
{%- if execute -%}
{%- set code = caller() -%}
{%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
{%- if name is not none -%}{{ store_result(name, response=response, agate_table=table) }}{%- endif -%}
{%- endif -%}
{%- endmacro -%}

{%- macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
{%- set sql = caller() -%}
{%- if name == 'main' -%}{{ write(sql) }}{%- endif -%}
{%- if execute and name is not none -%}
{{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
{%- endif -%}
{%- endmacro -%}

{%- macro run_query(sql) -%}
{%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}{{ sql }}{%- endcall -%}
{#- While a project is read there is no answer: what is asked of it is undefined, and prints nothing. -#}
{%- do return(load_result('run_query_statement').table) -%}
{%- endmacro -%}

{%- macro set_sql_header(config) -%}{{ config.set('sql_header', caller()) }}{%- endmacro -%}

{%- macro run_hooks(hooks, inside_transaction=True) -%}
{%- for hook in hooks if hook.get('transaction', True) == inside_transaction -%}
{%- if not inside_transaction and loop.first -%}
{%- call statement(auto_begin=inside_transaction) -%}commit;{%- endcall -%}
{%- endif -%}
{%- set text = render(hook.get('sql')) | trim -%}
{%- if text | length > 0 -%}
{%- call statement(auto_begin=inside_transaction) -%}{{ text }}{%- endcall -%}
{%- endif -%}
{%- endfor -%}
{%- endmacro -%}

{%- macro make_hook_config(sql, inside_transaction) -%}{{ tojson({'sql': sql, 'transaction': inside_transaction}) }}{%- endmacro -%}
{%- macro before_begin(sql) -%}{{ make_hook_config(sql, inside_transaction=False) }}{%- endmacro -%}
{%- macro in_transaction(sql) -%}{{ make_hook_config(sql, inside_transaction=True) }}{%- endmacro -%}
{%- macro after_commit(sql) -%}{{ make_hook_config(sql, inside_transaction=False) }}{%- endmacro -%}

{%- macro validate_sql(sql) -%}{{ return(adapter.dispatch('validate_sql', 'dbt')(sql)) }}{%- endmacro -%}
{%- macro default__validate_sql(sql) -%}
{%- call statement('validate_sql') -%}explain {{ sql }}{%- endcall -%}
{{ return(load_result('validate_sql')) }}
{%- endmacro -%}

{#- Tests -#}

{%- macro get_where_subquery(relation) -%}{%- do return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) -%}{%- endmacro -%}
{%- macro default__get_where_subquery(relation) -%}
{%- set condition = config.get('where', '') -%}
{%- if condition -%}
{%- do return('(select * from ' ~ relation ~ ' where ' ~ condition ~ ') dbt_subquery') -%}
{%- else -%}
{%- do return(relation) -%}
{%- endif -%}
{%- endmacro -%}

{%- macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
{{ adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit) }}
{%- endmacro -%}
{%- macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
select
    {{ fail_calc }} as failures,
    {{ fail_calc }} {{ warn_if }} as should_warn,
    {{ fail_calc }} {{ error_if }} as should_error
from (
    {{ main_sql }}
    {{ 'limit ' ~ limit if limit is not none }}
) dbt_internal_test
{%- endmacro -%}

{%- macro get_limit_subquery_sql(sql, limit) -%}{{ adapter.dispatch('get_limit_sql', 'dbt')(sql, limit) }}{%- endmacro -%}
{%- macro default__get_limit_sql(sql, limit) -%}
{{ sql }}
{% if limit is not none %}limit {{ limit }}{% endif %}
{%- endmacro -%}

{%- macro get_show_sql(compiled_code, sql_header, limit) -%}
{%- if sql_header is not none -%}{{ sql_header }}{%- endif -%}
{{ get_limit_subquery_sql(compiled_code, limit) }}
{%- endmacro -%}
