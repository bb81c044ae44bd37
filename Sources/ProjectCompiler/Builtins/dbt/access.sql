{#- Who may read what, and what people should know about it. -#}

{%- macro copy_grants() -%}{{ return(adapter.dispatch('copy_grants', 'dbt')()) }}{%- endmacro -%}
{%- macro default__copy_grants() -%}{{ return(True) }}{%- endmacro -%}
{%- macro support_multiple_grantees_per_dcl_statement() -%}{{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}{%- endmacro -%}
{%- macro default__support_multiple_grantees_per_dcl_statement() -%}{{ return(True) }}{%- endmacro -%}

{%- macro should_revoke(existing_relation, full_refresh_mode=True) -%}
{%- if not existing_relation -%}{{ return(False) }}{%- endif -%}
{{ return(copy_grants() if full_refresh_mode else True) }}
{%- endmacro -%}

{%- macro get_show_grant_sql(relation) -%}{{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__get_show_grant_sql(relation) -%}show grants on {{ relation.render() }}{%- endmacro -%}
{%- macro get_grant_sql(relation, privilege, grantees) -%}{{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}{%- endmacro -%}
{%- macro default__get_grant_sql(relation, privilege, grantees) -%}grant {{ privilege }} on {{ _grantable(relation) }} to {{ grantees | join(', ') }}{%- endmacro -%}
{%- macro get_revoke_sql(relation, privilege, grantees) -%}{{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}{%- endmacro -%}
{%- macro default__get_revoke_sql(relation, privilege, grantees) -%}revoke {{ privilege }} on {{ _grantable(relation) }} from {{ grantees | join(', ') }}{%- endmacro -%}

{#- What rights are given on: a function is known by the types of its arguments, too. -#}
{%- macro _grantable(relation) -%}
{%- if relation.is_function -%}function {{ relation.render() }}({{ model.arguments | map(attribute='data_type') | join(', ') }})
{%- else -%}{{ relation.render() }}
{%- endif -%}
{%- endmacro -%}

{%- macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}{{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}{%- endmacro -%}
{%- macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
{%- set statements = [] -%}
{%- for privilege, grantees in grant_config.items() -%}
{%- if support_multiple_grantees_per_dcl_statement() and grantees -%}
{%- do statements.append(get_dcl_macro(relation, privilege, grantees)) -%}
{%- else -%}
{%- for grantee in grantees -%}{%- do statements.append(get_dcl_macro(relation, privilege, [grantee])) -%}{%- endfor -%}
{%- endif -%}
{%- endfor -%}
{{ return(statements) }}
{%- endmacro -%}

{%- macro call_dcl_statements(dcl_statement_list) -%}{{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}{%- endmacro -%}
{%- macro default__call_dcl_statements(dcl_statement_list) -%}
{%- call statement('grants') -%}{%- for text in dcl_statement_list -%}{{ text }};{%- endfor -%}{%- endcall -%}
{%- endmacro -%}

{%- macro apply_grants(relation, grant_config, should_revoke=True) -%}{{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}{%- endmacro -%}
{%- macro default__apply_grants(relation, grant_config, should_revoke=True) -%}
{%- if grant_config -%}
{%- if should_revoke -%}
{%- set present = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) -%}
{%- set missing = diff_of_two_dicts(grant_config, present) -%}
{%- set surplus = diff_of_two_dicts(present, grant_config) -%}
{%- else -%}
{%- set missing = grant_config -%}
{%- set surplus = {} -%}
{%- endif -%}
{%- set statements = get_dcl_statement_list(relation, surplus, get_revoke_sql) + get_dcl_statement_list(relation, missing, get_grant_sql) -%}
{%- if statements -%}{{ call_dcl_statements(statements) }}{%- endif -%}
{%- endif -%}
{%- endmacro -%}

{#- Comments -#}

{%- macro alter_column_comment(relation, column_dict) -%}{{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}{%- endmacro -%}
{%- macro default__alter_column_comment(relation, column_dict) -%}
{{ exceptions.raise_not_implemented('alter_column_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro -%}
{%- macro alter_relation_comment(relation, relation_comment) -%}{{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}{%- endmacro -%}
{%- macro default__alter_relation_comment(relation, relation_comment) -%}
{{ exceptions.raise_not_implemented('alter_relation_comment macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro -%}
{%- macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}{{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}{%- endmacro -%}
{%- macro default__persist_docs(relation, model, for_relation, for_columns) -%}
{%- if for_relation and config.persist_relation_docs() and model.description -%}{%- do run_query(alter_relation_comment(relation, model.description)) -%}{%- endif -%}
{%- if for_columns and config.persist_column_docs() and model.columns -%}
{%- set columns = validate_doc_columns(relation, model.columns, adapter.get_columns_in_relation(relation) | map(attribute='name') | list) -%}
{%- set comments = alter_column_comment(relation, columns) -%}
{%- if comments and comments | trim -%}{%- do run_query(comments) -%}{%- endif -%}
{%- endif -%}
{%- endmacro -%}
{#- The described columns that are there; a warning names those that are not. -#}
{%- macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
{%- set lowered = existing_column_names | map('lower') | list -%}
{%- set known = {} -%}
{%- set missing = [] -%}
{%- for name in column_dict -%}
{%- if name in existing_column_names or (not column_dict[name]['quote'] and name | lower in lowered) -%}
{%- do known.update({name: column_dict[name]}) -%}
{%- else -%}
{%- do missing.append(name) -%}
{%- endif -%}
{%- endfor -%}
{%- if missing -%}
{%- do exceptions.warn('In relation ' ~ relation.render() ~ ': The following columns are specified in the schema but are not present in the database: ' ~ missing | join(', ')) -%}
{%- endif -%}
{{ return(known) }}
{%- endmacro -%}

{#- Freshness -#}

{%- macro collect_freshness(source, loaded_at_field, filter) -%}{{ return(adapter.dispatch('collect_freshness', 'dbt')(source, loaded_at_field, filter)) }}{%- endmacro -%}
{%- macro default__collect_freshness(source, loaded_at_field, filter) -%}
{%- call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
select max({{ loaded_at_field }}) as max_loaded_at, {{ current_timestamp() }} as snapshotted_at
from {{ source }}
{% if filter %}where {{ filter }}{% endif %}
{%- endcall -%}
{{ return(load_result('collect_freshness')) }}
{%- endmacro -%}
{%- macro get_relation_last_modified(information_schema, relations) -%}{{ return(adapter.dispatch('get_relation_last_modified', 'dbt')(information_schema, relations)) }}{%- endmacro -%}
{%- macro default__get_relation_last_modified(information_schema, relations) -%}
{{ exceptions.raise_compiler_error('when tables were written last is not known to ' ~ adapter.type()) }}
{%- endmacro -%}
{%- macro collect_freshness_custom_sql(source, loaded_at_query) -%}{{ return(adapter.dispatch('collect_freshness_custom_sql', 'dbt')(source, loaded_at_query)) }}{%- endmacro -%}
{%- macro default__collect_freshness_custom_sql(source, loaded_at_query) -%}
{%- call statement('collect_freshness_custom_sql', fetch_result=True, auto_begin=False) -%}
with source_query as (
{{ loaded_at_query }}
)
select (select * from source_query) as max_loaded_at, {{ current_timestamp() }} as snapshotted_at
{%- endcall -%}
{{ return(load_result('collect_freshness_custom_sql')) }}
{%- endmacro -%}
