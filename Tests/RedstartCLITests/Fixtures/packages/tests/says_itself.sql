{% do context.update({this.name: 'kept'}) -%}
select '{{ this }} {{ context.get(this.name) }}' as name where false
