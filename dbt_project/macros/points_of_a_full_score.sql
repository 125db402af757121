{# `_points` run from 0 to 100 by the naming rule, and in the contract of score_points. #}
{% macro points_of_a_full_score() -%}
100
{%- endmacro %}


{# How far a part goes into a whole, in points. #}
{% macro share_in_points(part, whole) -%}
cast({{ points_of_a_full_score() }} * ({{ part }}) as double)
        / nullif(cast({{ whole }} as double), 0)
{%- endmacro %}
