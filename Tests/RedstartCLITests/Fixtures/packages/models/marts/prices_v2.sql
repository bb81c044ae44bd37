select 2 as price, {{ dbt.hash('code') }} as key from {{ ref('rates') }}
