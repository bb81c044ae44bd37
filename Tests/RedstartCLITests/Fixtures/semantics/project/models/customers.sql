select 2 as customer_id, 'anna' as name, date '2023-01-01' as first_ordered_at
