{#- Which feeds and other causes reach the days of which part. On a day a part is built whole or not
    at all. -#}
{%- set everything = ['everything', 'measure_parameter'] -%}
{%- set schedule = ['planned_activity', 'agent_identity', 'agent_roster', 'new_date'] -%}
{%- set time = schedule + [
    'actual_activity', 'activity_type', 'adherence_exception', 'service_incident', 'clock',
] -%}
{%- set contact = schedule + ['contact_leg', 'repeat_window_days', 'clock'] -%}
{%- set outcome = contact + [
    'case_record', 'case_event', 'qa_evaluation', 'qa_answer', 'qa_form_question',
    'survey_invitation', 'survey_response', 'conversation_analytics', 'development_event',
    'reopen_window_days',
] -%}
{%- set day = ['kept_apart', 'day_ended'] -%}
{%- set agent_day = time + contact + day + ['development_event', 'adherence_day_vendor'] -%}
{%- set parts = {
    'schedule': schedule,
    'time': time,
    'contact': contact,
    'chain': contact,
    'outcome': outcome,
    'agent_day': agent_day,
    'agent_day_queue': outcome + day,
    'any': agent_day + outcome,
} -%}

with changed as (

    select distinct
        feed,
        first_date,
        last_date
    from {{ source('run', 'changed_date') }}

),

calendar_dates as (

    select calendar_date from {{ ref('int_calendar_date') }}

),

-- A contact may repeat one so many days before it and be repeated by one so many days after it;
-- the chain of those is read as far again.
looked_for as (

    select cast(coalesce(max(value), 0) as integer) as days
    from {{ source('catalogue', 'measure_parameter') }}
    where parameter = 'repeat_window_days'

),

-- A date of which nothing is left has rows to be taken away.
touched_dates as (

    select calendar_date from calendar_dates
    {%- for days in range(-days_around_an_event(), days_around_an_event() + 1) %}
    union distinct
    select {{ add_days('first_date', days) }} as calendar_date from changed
    where first_date = last_date
    {%- endfor %}

),

causes as (

    {%- for part, feeds in parts.items() %}
    select
        '{{ part }}' as part,
        changed.feed,
        changed.first_date,
        changed.last_date,
        {%- set looks = {'schedule': (0, 0), 'time': (0, 0), 'chain': (2, 1)}.get(part, (1, 0)) %}
        {{ days_around_an_event() }} + looked_for.days
        * case when changed.feed = 'contact_leg' then {{ looks[0] }} else {{ looks[1] }} end as days
    from changed
    cross join looked_for
    where changed.feed in ('{{ (everything + feeds) | join("', '") }}') -- noqa: LT05
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

days_to_build as (

    select
        causes.part,
        touched_dates.calendar_date as activity_date,
        max({{ one_when("causes.feed = 'everything'") }}) = 1 as is_every_day
    from touched_dates
    inner join causes
        on touched_dates.calendar_date
        >= {{ add_days('causes.first_date', '-causes.days') }}
        and touched_dates.calendar_date
        <= {{ add_days('causes.last_date', 'causes.days') }}
    group by causes.part, touched_dates.calendar_date

)

select * from days_to_build
