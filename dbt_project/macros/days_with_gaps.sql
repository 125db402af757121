{# The agent-days that rows kept apart leave incomplete; a gap of nobody's is on no agent's day. #}
{% macro days_with_gaps() -%}
select distinct
        agent_id,
        activity_date
    from {{ ref('fct_data_gap') }}
    where is_kept_apart and agent_id <> '' and activity_date is not null
{%- endmacro %}
