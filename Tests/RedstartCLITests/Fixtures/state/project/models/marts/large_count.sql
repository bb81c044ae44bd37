select count(*) as n from {{ ref('large') }}
