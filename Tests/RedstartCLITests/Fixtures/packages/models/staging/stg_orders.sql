select id, {{ helpers.money('amount') }} as amount, {{ dbt.dateadd('day', 1, 'ordered_at') }} as due_at
from {{ source('raw', 'orders') }}
