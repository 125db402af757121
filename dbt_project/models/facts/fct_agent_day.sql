{%- set development = [
    'coaching_sessions_assigned', 'coaching_sessions_completed', 'coaching_sessions_completed_on_time',
    'lessons_assigned', 'lessons_completed', 'lessons_completed_on_time',
] -%}

with activities as (

    select * from {{ ref('fct_activity') }}

),

contacts_per_agent_day as (

    select * from {{ ref('fct_contact') }}
    where agent_id is not null

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
    {%- for kind in [
        'scheduled', 'in_adherence', 'worked', 'paid', 'break', 'meeting', 'training', 'time_off',
    ] %}
    sum({{ kind }}_seconds) as {{ kind }}_seconds
    {{- ',' if not loop.last }}
    {%- endfor %}
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
    where development_exclusion_reason is null
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

-- States that never end, or of which no code is known, say nothing of anybody's time.
told as (

    select count(case when actual_category <> 'unknown' then 1 end) > 0 as has_states
    from activities

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
        {%- set planned = 'declared.has_planned_activity' %}
        {%- set explained = 'told.has_states and declared.has_activity_type' %}
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
    cross join told
    inner join agent_dates
        on days_of_anything.agent_id = agent_dates.agent_id
        and days_of_anything.activity_date = agent_dates.calendar_date
    {%- for events in ['shifts', 'activities', 'development'] %}
    left outer join {{ events }}_per_agent_day
        on days_of_anything.agent_id = {{ events }}_per_agent_day.agent_id
        and days_of_anything.activity_date = {{ events }}_per_agent_day.activity_date
    {%- endfor %}

)

select * from agent_days
