select level, count(*) from {{ ref('orders') }} group by 1
