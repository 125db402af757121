{# A count of one for a row of which the condition is true, of zero for any other. #}
{% macro one_when(condition) -%}
cast(case when {{ condition }} then 1 else 0 end as bigint)
{%- endmacro %}
