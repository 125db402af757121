with planned as (

    select * from {{ ref('stg_wfm__planned_activities') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

activity_types as (

    select * from {{ ref('dim_activity_type') }}

),

attributed as (

    select
        planned.*,
        identities.agent_id,
        coalesce(identities.agent_id, 'unknown:' || planned.wfm_agent_id) as owner_id,
        coalesce(own_types.activity_type_key, other_types.activity_type_key) as activity_type_key,
        {{ minutes_later('planned.ends_at', 'coalesce(calendar_dates.shift_margin_minutes, 0)') }}
            as margin_ends_at
    from planned
    left outer join identities
        on planned.source_system = identities.identity_system
        and planned.wfm_agent_id = identities.external_id
        and planned.starts_at >= identities.valid_from_at
        and planned.starts_at < identities.valid_to_at
    left outer join calendar_dates
        on cast(planned.starts_at as date) = calendar_dates.calendar_date
    left outer join activity_types as own_types
        on planned.source_system = own_types.source_system
        and planned.activity_code = own_types.activity_code
        and cast(planned.starts_at as date) >= own_types.valid_from_date
        and cast(planned.starts_at as date) < own_types.valid_to_date
    left outer join activity_types as other_types
        on planned.activity_code = other_types.activity_code
        and other_types.is_used_by_other_sources
        and cast(planned.starts_at as date) >= other_types.valid_from_date
        and cast(planned.starts_at as date) < other_types.valid_to_date
    where planned.is_published

),

-- Without a shift id, a shift begins after a pause longer than the margin around a shift.
paused as (

    select
        *,
        max(margin_ends_at) over (
            partition by owner_id, source_system
            order by starts_at, ends_at, activity_code, schedule_version
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from attributed

),

shifts as (

    select
        *,
        coalesce(shift_id, 'begun-' || cast(sum(
            case when reached_at is null or starts_at > reached_at then 1 else 0 end
        ) over (
            partition by owner_id, source_system
            order by starts_at, ends_at, activity_code, schedule_version
            rows between unbounded preceding and current row
        ) as string)) as shift_key
    from paused

),

shift_versions as (

    select
        owner_id,
        source_system,
        shift_key,
        schedule_version,
        min(stored_at) as stored_at,
        min(min(starts_at)) over (partition by owner_id, source_system, shift_key)
            as shift_starts_at
    from shifts
    group by owner_id, source_system, shift_key, schedule_version

),

-- The version an agent could know: the latest one stored before the shift began, else the first.
ordered_versions as (

    select
        *,
        row_number() over (
            partition by owner_id, source_system, shift_key
            order by
                case when stored_at < shift_starts_at then 0 else 1 end asc,
                case when stored_at < shift_starts_at then stored_at end desc,
                case when stored_at < shift_starts_at then schedule_version end desc,
                stored_at asc,
                schedule_version asc
        ) as version_number
    from shift_versions

),

in_force as (

    select
        shifts.agent_id,
        shifts.source_system,
        shifts.wfm_agent_id,
        shifts.shift_key,
        shifts.schedule_version,
        shifts.activity_code,
        shifts.activity_type_key,
        shifts.starts_at,
        shifts.ends_at,
        case when shifts.agent_id is null then 'unknown_agent' else 'identity' end
            as attribution_reason
    from shifts
    inner join ordered_versions
        on shifts.owner_id = ordered_versions.owner_id
        and shifts.source_system = ordered_versions.source_system
        and shifts.shift_key = ordered_versions.shift_key
        and shifts.schedule_version = ordered_versions.schedule_version
    where ordered_versions.version_number = 1

)

select * from in_force
