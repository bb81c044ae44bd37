{#- Incremental models. -#}

{%- macro is_incremental() -%}
{%- if not execute -%}{{ return(False) }}{%- endif -%}
{%- set found = load_relation(this) -%}
{{ return(found is not none and found.type == 'table' and model.config.materialized == 'incremental' and not should_full_refresh()) }}
{%- endmacro -%}

{%- macro should_full_refresh() -%}
{%- set wanted = config.get('full_refresh') -%}
{%- if wanted is none -%}{%- set wanted = flags.FULL_REFRESH -%}{%- endif -%}
{%- do return(wanted) -%}
{%- endmacro -%}

{%- macro should_store_failures() -%}
{%- set wanted = config.get('store_failures') -%}
{%- if wanted is none -%}{%- set wanted = flags.STORE_FAILURES -%}{%- endif -%}
{%- do return(wanted) -%}
{%- endmacro -%}

{#- Strategies -#}

{%- macro strategy_dispatch(name) -%}
{%- set parts = name.split('.') -%}
{%- set macro_name = parts | last -%}
{%- set home = context[parts[0]] if parts | length > 1 else context -%}
{%- if macro_name not in home -%}{{ exceptions.raise_compiler_error('no macro is named ' ~ name) }}{%- endif -%}
{{ return(home[macro_name]) }}
{%- endmacro -%}

{%- macro get_incremental_append_sql(arg_dict) -%}{{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}{%- endmacro -%}
{%- macro default__get_incremental_append_sql(arg_dict) -%}{%- do return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) -%}{%- endmacro -%}
{%- macro get_incremental_delete_insert_sql(arg_dict) -%}{{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}{%- endmacro -%}
{%- macro default__get_incremental_delete_insert_sql(arg_dict) -%}{%- do return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) -%}{%- endmacro -%}
{%- macro get_incremental_merge_sql(arg_dict) -%}{{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}{%- endmacro -%}
{%- macro default__get_incremental_merge_sql(arg_dict) -%}{%- do return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) -%}{%- endmacro -%}
{%- macro get_incremental_insert_overwrite_sql(arg_dict) -%}{{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}{%- endmacro -%}
{%- macro default__get_incremental_insert_overwrite_sql(arg_dict) -%}{%- do return(get_insert_overwrite_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'], arg_dict['incremental_predicates'])) -%}{%- endmacro -%}
{%- macro get_incremental_default_sql(arg_dict) -%}{{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}{%- endmacro -%}
{%- macro default__get_incremental_default_sql(arg_dict) -%}{%- do return(get_incremental_append_sql(arg_dict)) -%}{%- endmacro -%}
{%- macro get_incremental_microbatch_sql(arg_dict) -%}{{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}{%- endmacro -%}
{%- macro default__get_incremental_microbatch_sql(arg_dict) -%}{{ exceptions.raise_not_implemented('microbatch materialization strategy not implemented for adapter ' ~ adapter.type()) }}{%- endmacro -%}

{%- macro get_insert_into_sql(target_relation, temp_relation, dest_columns) -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
insert into {{ target_relation }} ({{ columns }})
(
    select {{ columns }}
    from {{ temp_relation }}
)
{%- endmacro -%}

{%- macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}{{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}{%- endmacro -%}
{%- macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
{%- if merge_update_columns and merge_exclude_columns -%}
{{ exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') }}
{%- elif merge_update_columns -%}
{{ return(merge_update_columns) }}
{%- endif -%}
{%- set left_out = (merge_exclude_columns or []) | map('lower') | list -%}
{%- set columns = [] -%}
{%- for column in dest_columns if column.column | lower not in left_out -%}{%- do columns.append(column.quoted) -%}{%- endfor -%}
{{ return(columns) }}
{%- endmacro -%}

{%- macro get_merge_unique_key_match(source_unique_key, target_unique_key) -%}{{ return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key)) }}{%- endmacro -%}
{%- macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}{{ source_unique_key }} = {{ target_unique_key }}{%- endmacro -%}

{%- macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}{{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}{%- endmacro -%}
{%- macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
{%- set conditions = [] + (incremental_predicates or []) -%}
{%- set all_columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
{%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
{%- if unique_key -%}
{%- for key in ([unique_key] if unique_key is string else unique_key) -%}
{%- do conditions.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ key, 'DBT_INTERNAL_DEST.' ~ key)) -%}
{%- endfor -%}
{%- else -%}
{%- do conditions.append('FALSE') -%}
{%- endif -%}
{{ config.get('sql_header') or '' }}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on {{ '(' ~ conditions | join(') and (') ~ ')' }}
{% if unique_key %}
when matched then update set
{% for name in updated %}{{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ ', ' if not loop.last }}{% endfor %}
{% endif %}
when not matched then insert ({{ all_columns }})
values ({{ all_columns }})
{%- endmacro -%}

{%- macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}{{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}{%- endmacro -%}
{%- macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
{%- if unique_key %}
{%- set keys = ([unique_key] if unique_key is string else unique_key) | join(', ') %}
delete from {{ target }} as DBT_INTERNAL_DEST
where ({{ keys }}) in (
    select distinct {{ keys }}
    from {{ source }} as DBT_INTERNAL_SOURCE
)
{%- for condition in (incremental_predicates or []) %}
and {{ condition }}
{%- endfor -%};
{%- endif %}
insert into {{ target }} ({{ columns }})
(
    select {{ columns }}
    from {{ source }}
)
{%- endmacro -%}

{%- macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}{{ adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header) }}{%- endmacro -%}
{%- macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
{%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
{%- if include_sql_header -%}{{ config.get('sql_header') or '' }}{%- endif %}
merge into {{ target }} as DBT_INTERNAL_DEST
using {{ source }} as DBT_INTERNAL_SOURCE
on FALSE
when not matched by source {% if predicates %}and {{ predicates | join(' and ') }}{% endif %} then delete
when not matched then insert ({{ columns }})
values ({{ columns }})
{%- endmacro -%}

{#- Changed columns -#}

{%- macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
{%- if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] -%}{{ return(on_schema_change) }}{%- endif -%}
{%- do exceptions.warn('Invalid value for on_schema_change (' ~ on_schema_change ~ ') specified. Setting default value of ' ~ default ~ '.') -%}
{{ return(default) }}
{%- endmacro -%}

{%- macro check_for_schema_changes(source_relation, target_relation) -%}{{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}{%- endmacro -%}
{%- macro default__check_for_schema_changes(source_relation, target_relation) -%}
{%- set new = adapter.get_columns_in_relation(source_relation) -%}
{%- set old = adapter.get_columns_in_relation(target_relation) -%}
{%- set added = diff_columns(new, old) -%}
{%- set removed = diff_columns(old, new) -%}
{%- set retyped = diff_column_data_types(new, old) -%}
{{ return({
    'schema_changed': (added or removed or retyped) | length > 0,
    'source_not_in_target': added, 'target_not_in_source': removed,
    'source_columns': new, 'target_columns': old, 'new_target_types': retyped
}) }}
{%- endmacro -%}

{%- macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}{{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}{%- endmacro -%}
{%- macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
{%- set added = schema_changes_dict['source_not_in_target'] -%}
{%- if on_schema_change == 'append_new_columns' -%}
{%- if added -%}{%- do alter_relation_add_remove_columns(target_relation, added, none) -%}{%- endif -%}
{%- elif on_schema_change == 'sync_all_columns' -%}
{%- set removed = schema_changes_dict['target_not_in_source'] -%}
{%- if added or removed -%}{%- do alter_relation_add_remove_columns(target_relation, added, removed) -%}{%- endif -%}
{%- for change in schema_changes_dict['new_target_types'] -%}{%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}{%- endfor -%}
{%- endif -%}
{%- endmacro -%}

{%- macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}{{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}{%- endmacro -%}
{%- macro default__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
{%- if on_schema_change == 'ignore' -%}{{ return({}) }}{%- endif -%}
{%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
{%- if changes['schema_changed'] -%}
{%- if on_schema_change == 'fail' -%}
{%- do exceptions.raise_compiler_error('The source and target schemas on this incremental model are out of sync: added ' ~ changes['source_not_in_target'] ~ ', removed ' ~ changes['target_not_in_source'] ~ ', retyped ' ~ changes['new_target_types']) -%}
{%- else -%}
{%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
{%- endif -%}
{%- endif -%}
{{ return(changes['source_columns']) }}
{%- endmacro -%}
