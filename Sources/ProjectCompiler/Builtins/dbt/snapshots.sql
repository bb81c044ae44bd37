{#- What snapshots are made of. A project's macro of the same name takes the place of one. -#}

{% macro snapshot_hash_arguments(args) %}
  {{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}
{% endmacro %}

{#- The same text as dbt hashes, so that a table which dbt has begun goes on. -#}
{% macro default__snapshot_hash_arguments(args) %}
  {%- set parts = [] -%}
  {%- for arg in args -%}
    {%- do parts.append("coalesce(cast(" ~ arg ~ " as varchar), '')") -%}
  {%- endfor -%}
  md5({{ parts | join(" || '|' || ") }})
{%- endmacro %}

{% macro get_snapshot_table_column_names() %}
  {%- set own = config.get('snapshot_meta_column_names') or {} -%}
  {%- set names = {} -%}
  {%- for key in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] -%}
    {%- do names.update({key: own.get(key) or key}) -%}
  {%- endfor -%}
  {{ return(names) }}
{% endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {%- set unique_key = config.get('unique_key') -%}
  {%- set updated_at = config.get('updated_at') -%}
  {%- set keys = [unique_key] if unique_key is string else unique_key -%}
  {{ return({
    'unique_key': unique_key,
    'updated_at': updated_at,
    'row_changed': '(' ~ snapshotted_rel ~ '.' ~ get_snapshot_table_column_names()['dbt_valid_from'] ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
    'scd_id': snapshot_hash_arguments(keys + [updated_at]),
    'hard_deletes': config.get('hard_deletes')
  }) }}
{% endmacro %}
