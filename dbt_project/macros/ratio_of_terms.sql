{# A ratio of sums from the terms of a metric version. A side of which one measure is unknown is
   unknown: a sum over what happens to be there would be another metric. #}
{% macro ratio_of_terms() -%}
{%- for side, column in {'numerator': 'numerator', 'denominator': 'denominator'}.items() -%}
cast(case
            when bool_and(side <> '{{ side }}' or summed is not null)
                then sum(case when side = '{{ side }}' then coefficient * summed end)
        end as decimal(38, 4)) as {{ column }},
        {% endfor -%}
cast(sum(case when side = 'sample' then coefficient * summed end) as bigint) as n
{%- endmacro %}
