{# `_points` run from 0 to 100 by the naming rule, and in the contract of score_points. #}
{% macro points_of_a_full_score() -%}
100
{%- endmacro %}
