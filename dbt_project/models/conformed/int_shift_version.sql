{%- set shift = 'agent_id, source_system, shift_key' -%}
{%- set notice_at = minutes_later('begins_at', '-60 * schedule_notice_hours') -%}
{# A view: it is read once, by int_shift_edit. #}
{{ config(materialized='view') }}

with versions as (

    select * from {{ ref('stg_wfm__planned_activity_versions') }}
    where is_published and {{ is_read_tonight('starts_at', 'agent_day') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

shifts as (

    select * from {{ ref('int_shift') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

-- Nearly every shift is stored once, in time, and stays as it is: only the others are looked at.
-- The day more is for what is planned late in a shift.
late_or_replaced as (

    select versions.*
    from versions
    inner join calendar_dates
        on cast(versions.starts_at as date) = calendar_dates.calendar_date
    where
        versions.replaced_at is not null
        or versions.stored_at >= {{ days_later(
            minutes_later('versions.starts_at', '-60 * calendar_dates.schedule_notice_hours'), -1
        ) }}

),

shifts_touched as (

    select distinct
        shifts.agent_id,
        shifts.source_system,
        shifts.shift_key,
        shifts.window_starts_at,
        shifts.window_ends_at,
        late_or_replaced.wfm_agent_id,
        calendar_dates.schedule_notice_hours
    from late_or_replaced
    inner join identities
        on late_or_replaced.source_system = identities.identity_system
        and late_or_replaced.wfm_agent_id = identities.external_id
        and late_or_replaced.starts_at >= identities.valid_from_at
        and late_or_replaced.starts_at < identities.valid_to_at
    inner join shifts
        on identities.agent_id = shifts.agent_id
        and late_or_replaced.source_system = shifts.source_system
        and coalesce(
            late_or_replaced.shift_id = shifts.shift_key,
            late_or_replaced.starts_at >= shifts.window_starts_at
            and late_or_replaced.starts_at < shifts.window_ends_at
        )
    inner join calendar_dates
        on cast(shifts.starts_at as date) = calendar_dates.calendar_date

),

-- A shift begins when its earliest version says so: a later one cannot move its own beginning.
planned as (

    select
        shifts_touched.agent_id,
        shifts_touched.source_system,
        shifts_touched.shift_key,
        shifts_touched.schedule_notice_hours,
        versions.schedule_version,
        versions.activity_code,
        versions.starts_at,
        versions.ends_at,
        versions.stored_at,
        versions.replaced_at,
        min(versions.starts_at) over (
            partition by
                shifts_touched.agent_id, shifts_touched.source_system, shifts_touched.shift_key
        ) as begins_at
    from shifts_touched
    inner join versions
        on shifts_touched.source_system = versions.source_system
        and shifts_touched.wfm_agent_id = versions.wfm_agent_id
        and coalesce(
            shifts_touched.shift_key = versions.shift_id,
            shifts_touched.window_starts_at <= versions.starts_at
            and shifts_touched.window_ends_at > versions.starts_at
        )

),

known_then as (
    {% for moment in [notice_at, 'begins_at'] %}
    select
        *,
        {{ loop.index }} as moment_number
    from planned
    where
        stored_at < {{ moment }}
        and coalesce(replaced_at > {{ moment }}, true)

    union all
    {% endfor %}
    select
        *,
        3 as moment_number
    from planned
    where replaced_at is null

),

-- Of several versions the one stored last was in force.
ordered_versions as (

    select
        *,
        first_value(schedule_version) over (
            partition by {{ shift }}, moment_number
            order by stored_at desc, schedule_version desc, starts_at asc, activity_code asc
            rows between unbounded preceding and current row
        ) as version_in_force
    from known_then

),

in_force as (

    select
        {{ shift }},
        moment_number,
        activity_code,
        starts_at,
        ends_at
    from ordered_versions
    where schedule_version = version_in_force

)

select * from in_force
