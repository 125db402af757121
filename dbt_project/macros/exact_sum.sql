{# Sums of doubles change with the number of threads; a sum of decimals does not. #}
{% macro exact_sum(expression) -%}
sum(cast({{ expression }} as decimal(38, 12)))
{%- endmacro %}
