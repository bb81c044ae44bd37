{% set ns = namespace(total=0) %}
{% for i in range(1000) %}
{% for j in range(20) %}
{% if (i * j) % 7 == 3 and j > 4 %}{{ i }}:{{ j }} {{ i * j + 1 }}{% set ns.total = ns.total + j %}{% endif %}
{% endfor %}
{% endfor %}
{{ ns.total }}
