{# What engines write differently about time. Models never name a time zone function themselves. A
   timestamp is UTC without a zone; on Spark that is TIMESTAMP_NTZ. #}

{% macro local_date(at, zone) %}{{ return(adapter.dispatch('local_date')(at, zone)) }}{% endmacro %}

{% macro duckdb__local_date(at, zone) -%}
cast(timezone({{ zone }}, timezone('UTC', {{ at }})) as date)
{%- endmacro %}

{% macro spark__local_date(at, zone) -%}
cast(convert_timezone('UTC', {{ zone }}, {{ at }}) as date)
{%- endmacro %}


{# The UTC instant at which a local date begins. Where the clock goes back over midnight, 00:00
   comes twice and the first is meant, as on Spark; DuckDB takes the second, an hour later. #}
{% macro local_midnight_at(date, zone) %}
{{- return(adapter.dispatch('local_midnight_at')(date, zone)) -}}
{% endmacro %}

{% macro duckdb__local_midnight_at(date, zone) -%}
{%- set second = "timezone('UTC', timezone(" ~ zone ~ ', cast(' ~ date ~ ' as timestamp)))' -%}
{%- set first = '(' ~ second ~ ' - to_hours(1))' -%}
case
            when {{ duckdb__local_date(first, zone) }} = {{ date }} then {{ first }}
            else {{ second }}
        end
{%- endmacro %}

{% macro spark__local_midnight_at(date, zone) -%}
convert_timezone({{ zone }}, 'UTC', cast({{ date }} as timestamp_ntz))
{%- endmacro %}


{# Whole seconds; the parts of a stretch of time sum to the whole. #}
{% macro seconds_between(starts_at, ends_at) %}
{{- return(adapter.dispatch('seconds_between')(starts_at, ends_at)) -}}
{% endmacro %}

{% macro duckdb__seconds_between(starts_at, ends_at) -%}
date_diff('second', {{ starts_at }}, {{ ends_at }})
{%- endmacro %}

{# Spark counts whole seconds that passed, and of 0.9 to 1.1 s none; DuckDB counts the second
   that began. Counted from a fixed one on, both say the same. #}
{% macro spark__seconds_between(starts_at, ends_at) -%}
{%- set origin = "timestamp_ntz '1900-01-01 00:00:00'" -%}
(timestampdiff(second, {{ origin }}, {{ ends_at }})
        - timestampdiff(second, {{ origin }}, {{ starts_at }}))
{%- endmacro %}


{% macro add_days(date, days) %}{{ return(adapter.dispatch('add_days')(date, days)) }}{% endmacro %}

{% macro duckdb__add_days(date, days) -%}
({{ date }} + cast({{ days }} as integer))
{%- endmacro %}

{% macro spark__add_days(date, days) -%}
date_add({{ date }}, cast({{ days }} as integer))
{%- endmacro %}


{% macro add_months(date, months) %}
{{- return(adapter.dispatch('add_months')(date, months)) -}}
{% endmacro %}

{% macro duckdb__add_months(date, months) -%}
cast({{ date }} + to_months({{ months }}) as date)
{%- endmacro %}

{% macro spark__add_months(date, months) -%}
add_months({{ date }}, {{ months }})
{%- endmacro %}


{# A timestamp some days or minutes away; the amount may be a column. #}
{% macro days_later(at, days) %}{{ return(adapter.dispatch('days_later')(at, days)) }}{% endmacro %}

{% macro duckdb__days_later(at, days) -%}
({{ at }} + to_days(cast({{ days }} as integer)))
{%- endmacro %}

{% macro spark__days_later(at, days) -%}
timestampadd(day, cast({{ days }} as integer), {{ at }})
{%- endmacro %}


{% macro minutes_later(at, minutes) %}
{{- return(adapter.dispatch('minutes_later')(at, minutes)) -}}
{% endmacro %}

{% macro duckdb__minutes_later(at, minutes) -%}
({{ at }} + to_minutes(cast({{ minutes }} as bigint)))
{%- endmacro %}

{% macro spark__minutes_later(at, minutes) -%}
timestampadd(minute, cast({{ minutes }} as integer), {{ at }})
{%- endmacro %}
