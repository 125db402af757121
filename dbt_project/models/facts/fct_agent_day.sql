{{ config(materialized='incremental', meta={'part': 'agent_day'}) }}
{%- set planned = 'declared.has_planned_activity' -%}
{%- set seen = 'declared.has_described_activity' -%}
{%- set sums_of_activities = measures_of_time() -%}
{%- set sums_of_shifts = {
    'scheduled_shifts': planned, 'late_arrivals': planned ~ ' and ' ~ seen,
    'short_notice_shifts': planned, 'edited_after_start_seconds': planned,
} -%}
{%- set development = [
    'coaching_sessions_assigned', 'coaching_sessions_completed',
    'coaching_sessions_completed_on_time', 'lessons_assigned', 'lessons_completed',
    'lessons_completed_on_time',
] -%}

with activities as (

    select * from {{ ref('fct_activity') }}
    where {{ is_built_tonight('activity_date', 'agent_day') }}

),

shifts as (

    select * from {{ ref('fct_shift') }}
    where {{ is_built_tonight('activity_date', 'agent_day') }}

),

contacts_per_agent_day as (

    select * from {{ ref('fct_contact') }}
    where agent_id is not null and {{ is_built_tonight('activity_date', 'agent_day') }}

),

agent_dates as (

    {{ agent_dates_of('fct_agent_day') }}

),

declared as (

    select * from {{ ref('int_declared_feed') }}

),

shifts_per_agent_day as (

    select
        agent_id,
        activity_date,
    {%- for measure in sums_of_shifts %}
    sum({{ measure }}) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from shifts
    group by agent_id, activity_date

),

-- How much of the time on queue was idle is known when the platform told so of all of it.
activities_per_agent_day as (

    select
        agent_id,
        activity_date,
        {%- for measure, (_, seconds, condition) in sums_of_activities.items() %}
        sum({{ 'case when ' ~ condition ~ ' then ' ~ seconds ~ ' end' if condition else seconds }})
            as {{ measure }},
        {%- endfor %}
        count(available_seconds) > 0
        and count(available_seconds) = count(case when actual_category = 'on_queue' then 1 end)
            as is_availability_known
    from activities
    group by agent_id, activity_date

),

development_per_agent_day as (

    select
        agent_id,
        activity_date,
    {%- for measure in development %}
    sum({{ measure }}) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('fct_development_event') }}
    where
        development_exclusion_reason is null
        and {{ is_built_tonight('activity_date', 'agent_day') }}
    group by agent_id, activity_date

),

days_of_anything as (
    {% for events in ['shifts', 'activities', 'development', 'contacts'] %}
    select
        agent_id,
        activity_date
    from {{ events }}_per_agent_day
    union distinct
    {%- endfor %}
    select
        agent_id,
        calendar_date as activity_date
    from agent_dates
    where has_ended and not is_complete

),

-- Team, site and role are those of the day. A measure of an undeclared feed is null, never zero.
agent_days as (

    select
        -- ids
        days_of_anything.agent_id,

        -- dates
        days_of_anything.activity_date,
        agent_dates.final_from_date,

        -- categories
        agent_dates.team_id,
        agent_dates.supervisor_agent_id,
        agent_dates.site_id,
        agent_dates.job_role,

        -- booleans
        agent_dates.is_scorecard_eligible,
        agent_dates.has_ended,
        agent_dates.is_complete,

        -- counts and seconds
        {%- for measure in development %}
        case when declared.has_development_event then cast(coalesce({{ measure }}, 0) as bigint) end
            as {{ measure }},
        {%- endfor %}
        {%- for measure, condition in sums_of_shifts.items() %}
        case when {{ condition }} then cast(coalesce({{ measure }}, 0) as bigint) end
            as {{ measure }},
        {%- endfor %}
    {%- for measure, (condition, _, _) in sums_of_activities.items() %}
    case when {{ condition }} then cast(coalesce({{ measure }}, 0) as bigint) end
        as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from days_of_anything
    cross join declared
    inner join agent_dates
        on days_of_anything.agent_id = agent_dates.agent_id
        and days_of_anything.activity_date = agent_dates.calendar_date
    left outer join shifts_per_agent_day
        on days_of_anything.agent_id = shifts_per_agent_day.agent_id
        and days_of_anything.activity_date = shifts_per_agent_day.activity_date
    left outer join activities_per_agent_day
        on days_of_anything.agent_id = activities_per_agent_day.agent_id
        and days_of_anything.activity_date = activities_per_agent_day.activity_date
    left outer join development_per_agent_day
        on days_of_anything.agent_id = development_per_agent_day.agent_id
        and days_of_anything.activity_date = development_per_agent_day.activity_date

)

select * from agent_days
where {{ is_built_tonight('activity_date', 'agent_day') }}
