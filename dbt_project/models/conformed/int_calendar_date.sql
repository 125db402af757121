with legs as (

    select * from {{ ref('stg_crm__contact_legs') }}

),

case_records as (

    select * from {{ ref('stg_crm__case_records') }}

),

planned as (

    select * from {{ ref('stg_wfm__planned_activities') }}

),

actual as (

    select * from {{ ref('stg_wfm__actual_activities') }}

),

evaluations as (

    select * from {{ ref('stg_qa__evaluations') }}

),

invitations as (

    select * from {{ ref('stg_surveys__invitations') }}

),

responses as (

    select * from {{ ref('stg_surveys__responses') }}

),

case_events as (

    select * from {{ ref('stg_crm__case_events') }}

),

conversations as (

    select * from {{ ref('stg_analytics__conversations') }}

),

development_events as (

    select * from {{ ref('stg_coaching__development_events') }}

),

parameters as (

    select * from {{ source('catalogue', 'measure_parameter') }}

),

event_dates as (

    select cast(contact_started_at as date) as event_date from legs
    union distinct
    select cast(leg_started_at as date) as event_date from legs
    union distinct
    select cast(resolved_at as date) as event_date from case_records
    union distinct
    select cast(starts_at as date) as event_date from planned
    union distinct
    select cast(starts_at as date) as event_date from actual
    union distinct
    select cast(coalesce(contact_started_at, evaluated_at) as date) as event_date from evaluations
    union distinct
    select cast(triggered_at as date) as event_date from invitations
    union distinct
    select cast(responded_at as date) as event_date from responses
    union distinct
    select cast(occurred_at as date) as event_date from case_events
    union distinct
    select cast(analysed_at as date) as event_date from conversations
    union distinct
    select cast(happened_at as date) as event_date from development_events

),

known_dates as (

    select event_date from event_dates
    where event_date is not null

),

-- A local date differs from the UTC date of the same instant by at most one. Dates are listed, not
-- filled in, so that one event of a wrong century adds three dates and not forty thousand.
calendar_dates as (

    select event_date as calendar_date from known_dates
    union distinct
    select {{ add_days('event_date', 1) }} as calendar_date from known_dates
    union distinct
    select {{ add_days('event_date', -1) }} as calendar_date from known_dates

),

with_parameters as (

    select
        calendar_dates.calendar_date,
        cast(date_trunc('week', calendar_dates.calendar_date) as date) as week_first_date,
        {%- for parameter in [
            'repeat_window_days',
            'short_contact_limit_seconds',
            'shift_margin_minutes',
            'satisfied_share_of_scale',
            'reconciliation_tolerance_seconds',
            'late_arrival_tolerance_seconds',
            'schedule_notice_hours',
            'reopen_window_days',
            'nps_highest_rating',
            'nps_promoter_rating',
            'nps_passive_rating',
        ] %}
    max(case when parameters.parameter = '{{ parameter }}' then parameters.value end)
        as {{ parameter }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from calendar_dates
    left outer join parameters
        on calendar_dates.calendar_date >= parameters.effective_from_date
        and calendar_dates.calendar_date < parameters.effective_to_date
    group by calendar_dates.calendar_date

)

select * from with_parameters
