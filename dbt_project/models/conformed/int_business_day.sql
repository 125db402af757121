{{ config(
    materialized='incremental', meta={'part': 'schedule', 'date_column': 'utc_date'}
) }}

with shifts as (

    select * from {{ ref('int_shift') }}

),

agent_dates as (

    select * from {{ ref('int_agent_calendar_day') }}

),

-- The business day of a shift is the local date on which it starts.
shift_windows as (

    select
        shifts.agent_id,
        shifts.window_starts_at,
        shifts.window_ends_at,
        {{ local_date('shifts.starts_at', 'agent_dates.site_time_zone') }} as shift_date
    from shifts
    inner join agent_dates
        on shifts.agent_id = agent_dates.agent_id
        and cast(shifts.starts_at as date) = agent_dates.calendar_date
    where shifts.window_ends_at > shifts.window_starts_at

),

-- Everything that can change the business day of an agent: a window opens (+1) or closes (-1), a
-- local day begins. UTC midnights are cuts only, so that a lookup is an equality plus a range.
cuts as (

    select
        agent_id,
        window_starts_at as cut_at,
        shift_date,
        cast(null as date) as local_date,
        1 as opened_windows
    from shift_windows

    union all

    select
        agent_id,
        window_ends_at as cut_at,
        cast(null as date) as shift_date,
        cast(null as date) as local_date,
        -1 as opened_windows
    from shift_windows

    union all

    select
        agent_id,
        day_starts_at as cut_at,
        cast(null as date) as shift_date,
        calendar_date as local_date,
        0 as opened_windows
    from agent_dates

    union all

    select
        agent_id,
        cast(calendar_date as timestamp) as cut_at,
        cast(null as date) as shift_date,
        cast(null as date) as local_date,
        0 as opened_windows
    from agent_dates

),

cuts_of_an_instant as (

    select
        agent_id,
        cut_at,
        max(shift_date) as shift_date,
        max(local_date) as local_date,
        sum(opened_windows) as opened_windows
    from cuts
    group by agent_id, cut_at

),

-- Dates only grow with time, so the largest one seen so far is the current one.
stretches as (

    select
        agent_id,
        cast(cut_at as date) as utc_date,
        cut_at as starts_at,
        least(
            lead(cut_at) over (partition by agent_id order by cut_at),
            cast({{ add_days('cast(cut_at as date)', 1) }} as timestamp)
        ) as ends_at,
        sum(opened_windows) over so_far > 0 as is_in_shift,
        max(shift_date) over so_far as shift_date,
        max(local_date) over so_far as local_date
    from cuts_of_an_instant
    window so_far as (
        partition by agent_id
        order by cut_at
        rows between unbounded preceding and current row
    )

),

business_days as (

    select
        agent_id,
        utc_date,
        starts_at,
        ends_at,
        case when is_in_shift then shift_date else local_date end as activity_date,
        is_in_shift
    from stretches
    where
        (is_in_shift or local_date is not null)
        and {{ is_built_tonight('utc_date', 'schedule') }}

)

select * from business_days
