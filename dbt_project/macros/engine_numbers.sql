{# How often a whole number goes into another, neither negative: no fraction is ever made. #}
{% macro whole_quotient(number, divisor) %}
{{- return(adapter.dispatch('whole_quotient')(number, divisor)) -}}
{% endmacro %}

{% macro duckdb__whole_quotient(number, divisor) -%}
(({{ number }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__whole_quotient(number, divisor) -%}
(({{ number }}) div ({{ divisor }}))
{%- endmacro %}
