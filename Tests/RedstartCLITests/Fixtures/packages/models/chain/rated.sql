select * from {{ var('rates_table') }} where code = '{{ var('currency_of_rates') }}'
