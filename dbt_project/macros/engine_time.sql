{# What engines write differently about time. Models never name a time zone function themselves. #}

{% macro local_date(at, zone) %}{{ return(adapter.dispatch('local_date')(at, zone)) }}{% endmacro %}

{% macro duckdb__local_date(at, zone) -%}
cast(timezone({{ zone }}, timezone('UTC', {{ at }})) as date)
{%- endmacro %}


{# The UTC instant at which a local date begins. #}
{% macro local_midnight_at(date, zone) %}
{{- return(adapter.dispatch('local_midnight_at')(date, zone)) -}}
{% endmacro %}

{% macro duckdb__local_midnight_at(date, zone) -%}
timezone('UTC', timezone({{ zone }}, cast({{ date }} as timestamp)))
{%- endmacro %}


{# Whole seconds; the parts of a stretch of time sum to the whole. #}
{% macro seconds_between(starts_at, ends_at) %}
{{- return(adapter.dispatch('seconds_between')(starts_at, ends_at)) -}}
{% endmacro %}

{% macro duckdb__seconds_between(starts_at, ends_at) -%}
date_diff('second', {{ starts_at }}, {{ ends_at }})
{%- endmacro %}


{% macro add_days(date, days) %}{{ return(adapter.dispatch('add_days')(date, days)) }}{% endmacro %}

{% macro duckdb__add_days(date, days) -%}
({{ date }} + cast({{ days }} as integer))
{%- endmacro %}


{% macro add_months(date, months) %}
{{- return(adapter.dispatch('add_months')(date, months)) -}}
{% endmacro %}

{% macro duckdb__add_months(date, months) -%}
cast({{ date }} + to_months({{ months }}) as date)
{%- endmacro %}


{# A timestamp some days or minutes away; the amount may be a column. #}
{% macro days_later(at, days) %}{{ return(adapter.dispatch('days_later')(at, days)) }}{% endmacro %}

{% macro duckdb__days_later(at, days) -%}
({{ at }} + to_days(cast({{ days }} as integer)))
{%- endmacro %}


{% macro minutes_later(at, minutes) %}
{{- return(adapter.dispatch('minutes_later')(at, minutes)) -}}
{% endmacro %}

{% macro duckdb__minutes_later(at, minutes) -%}
({{ at }} + to_minutes(cast({{ minutes }} as bigint)))
{%- endmacro %}
