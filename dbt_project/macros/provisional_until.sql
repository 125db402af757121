{# The date on which what is counted before `end_date` is final; nothing once that date has come. #}
{% macro provisional_until(end_date, final_after_days, as_of) -%}
{%- set final_from_date = add_days(end_date, final_after_days ~ ' - 1') -%}
case when {{ final_from_date }} > cast({{ as_of }} as date) then {{ final_from_date }} end
{%- endmacro %}
