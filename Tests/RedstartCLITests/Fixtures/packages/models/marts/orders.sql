{{ config(materialized='table', tags=['mart'], meta={'level': 1}) }}
select o.*, l.level, '{{ var("currency") }}' as currency, {{ toolbox.described('o') }}
from {{ ref('stg_orders') }} o
cross join {{ ref('toolbox', 'levels') }} l
left join {{ ref('rates') }} r on r.code = '{{ var("currency") }}'
