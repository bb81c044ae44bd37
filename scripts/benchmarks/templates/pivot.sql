{%- set payment_methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card', 'cash', 'check', 'wire', 'crypto'] -%}
{%- set columns = ['id', 'customer_id', 'order_date', 'status', 'created_at', 'updated_at'] -%}
with orders as (
    select * from {{ source_relation }}
    {% if incremental %}
    where updated_at > (select max(updated_at) from {{ this_relation }})
    {% endif %}
),
payments as (
    select
    {%- for c in columns %}
        {{ c }} as {{ c | lower }}{{ "," if not loop.last }}
    {%- endfor %}
    from {{ payments_relation }}
),
order_payments as (
    select
        order_id,
        {% for payment_method in payment_methods -%}
        sum(case when payment_method = '{{ payment_method }}' then amount else 0 end) as {{ payment_method }}_amount,
        {% endfor -%}
        sum(amount) as total_amount
    from payments
    group by 1
)
select
    {% for c in columns -%}
    orders.{{ c }},
    {% endfor -%}
    {% for payment_method in payment_methods -%}
    order_payments.{{ payment_method }}_amount{% if not loop.last %},{% endif %}
    {% endfor -%}
from orders
left join order_payments on orders.order_id = order_payments.order_id
