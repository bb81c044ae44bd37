select * from {{ ref('prices') }} union all select * from {{ ref('prices', v=1) }}
