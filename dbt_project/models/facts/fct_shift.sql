{{ config(materialized='incremental', meta={'part': 'agent_day'}) }}

with shifts as (

    select * from {{ ref('int_shift') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

activities as (

    select * from {{ ref('fct_activity') }}
    where {{ is_built_tonight('activity_date', 'agent_day') }}

),

edits as (

    select * from {{ ref('int_shift_edit') }}

),

declared as (

    select * from {{ ref('int_declared_feed') }}

),

dated as (

    select
        shifts.*,
        business_days.activity_date,
        calendar_dates.late_arrival_tolerance_seconds
    from shifts
    inner join business_days
        on shifts.agent_id = business_days.agent_id
        and cast(shifts.starts_at as date) = business_days.utc_date
        and shifts.starts_at >= business_days.starts_at
        and shifts.starts_at < business_days.ends_at
    inner join calendar_dates
        on business_days.activity_date = calendar_dates.calendar_date

),

-- Somebody is expected from the first scheduled time on that is neither an outage nor excepted.
arrivals as (

    select
        dated.agent_id,
        dated.source_system,
        dated.shift_key,
        min(case when activities.scheduled_seconds > 0 then activities.starts_at end)
            as scheduled_from_at,
        min(case
            when activities.scheduled_seconds > 0 and activities.adherence_exclusion_reason is null
                then activities.starts_at
        end) as expected_from_at,
        min(case when activities.worked_seconds > 0 then activities.starts_at end) as worked_from_at
    from dated
    inner join activities
        on dated.agent_id = activities.agent_id
        and dated.activity_date = activities.activity_date
        and dated.window_starts_at <= activities.starts_at
        and dated.window_ends_at > activities.starts_at
    group by dated.agent_id, dated.source_system, dated.shift_key

),

judged as (

    select
        dated.*,
        arrivals.scheduled_from_at,
        arrivals.worked_from_at,
        declared.has_actual_activity and declared.has_activity_type as is_measured,
        {{ seconds_between('arrivals.scheduled_from_at', 'arrivals.worked_from_at') }}
        > dated.late_arrival_tolerance_seconds as is_late,
        coalesce(
            {{ seconds_between('arrivals.expected_from_at', 'arrivals.worked_from_at') }}
            <= dated.late_arrival_tolerance_seconds,
            true
        ) as is_expected_later
    from dated
    cross join declared
    left outer join arrivals
        on dated.agent_id = arrivals.agent_id
        and dated.source_system = arrivals.source_system
        and dated.shift_key = arrivals.shift_key

),

counted as (

    select
        -- ids
        judged.agent_id,
        judged.source_system,
        judged.shift_key,

        -- dates and times
        judged.activity_date,
        judged.starts_at,
        judged.ends_at,
        judged.scheduled_from_at,
        judged.worked_from_at,

        -- categories
        case
            when not judged.is_measured then 'not_measured'
            when judged.scheduled_from_at is null then 'nothing_scheduled'
            when judged.worked_from_at is null then 'nothing_worked'
            when judged.is_late and judged.is_expected_later then 'excused'
        end as late_arrival_exclusion_reason,

        -- counts
        {{ one_when('judged.has_work') }} as scheduled_shifts,
        case
            when judged.is_measured
                then {{ one_when('judged.is_late and not judged.is_expected_later') }}
        end as late_arrivals,
        {{ one_when('edits.edited_on_short_notice_seconds > 0') }} as short_notice_shifts,

        -- seconds
        cast(coalesce(edits.edited_after_start_seconds, 0) as bigint) as edited_after_start_seconds
    from judged
    left outer join edits
        on judged.agent_id = edits.agent_id
        and judged.source_system = edits.source_system
        and judged.shift_key = edits.shift_key

)

select * from counted
where {{ is_built_tonight('activity_date', 'agent_day') }}
