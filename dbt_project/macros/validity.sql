{# A feed names the last day in force, or nothing while it is open; the warehouse the day after. #}
{% macro exclusive_end_date(last_date) -%}
case
            when {{ last_date }} is null or {{ last_date }} >= date '9999-12-31' then date '9999-12-31'
            else {{ add_days(last_date, 1) }}
        end
{%- endmacro %}
