with planned as (

    select * from {{ ref('int_planned_activity_in_force') }}

),

activity_types as (

    select * from {{ ref('dim_activity_type') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

shifts as (

    select
        planned.agent_id,
        planned.source_system,
        planned.shift_key,
        min(planned.starts_at) as starts_at,
        max(planned.ends_at) as ends_at,
        max(case
            when activity_types.category in ('time_off', 'unavailable', 'unscheduled') then 0
            else 1
        end) = 1 as has_work
    from planned
    left outer join activity_types
        on planned.activity_type_key = activity_types.activity_type_key
    where planned.agent_id is not null
    group by planned.agent_id, planned.source_system, planned.shift_key

),

with_margin as (

    select
        shifts.*,
        coalesce(calendar_dates.shift_margin_minutes, 0) as margin_minutes,
        max(shifts.ends_at) over (
            partition by shifts.agent_id
            order by shifts.starts_at, shifts.ends_at, shifts.source_system, shifts.shift_key
            rows between unbounded preceding and 1 preceding
        ) as earlier_shifts_end_at
    from shifts
    left outer join calendar_dates
        on cast(shifts.starts_at as date) = calendar_dates.calendar_date

),

-- The margin before a shift never reaches into an earlier shift …
beginning as (

    select
        *,
        greatest(
            {{ minutes_later('starts_at', '-margin_minutes') }},
            coalesce(earlier_shifts_end_at, {{ minutes_later('starts_at', '-margin_minutes') }})
        ) as window_starts_at
    from with_margin

),

-- … and the margin after it ends where the next one begins: no instant lies in two windows.
windowed as (

    select
        agent_id,
        source_system,
        shift_key,
        starts_at,
        ends_at,
        window_starts_at,
        least(
            {{ minutes_later('ends_at', 'margin_minutes') }},
            coalesce(
                lead(window_starts_at) over (
                    partition by agent_id
                    order by starts_at, ends_at, source_system, shift_key
                ),
                {{ minutes_later('ends_at', 'margin_minutes') }}
            )
        ) as window_ends_at,
        has_work
    from beginning

)

select * from windowed
