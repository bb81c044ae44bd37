{#- Relations: looking for them, making, renaming and dropping them. -#}

{%- macro load_cached_relation(relation) -%}
{%- do return(adapter.get_relation(database=relation.database, schema=relation.schema, identifier=relation.identifier)) -%}
{%- endmacro -%}
{%- macro load_relation(relation) -%}{{ return(load_cached_relation(relation)) }}{%- endmacro -%}

{%- macro get_or_create_relation(database, schema, identifier, type) -%}
{{ return(adapter.dispatch('get_or_create_relation', 'dbt')(database, schema, identifier, type)) }}
{%- endmacro -%}
{%- macro default__get_or_create_relation(database, schema, identifier, type) -%}
{%- set found = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
{%- if found -%}{%- do return([true, found]) -%}{%- endif -%}
{%- do return([false, api.Relation.create(database=database, schema=schema, identifier=identifier, type=type)]) -%}
{%- endmacro -%}

{#- Names beside a relation's own -#}

{%- macro make_temp_relation(base_relation, suffix='__dbt_tmp') -%}{{ return(adapter.dispatch('make_temp_relation', 'dbt')(base_relation, suffix)) }}{%- endmacro -%}
{%- macro default__make_temp_relation(base_relation, suffix) -%}{{ return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix})) }}{%- endmacro -%}

{%- macro make_intermediate_relation(base_relation, suffix='__dbt_tmp') -%}{{ return(adapter.dispatch('make_intermediate_relation', 'dbt')(base_relation, suffix)) }}{%- endmacro -%}
{%- macro default__make_intermediate_relation(base_relation, suffix) -%}{{ return(default__make_temp_relation(base_relation, suffix)) }}{%- endmacro -%}

{%- macro make_backup_relation(base_relation, backup_relation_type, suffix='__dbt_backup') -%}{{ return(adapter.dispatch('make_backup_relation', 'dbt')(base_relation, backup_relation_type, suffix)) }}{%- endmacro -%}
{%- macro default__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
{{ return(base_relation.incorporate(path={'identifier': base_relation.identifier ~ suffix}, type=backup_relation_type)) }}
{%- endmacro -%}

{#- Schemas -#}

{%- macro create_schema(relation) -%}{{ adapter.dispatch('create_schema', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__create_schema(relation) -%}
{%- call statement('create_schema', auto_begin=False) -%}create schema if not exists {{ relation.without_identifier().include(database=false) }}{%- endcall -%}
{%- endmacro -%}

{%- macro drop_schema(relation) -%}{{ adapter.dispatch('drop_schema', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__drop_schema(relation) -%}
{%- call statement('drop_schema', auto_begin=False) -%}drop schema if exists {{ relation.without_identifier().include(database=false) }} cascade{%- endcall -%}
{%- endmacro -%}

{%- macro drop_schema_named(schema_name) -%}{{ return(adapter.dispatch('drop_schema_named', 'dbt')(schema_name)) }}{%- endmacro -%}
{%- macro default__drop_schema_named(schema_name) -%}{{ adapter.drop_schema(api.Relation.create(database=target.database, schema=schema_name)) }}{%- endmacro -%}

{%- macro check_schema_exists(information_schema, schema) -%}{{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}{%- endmacro -%}
{%- macro default__check_schema_exists(information_schema, schema) -%}{{ return(adapter.check_schema_exists(information_schema.database, schema)) }}{%- endmacro -%}

{%- macro information_schema_name(database) -%}{{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}{%- endmacro -%}
{%- macro default__information_schema_name(database) -%}{%- if database -%}{{ database }}.information_schema{%- else -%}information_schema{%- endif -%}{%- endmacro -%}

{%- macro list_schemas(database) -%}{{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}{%- endmacro -%}
{%- macro default__list_schemas(database) -%}{{ return(run_query('select distinct nspname from pg_namespace')) }}{%- endmacro -%}

{%- macro list_relations_without_caching(schema_relation) -%}{{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}{%- endmacro -%}
{%- macro default__list_relations_without_caching(schema_relation) -%}
{%- call statement('list_relations_without_caching', fetch_result=True) -%}
select '{{ schema_relation.database }}' as database, c.relname as name, n.nspname as schema,
    case c.relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and lower(n.nspname) = lower('{{ schema_relation.schema }}')
union all
select distinct '{{ schema_relation.database }}', p.proname, n.nspname, 'function'
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where lower(n.nspname) = lower('{{ schema_relation.schema }}')
{%- endcall -%}
{{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro -%}

{#- Dropping, emptying, renaming -#}

{%- macro get_drop_sql(relation) -%}{{ adapter.dispatch('get_drop_sql', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__get_drop_sql(relation) -%}
{%- if relation.is_view -%}{{ drop_view(relation) }}
{%- elif relation.is_table -%}{{ drop_table(relation) }}
{%- elif relation.is_materialized_view -%}{{ drop_materialized_view(relation) }}
{%- else -%}drop {{ relation.type }} if exists {{ relation.render() }} cascade
{%- endif -%}
{%- endmacro -%}
{%- macro drop_view(relation) -%}{{ return(adapter.dispatch('drop_view', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__drop_view(relation) -%}drop view if exists {{ relation.render() }} cascade{%- endmacro -%}
{%- macro drop_table(relation) -%}{{ return(adapter.dispatch('drop_table', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__drop_table(relation) -%}drop table if exists {{ relation.render() }} cascade{%- endmacro -%}
{%- macro drop_materialized_view(relation) -%}{{ return(adapter.dispatch('drop_materialized_view', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__drop_materialized_view(relation) -%}drop materialized view if exists {{ relation.render() }} cascade{%- endmacro -%}

{%- macro drop_relation(relation) -%}{{ return(adapter.dispatch('drop_relation', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__drop_relation(relation) -%}
{%- call statement('drop_relation', auto_begin=False) -%}{{ get_drop_sql(relation) }}{%- endcall -%}
{%- endmacro -%}
{%- macro drop_relation_if_exists(relation) -%}{%- if relation is not none -%}{{ adapter.drop_relation(relation) }}{%- endif -%}{%- endmacro -%}

{%- macro truncate_relation(relation) -%}{{ return(adapter.dispatch('truncate_relation', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__truncate_relation(relation) -%}
{%- call statement('truncate_relation') -%}truncate table {{ relation.render() }}{%- endcall -%}
{%- endmacro -%}

{%- macro get_rename_sql(relation, new_name) -%}{{ adapter.dispatch('get_rename_sql', 'dbt')(relation, new_name) }}{%- endmacro -%}
{%- macro default__get_rename_sql(relation, new_name) -%}
{%- if relation.is_view -%}{{ get_rename_view_sql(relation, new_name) }}
{%- elif relation.is_table -%}{{ get_rename_table_sql(relation, new_name) }}
{%- elif relation.is_materialized_view -%}{{ get_rename_materialized_view_sql(relation, new_name) }}
{%- else -%}{{ exceptions.raise_compiler_error('`get_rename_sql` is not implemented for ' ~ relation.type) }}
{%- endif -%}
{%- endmacro -%}
{%- macro get_rename_view_sql(relation, new_name) -%}{{ adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name) }}{%- endmacro -%}
{%- macro default__get_rename_view_sql(relation, new_name) -%}alter view {{ relation }} rename to {{ adapter.quote(new_name) }}{%- endmacro -%}
{%- macro get_rename_table_sql(relation, new_name) -%}{{ adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name) }}{%- endmacro -%}
{%- macro default__get_rename_table_sql(relation, new_name) -%}alter table {{ relation }} rename to {{ adapter.quote(new_name) }}{%- endmacro -%}
{%- macro get_rename_materialized_view_sql(relation, new_name) -%}{{ adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name) }}{%- endmacro -%}
{%- macro default__get_rename_materialized_view_sql(relation, new_name) -%}alter materialized view {{ relation }} rename to {{ adapter.quote(new_name) }}{%- endmacro -%}
{%- macro rename_relation(from_relation, to_relation) -%}{{ return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) }}{%- endmacro -%}
{%- macro default__rename_relation(from_relation, to_relation) -%}
{%- call statement('rename_relation') -%}
{%- if from_relation.is_view or from_relation.is_table or from_relation.is_materialized_view -%}
{{ get_rename_sql(from_relation, to_relation.identifier) }}
{%- else -%}
alter table {{ from_relation.render() }} rename to {{ adapter.quote(to_relation.identifier) }}
{%- endif -%}
{%- endcall -%}
{%- endmacro -%}

{#- Making -#}

{%- macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
{%- if language != 'sql' -%}{{ exceptions.raise_compiler_error('create_table_as takes SQL, not ' ~ language) }}{%- endif -%}
{{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro -%}
{%- macro default__create_table_as(temporary, relation, sql) -%}
{{ config.get('sql_header') or '' }}
create {% if temporary %}temporary {% endif %}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
as (
{{ sql }}
);
{%- endmacro -%}
{%- macro get_create_table_as_sql(temporary, relation, sql) -%}{{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}{%- endmacro -%}
{%- macro default__get_create_table_as_sql(temporary, relation, sql) -%}{{ return(create_table_as(temporary, relation, sql)) }}{%- endmacro -%}

{%- macro create_view_as(relation, sql) -%}{{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }}{%- endmacro -%}
{%- macro default__create_view_as(relation, sql) -%}
{{ config.get('sql_header') or '' }}
create view {{ relation }}
{%- set contract = config.get('contract') %}
{%- if contract and contract.enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
as (
{{ sql }}
);
{%- endmacro -%}
{%- macro get_create_view_as_sql(relation, sql) -%}{{ adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql) }}{%- endmacro -%}
{%- macro default__get_create_view_as_sql(relation, sql) -%}{{ return(create_view_as(relation, sql)) }}{%- endmacro -%}

{%- macro get_create_sql(relation, sql) -%}{{ adapter.dispatch('get_create_sql', 'dbt')(relation, sql) }}{%- endmacro -%}
{%- macro default__get_create_sql(relation, sql) -%}
{%- if relation.is_view -%}{{ get_create_view_as_sql(relation, sql) }}
{%- elif relation.is_table -%}{{ get_create_table_as_sql(False, relation, sql) }}
{%- elif relation.is_materialized_view -%}{{ get_create_materialized_view_as_sql(relation, sql) }}
{%- else -%}{{ exceptions.raise_compiler_error('`get_create_sql` is not implemented for ' ~ relation.type) }}
{%- endif -%}
{%- endmacro -%}
{%- macro get_create_intermediate_sql(relation, sql) -%}{{ adapter.dispatch('get_create_intermediate_sql', 'dbt')(relation, sql) }}{%- endmacro -%}
{%- macro default__get_create_intermediate_sql(relation, sql) -%}
{%- set intermediate = make_intermediate_relation(relation) -%}
{{ get_drop_sql(intermediate) }};
{{ get_create_sql(intermediate, sql) }}
{%- endmacro -%}
{%- macro get_create_backup_sql(relation) -%}{{ adapter.dispatch('get_create_backup_sql', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__get_create_backup_sql(relation) -%}
{%- set backup = make_backup_relation(relation, relation.type) -%}
{{ get_drop_sql(backup) }};
{{ get_rename_sql(relation, backup.identifier) }}
{%- endmacro -%}
{%- macro get_rename_intermediate_sql(relation) -%}{{ adapter.dispatch('get_rename_intermediate_sql', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__get_rename_intermediate_sql(relation) -%}{{ get_rename_sql(make_intermediate_relation(relation), relation.identifier) }}{%- endmacro -%}
{%- macro get_drop_backup_sql(relation) -%}{{ adapter.dispatch('get_drop_backup_sql', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__get_drop_backup_sql(relation) -%}{{ get_drop_sql(make_backup_relation(relation, relation.type)) }}{%- endmacro -%}
{%- macro get_replace_sql(existing_relation, target_relation, sql) -%}{{ return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) }}{%- endmacro -%}
{#- A relation in the place of another: at once where the kind allows it, else aside and renamed, as far
    as both can be renamed. -#}
{%- macro default__get_replace_sql(existing_relation, target_relation, sql) -%}
{{- log('Applying REPLACE to: ' ~ target_relation) -}}
{%- if existing_relation.type == target_relation.type and existing_relation.is_view and existing_relation.can_be_replaced -%}
{{ get_replace_view_sql(target_relation, sql) }}
{%- elif target_relation.can_be_renamed and existing_relation.can_be_renamed -%}
{{ get_create_intermediate_sql(target_relation, sql) }};
{{ get_create_backup_sql(existing_relation) }};
{{ get_rename_intermediate_sql(target_relation) }};
{{ get_drop_backup_sql(existing_relation) }}
{%- elif target_relation.can_be_renamed -%}
{{ get_create_intermediate_sql(target_relation, sql) }};
{{ get_drop_sql(existing_relation) }};
{{ get_rename_intermediate_sql(target_relation) }}
{%- elif existing_relation.can_be_renamed -%}
{{ get_create_backup_sql(existing_relation) }};
{{ get_create_sql(target_relation, sql) }};
{{ get_drop_backup_sql(existing_relation) }}
{%- else -%}
{{ get_drop_sql(existing_relation) }};
{{ get_create_sql(target_relation, sql) }}
{%- endif -%}
{%- endmacro -%}
{%- macro get_replace_view_sql(relation, sql) -%}{{ adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql) }}{%- endmacro -%}
{%- macro default__get_replace_view_sql(relation, sql) -%}
{{ config.get('sql_header') or '' }}
create or replace view {{ relation }}
{%- set contract = config.get('contract') %}
{%- if contract and contract.enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
as (
{{ sql }}
)
{%- endmacro -%}
{%- macro handle_existing_table(full_refresh, old_relation) -%}{{ adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation) }}{%- endmacro -%}
{%- macro default__handle_existing_table(full_refresh, old_relation) -%}{{ adapter.drop_relation(old_relation) }}{%- endmacro -%}

{#- Clones -#}

{%- macro can_clone_table() -%}{{ return(adapter.dispatch('can_clone_table', 'dbt')()) }}{%- endmacro -%}
{%- macro default__can_clone_table() -%}{{ return(False) }}{%- endmacro -%}
{%- macro create_or_replace_clone(this_relation, defer_relation) -%}{{ return(adapter.dispatch('create_or_replace_clone', 'dbt')(this_relation, defer_relation)) }}{%- endmacro -%}
{%- macro default__create_or_replace_clone(this_relation, defer_relation) -%}create or replace table {{ this_relation.render() }} clone {{ defer_relation.render() }}{%- endmacro -%}

{#- Indexes -#}

{%- macro get_show_indexes_sql(relation) -%}{{ return(adapter.dispatch('get_show_indexes_sql', 'dbt')(relation)) }}{%- endmacro -%}
{%- macro default__get_show_indexes_sql(relation) -%}{{ exceptions.raise_not_implemented('get_show_indexes_sql macro not implemented for adapter ' ~ adapter.type()) }}{%- endmacro -%}
{%- macro get_drop_index_sql(relation, index_name) -%}{{ return(adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name)) }}{%- endmacro -%}
{%- macro default__get_drop_index_sql(relation, index_name) -%}{{ exceptions.raise_compiler_error('`get_drop_index_sql` is not implemented for ' ~ adapter.type()) }}{%- endmacro -%}
{%- macro get_create_index_sql(relation, index_dict) -%}{{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}{%- endmacro -%}
{%- macro default__get_create_index_sql(relation, index_dict) -%}{%- do return(None) -%}{%- endmacro -%}
{%- macro create_indexes(relation) -%}{{ adapter.dispatch('create_indexes', 'dbt')(relation) }}{%- endmacro -%}
{%- macro default__create_indexes(relation) -%}
{%- for index in config.get('indexes', default=[]) -%}
{%- set text = get_create_index_sql(relation, index) -%}
{%- if text -%}{%- call statement() -%}{{ text }}{%- endcall -%}{%- endif -%}
{%- endfor -%}
{%- endmacro -%}
