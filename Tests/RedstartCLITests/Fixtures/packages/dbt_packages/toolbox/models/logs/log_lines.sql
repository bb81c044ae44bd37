{{ config(materialized='view') }}
select '{{ var("log_level") }}' as level, {{ var("width") }} as width, {{ pad('1') }} as padded
