{{ config(materialized='incremental') }}
select zeta.id, beta.kind, '{{ var.has_var('currency') }} {{ var.has_var('nothing') }}' as known
from {{ ref('beta') }} as beta
join {{ ref('alpha') }} as alpha on alpha.id = beta.id
join {{ ref('zeta') }} as zeta on zeta.id = beta.id
{% if is_incremental() %} where zeta.id > (select max(id) from {{ this }}) {% endif %}
