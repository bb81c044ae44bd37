select id, {{ cents('amount') }} as cents from {{ ref('orders') }}
