<table>
{% for row in table %}<tr>{% for k, v in row.items() %}<td>{{ k }}={{ v }}</td>{% endfor %}</tr>
{% endfor %}</table>
