{#- A key made of several expressions: the MD5 of their texts.

    NULL counts as an empty text. The separator keeps ('1', '23') and ('12', '3') apart. #}
{% macro surrogate_key(expressions) -%}
  md5(
    {%- for expression in expressions %}
    nvl(cast({{ expression }} as varchar), ''){{ " || '|' ||" if not loop.last }}
    {%- endfor %}
  )
{%- endmacro %}
