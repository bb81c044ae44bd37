{#- How models become relations. Redstart does the usual ones itself; these are what a project's own
    macros change, and what templates can call. -#}

{%- materialization view, default -%}
{%- set existing = load_cached_relation(this) -%}
{%- set wanted = this.incorporate(type='view') -%}
{%- set intermediate = make_intermediate_relation(wanted) -%}
{%- set backup = make_backup_relation(wanted, existing.type if existing else 'view') -%}
{{ run_hooks(pre_hooks, inside_transaction=False) }}
{{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
{{ drop_relation_if_exists(load_cached_relation(backup)) }}
{{ run_hooks(pre_hooks, inside_transaction=True) }}
{%- call statement('main') -%}{{ get_create_view_as_sql(intermediate, sql) }}{%- endcall -%}
{%- if existing is not none -%}
{%- set existing = load_cached_relation(existing) -%}
{%- if existing is not none -%}{{ adapter.rename_relation(existing, backup) }}{%- endif -%}
{%- endif -%}
{{ adapter.rename_relation(intermediate, wanted) }}
{%- do apply_grants(wanted, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
{%- do persist_docs(wanted, model) -%}
{{ run_hooks(post_hooks, inside_transaction=True) }}
{{ adapter.commit() }}
{{ drop_relation_if_exists(load_cached_relation(backup)) }}
{{ run_hooks(post_hooks, inside_transaction=False) }}
{{ return({'relations': [wanted]}) }}
{%- endmaterialization -%}

{%- materialization table, default -%}
{%- set existing = load_cached_relation(this) -%}
{%- set wanted = this.incorporate(type='table') -%}
{%- set intermediate = make_intermediate_relation(wanted) -%}
{%- set backup = make_backup_relation(wanted, existing.type if existing else 'table') -%}
{{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
{{ drop_relation_if_exists(load_cached_relation(backup)) }}
{{ run_hooks(pre_hooks, inside_transaction=False) }}
{{ run_hooks(pre_hooks, inside_transaction=True) }}
{%- call statement('main') -%}{{ get_create_table_as_sql(False, intermediate, sql) }}{%- endcall -%}
{%- do create_indexes(intermediate) -%}
{%- if existing is not none -%}
{%- set existing = load_cached_relation(existing) -%}
{%- if existing is not none -%}{{ adapter.rename_relation(existing, backup) }}{%- endif -%}
{%- endif -%}
{{ adapter.rename_relation(intermediate, wanted) }}
{{ run_hooks(post_hooks, inside_transaction=True) }}
{%- do apply_grants(wanted, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
{%- do persist_docs(wanted, model) -%}
{{ adapter.commit() }}
{{ drop_relation_if_exists(load_cached_relation(backup)) }}
{{ run_hooks(post_hooks, inside_transaction=False) }}
{{ return({'relations': [wanted]}) }}
{%- endmaterialization -%}

{%- materialization incremental, default -%}
{%- set existing = load_cached_relation(this) -%}
{%- set wanted = this.incorporate(type='table') -%}
{%- set temporary = make_temp_relation(wanted) -%}
{%- set intermediate = make_intermediate_relation(wanted) -%}
{%- set backup = make_backup_relation(wanted, existing.type if existing else 'table') -%}
{%- set unique_key = config.get('unique_key') -%}
{%- set refreshes = should_full_refresh() or (existing and existing.is_view) -%}
{%- set on_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
{%- set leftovers = [] -%}
{%- set strategy_macro = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
{{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
{{ drop_relation_if_exists(load_cached_relation(backup)) }}
{{ run_hooks(pre_hooks, inside_transaction=False) }}
{{ run_hooks(pre_hooks, inside_transaction=True) }}
{%- set needs_swap = namespace(value=false) -%}
{%- if existing is none -%}
{%- set build = get_create_table_as_sql(False, wanted, sql) -%}
{%- set built = wanted -%}
{%- elif refreshes -%}
{%- set build = get_create_table_as_sql(False, intermediate, sql) -%}
{%- set built = intermediate -%}
{%- set needs_swap.value = true -%}
{%- else -%}
{%- do run_query(get_create_table_as_sql(True, temporary, sql)) -%}
{%- do adapter.expand_target_column_types(from_relation=temporary, to_relation=wanted) -%}
{%- set columns = process_schema_changes(on_change, temporary, existing) -%}
{%- if not columns -%}{%- set columns = adapter.get_columns_in_relation(existing) -%}{%- endif -%}
{%- set predicates = config.get('predicates', none) or config.get('incremental_predicates', none) -%}
{%- set build = strategy_macro({'target_relation': wanted, 'temp_relation': temporary, 'unique_key': unique_key, 'dest_columns': columns, 'incremental_predicates': predicates}) -%}
{%- set built = wanted -%}
{%- do leftovers.append(temporary) -%}
{%- endif -%}
{%- call statement('main') -%}{{ build }}{%- endcall -%}
{%- if existing is none or needs_swap.value -%}{%- do create_indexes(built) -%}{%- endif -%}
{%- if needs_swap.value -%}
{%- do adapter.rename_relation(existing, backup) -%}
{%- do adapter.rename_relation(intermediate, wanted) -%}
{%- do leftovers.append(backup) -%}
{%- endif -%}
{%- do apply_grants(wanted, config.get('grants'), should_revoke=should_revoke(existing, refreshes)) -%}
{%- do persist_docs(wanted, model) -%}
{{ run_hooks(post_hooks, inside_transaction=True) }}
{%- do adapter.commit() -%}
{%- for relation in leftovers -%}{%- do adapter.drop_relation(relation.incorporate(type=relation.type or 'table')) -%}{%- endfor -%}
{{ run_hooks(post_hooks, inside_transaction=False) }}
{{ return({'relations': [wanted]}) }}
{%- endmaterialization -%}

{%- materialization test, default -%}
{%- call statement('main', fetch_result=True) -%}
{{ get_test_sql(sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')) }}
{%- endcall -%}
{{ return({'relations': []}) }}
{%- endmaterialization -%}
