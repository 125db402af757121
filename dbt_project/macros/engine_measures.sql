{# The measures of a fact are all its columns but the keys and dimensions: a new measure changes no
   KPI. `dimensions` are columns of the relation that are neither key nor measure. #}

{% macro measures_summed(relation, keys, dimensions) %}
{{- return(adapter.dispatch('measures_summed')(relation, keys, dimensions)) -}}
{% endmacro %}

{% macro duckdb__measures_summed(relation, keys, dimensions) -%}
select
        {{ keys | join(', ') }},
        cast(
            sum(columns(* exclude ({{ (keys + dimensions) | join(', ') }})))
            as decimal(38, 4)
        )
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{# One row per key and measure that is not null: its sum. #}
{% macro measures_as_rows(relation, keys, dimensions) %}
{{- return(adapter.dispatch('measures_as_rows')(relation, keys, dimensions)) -}}
{% endmacro %}

{% macro duckdb__measures_as_rows(relation, keys, dimensions) -%}
select * from (
        unpivot ({{ measures_summed(relation, keys, dimensions) }})
        on columns(* exclude ({{ keys | join(', ') }})) into name measure value summed
    )
{%- endmacro %}


{# One row per key and measure: on how many rows of the relation it is neither null nor zero. #}
{% macro measure_days_as_rows(relation, keys, dimensions) %}
{{- return(adapter.dispatch('measure_days_as_rows')(relation, keys, dimensions)) -}}
{% endmacro %}

{% macro duckdb__measure_days_as_rows(relation, keys, dimensions) -%}
select * from (
        unpivot (
            select
                {{ keys | join(', ') }},
                count(nullif(columns(* exclude ({{ (keys + dimensions) | join(', ') }})), 0))
            from {{ relation }}
            group by {{ keys | join(', ') }}
        )
        on columns(* exclude ({{ keys | join(', ') }})) into name measure value days
    )
{%- endmacro %}
