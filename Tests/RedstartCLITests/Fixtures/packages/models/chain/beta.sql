{{ config(materialized='ephemeral') }}
select id, 'b' as kind from {{ ref('stg_orders') }}
