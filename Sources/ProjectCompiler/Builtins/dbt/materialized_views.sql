{#- Materialized views: made once, then refreshed; made anew or altered where the configuration changed. -#}

{%- macro get_create_materialized_view_as_sql(relation, sql) -%}{{ adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql) }}{%- endmacro -%}
{%- macro default__get_create_materialized_view_as_sql(relation, sql) -%}create materialized view {{ relation }} as {{ sql }}{%- endmacro -%}
{%- macro refresh_materialized_view(relation) -%}
{{- log('Applying REFRESH to: ' ~ relation) -}}
{{ adapter.dispatch('refresh_materialized_view', 'dbt')(relation) }}
{%- endmacro -%}
{%- macro default__refresh_materialized_view(relation) -%}refresh materialized view {{ relation }}{%- endmacro -%}

{#- What differs between a view that stands and its configuration; none where nothing does. -#}
{%- macro get_materialized_view_configuration_changes(existing_relation, new_config) -%}
{{- log('Determining configuration changes on: ' ~ existing_relation) -}}
{%- do return(adapter.dispatch('get_materialized_view_configuration_changes', 'dbt')(existing_relation, new_config)) -%}
{%- endmacro -%}
{%- macro default__get_materialized_view_configuration_changes(existing_relation, new_config) -%}{%- do return(none) -%}{%- endmacro -%}
{%- macro get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
{{- log('Applying ALTER to: ' ~ relation) -}}
{{ adapter.dispatch('get_alter_materialized_view_as_sql', 'dbt')(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) }}
{%- endmacro -%}
{%- macro default__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) -%}
{{ get_replace_sql(existing_relation, relation, sql) }}
{%- endmacro -%}

{#- The statements that bring the view up to date; nothing where it is to stay as it is. -#}
{%- macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
{%- if existing_relation is none -%}{%- do return(get_create_materialized_view_as_sql(target_relation, sql)) -%}{%- endif -%}
{%- if should_full_refresh() or not existing_relation.is_materialized_view -%}
{%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
{%- endif -%}
{%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
{%- if changes is none -%}{%- do return(refresh_materialized_view(target_relation)) -%}{%- endif -%}
{%- set wish = config.get('on_configuration_change') or 'apply' -%}
{%- if wish == 'apply' -%}
{%- do return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) -%}
{%- elif wish == 'continue' -%}
{%- do exceptions.warn('Configuration changes were identified and `on_configuration_change` was set to `continue` for `' ~ target_relation.render() ~ '`') -%}
{%- do return('') -%}
{%- elif wish == 'fail' -%}
{%- do exceptions.raise_fail_fast_error('Configuration changes were identified and `on_configuration_change` was set to `fail` for `' ~ target_relation.render() ~ '`') -%}
{%- endif -%}
{%- do exceptions.raise_compiler_error('on_configuration_change is apply, continue or fail, not ' ~ wish) -%}
{%- endmacro -%}

{%- materialization materialized_view, default -%}
{%- set existing = load_cached_relation(this) -%}
{%- set wanted = this.incorporate(type='materialized_view') -%}
{%- set intermediate = make_intermediate_relation(wanted) -%}
{%- set backup = make_backup_relation(wanted, existing.type if existing else 'materialized_view') -%}
{{ drop_relation_if_exists(load_cached_relation(backup)) }}
{{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
{{ run_hooks(pre_hooks, inside_transaction=False) }}
{%- set build = materialized_view_get_build_sql(existing, wanted, backup, intermediate) -%}
{%- if build | trim == '' -%}
{%- do store_raw_result(name='main', message='skip ' ~ wanted, code='skip', rows_affected='-1') -%}
{%- else -%}
{{ run_hooks(pre_hooks, inside_transaction=True) }}
{#- Redshift refreshes in a transaction of its own. -#}
{%- set stands_alone = adapter.type() == 'redshift' and (build | trim | lower).startswith('refresh') -%}
{%- if stands_alone -%}{%- do adapter.commit() -%}{%- endif -%}
{%- call statement('main', auto_begin=(not stands_alone)) -%}{{ build }}{%- endcall -%}
{%- do apply_grants(wanted, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
{%- do persist_docs(wanted, model) -%}
{{ run_hooks(post_hooks, inside_transaction=True) }}
{{ adapter.commit() }}
{%- endif -%}
{{ run_hooks(post_hooks, inside_transaction=False) }}
{{ return({'relations': [wanted]}) }}
{%- endmaterialization -%}
