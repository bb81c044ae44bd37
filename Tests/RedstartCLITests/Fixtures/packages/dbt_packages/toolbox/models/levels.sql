{{ config(materialized='view', alias='log_levels') }}
select level from {{ ref('log_lines') }}
union all select {{ dbt.cast_bool_to_text('true') }}
