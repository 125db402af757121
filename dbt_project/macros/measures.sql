{# The measures of a fact that a definition uses, of the columns that its contract says are whole
   numbers or decimals. A new measure changes no KPI, and one that no metric reads costs none: of 86,
   21 are read. Until dbt has read every contract, one name stands for them. #}
{% macro measures_of(fact) %}
{%- set measures = [] if execute else ['measures'] -%}
{%- set terms = [] -%}
{%- if model.resource_type != 'unit_test' -%}
{%- set used = 'select distinct measure from ' ~ source('catalogue', 'metric_term') -%}
{%- do terms.extend(run_query(used).columns[0].values() if may_ask_the_warehouse() else []) -%}
{%- endif -%}
{%- if execute -%}
{%- for column in graph.nodes['model.' ~ project_name ~ '.' ~ fact].columns.values() -%}
{%- if column.data_type == 'bigint' or column.data_type.startswith('decimal') -%}
{%- if column.name in terms or not terms -%}
{%- do measures.append(column.name) -%}
{%- endif -%}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{ return(measures) }}
{% endmacro %}


{# One row per key: the measures of the fact, each summed over the rows of the relation. #}
{% macro measures_summed(relation, keys, fact) -%}
{%- set columns = keys | list -%}
{%- for measure in measures_of(fact) -%}
{%- do columns.append('cast(sum(' ~ measure ~ ') as decimal(38, 4)) as ' ~ measure) -%}
{%- endfor -%}
select
        {{ columns | join(',\n        ') }}
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}


{# One row per key and measure that is not null: its sum. #}
{% macro measures_as_rows(relation, keys, fact) -%}
select * from ({{ measures_summed(relation, keys, fact) }}) as summed_measures
    unpivot (summed for measure in ({{ measures_of(fact) | join(', ') }}))
{%- endmacro %}


{# One row per key and measure: on how many rows of the relation it is neither null nor zero. #}
{% macro measure_days_as_rows(relation, keys, fact) -%}
{%- set columns = keys | list -%}
{%- for measure in measures_of(fact) -%}
{%- do columns.append('count(nullif(' ~ measure ~ ', 0)) as ' ~ measure) -%}
{%- endfor -%}
select * from (
        select
            {{ columns | join(',\n            ') }}
        from {{ relation }}
        group by {{ keys | join(', ') }}
    ) as counted_days
    unpivot (days for measure in ({{ measures_of(fact) | join(', ') }}))
{%- endmacro %}
