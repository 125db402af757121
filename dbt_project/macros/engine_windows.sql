{# The newest value that is not null up to the current row of a window ordered by time. #}
{% macro latest_known(column, window) %}
{{- return(adapter.dispatch('latest_known')(column, window)) -}}
{% endmacro %}

{% macro duckdb__latest_known(column, window) -%}
last_value({{ column }} ignore nulls) over {{ window }}
{%- endmacro %}

{% macro spark__latest_known(column, window) -%}
last_value({{ column }}) ignore nulls over {{ window }}
{%- endmacro %}
