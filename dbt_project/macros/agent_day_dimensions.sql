{# What a row of the two agent-day facts carries besides its measures. #}
{% macro agent_day_dimensions() %}
{{ return([
    'activity_date', 'final_from_date', 'team_id', 'supervisor_agent_id', 'site_id', 'job_role',
    'is_scorecard_eligible', 'has_ended', 'is_complete',
]) }}
{% endmacro %}
