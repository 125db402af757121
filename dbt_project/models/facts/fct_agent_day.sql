{{ config(materialized='incremental', meta={'part': 'agent_day'}) }}

with activities as (

    select * from {{ ref('fct_activity') }}

),

contacts as (

    select * from {{ ref('fct_contact') }}

),

shifts as (

    select * from {{ ref('int_shift') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

agent_dates as (

    {{ agent_dates_of('fct_agent_day') }}

),

declared as (

    select * from {{ ref('int_declared_feed') }}

),

shifts_per_agent_day as (

    select
        shifts.agent_id,
        business_days.activity_date,
        sum({{ one_when('shifts.has_work') }}) as scheduled_shifts
    from shifts
    inner join business_days
        on shifts.agent_id = business_days.agent_id
        and cast(shifts.starts_at as date) = business_days.utc_date
        and shifts.starts_at >= business_days.starts_at
        and shifts.starts_at < business_days.ends_at
    group by shifts.agent_id, business_days.activity_date

),

activities_per_agent_day as (

    select
        agent_id,
        activity_date,
        sum(scheduled_seconds) as scheduled_seconds,
        sum(in_adherence_seconds) as in_adherence_seconds,
        sum(worked_seconds) as worked_seconds,
        sum(paid_seconds) as paid_seconds,
        sum(break_seconds) as break_seconds,
        sum(meeting_seconds) as meeting_seconds,
        sum(training_seconds) as training_seconds,
        sum(time_off_seconds) as time_off_seconds
    from activities
    group by agent_id, activity_date

),

days_of_anything as (

    select
        agent_id,
        activity_date
    from shifts_per_agent_day
    union distinct
    select
        agent_id,
        activity_date
    from activities_per_agent_day
    union distinct
    select
        agent_id,
        activity_date
    from contacts
    where agent_id is not null
    union distinct
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
        {%- set planned = 'declared.has_planned_activity' %}
        {%- set explained = 'declared.has_category and declared.has_activity_type' %}
        {%- set actual = explained ~ ' and declared.has_actual_activity' %}
        {%- for measure, condition in {
            'scheduled_shifts': planned,
            'scheduled_seconds': planned ~ ' and declared.has_activity_type',
            'in_adherence_seconds': planned ~ ' and ' ~ actual,
            'worked_seconds': actual,
            'paid_seconds': actual,
            'break_seconds': actual,
            'meeting_seconds': actual,
            'training_seconds': actual,
            'time_off_seconds': actual,
        }.items() %}
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

)

select * from agent_days
where {{ is_built_tonight('activity_date', 'agent_day') }}
