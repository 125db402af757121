{# The agent-days of a fact: where the agent was, whether the day counts, and from when it is final.
   A row kept apart leaves its day out; a gap of nobody's is on no agent's day. A day may change for
   the longest window of the declared feeds that the fact is counted from. #}
{% macro agent_dates_of(fact) -%}
select
        agent_dates.*,
        agent_dates.has_ended and gaps.agent_id is null as is_complete,
        {{ add_days('agent_dates.calendar_date', 'longest_window.final_after_days') }}
            as final_from_date
    from {{ ref('int_agent_calendar_day') }} as agent_dates
    cross join (
        select coalesce(max(feeds.final_after_days), 0) as final_after_days
        from {{ source('catalogue', 'measure') }} as measures
        inner join {{ source('run', 'feed') }} as feeds on measures.feed = feeds.feed
        where measures.fact = '{{ fact }}' and feeds.is_declared
    ) as longest_window
    left outer join (
        select distinct
            agent_id,
            activity_date
        from {{ ref('fct_data_gap') }}
        where is_kept_apart and agent_id <> ''
    ) as gaps
        on agent_dates.agent_id = gaps.agent_id
        and agent_dates.calendar_date = gaps.activity_date
{%- endmacro %}
