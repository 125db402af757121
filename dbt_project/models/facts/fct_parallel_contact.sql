{# A view: one model reads it, and most contacts are not in it. #}
{{ config(materialized='view') }}

with contacts as (

    select * from {{ ref('fct_contact') }}
    where
        agent_id is not null
        and handled_contacts = 1
        and handle_seconds > 0
        and {{ is_built_tonight('activity_date', 'agent_day_queue') }}

),

-- Handling takes its seconds from the start of the leg on; how long a leg stayed open is no work.
-- Seconds are counted from the midnight of the day: whole numbers sort faster than timestamps.
legs as (

    select
        source_system,
        contact_id,
        leg_id,
        agent_id,
        activity_date,
        channel,
        queue_family,
        handle_seconds,
        {{ seconds_between('cast(activity_date as timestamp)', 'leg_started_at') }} as first_second,
        {{ seconds_between('cast(activity_date as timestamp)', 'leg_started_at') }}
        + handle_seconds as end_second
    from contacts

),

followed as (

    select
        agent_id,
        activity_date,
        end_second,
        lead(first_second) over (
            partition by agent_id, activity_date
            order by first_second, end_second
        ) as next_first_second
    from legs

),

-- Legs overlap somewhere in a day only if two that begin one after the other do. Other days need no
-- sweep, which would take four times as long as finding them.
parallel_days as (

    select distinct
        agent_id,
        activity_date
    from followed
    where next_first_second < end_second

),

numbered_days as (

    select
        *,
        row_number() over (order by agent_id, activity_date) as day_number
    from parallel_days

),

parallel_legs as (

    select
        legs.*,
        numbered_days.day_number,
        row_number() over (
            partition by numbered_days.day_number
            order by legs.first_second, legs.source_system, legs.contact_id, legs.leg_id
        ) as leg_number
    from legs
    inner join numbered_days
        on legs.agent_id = numbered_days.agent_id
        and legs.activity_date = numbered_days.activity_date

),

cuts as (

    select
        day_number,
        first_second as cut_second
    from parallel_legs
    union distinct
    select
        day_number,
        end_second as cut_second
    from parallel_legs

),

stretches as (

    select
        day_number,
        cut_second,
        lead(cut_second) over (partition by day_number order by cut_second) as next_cut_second
    from cuts

),

-- In a stretch each leg goes on from its start to its end: `place` of `legs_at_once`.
places as (

    select
        parallel_legs.day_number,
        parallel_legs.leg_number,
        stretches.next_cut_second - stretches.cut_second as seconds,
        count(*) over (
            partition by stretches.day_number, stretches.cut_second
        ) as legs_at_once,
        row_number() over (
            partition by stretches.day_number, stretches.cut_second
            order by parallel_legs.leg_number
        ) as place
    from parallel_legs
    inner join stretches
        on parallel_legs.day_number = stretches.day_number
        and parallel_legs.first_second <= stretches.cut_second
        and parallel_legs.end_second >= stretches.next_cut_second

),

-- A second that does not divide goes to one of them: the parts sum to the stretch.
shared as (

    select
        day_number,
        leg_number,
        cast(sum(
            {{ whole_quotient('seconds * place', 'legs_at_once') }}
            - {{ whole_quotient('seconds * (place - 1)', 'legs_at_once') }}
        ) as bigint) as shared_handle_seconds
    from places
    group by day_number, leg_number

),

counted as (

    select
        -- ids
        parallel_legs.source_system,
        parallel_legs.contact_id,
        parallel_legs.leg_id,
        parallel_legs.agent_id,

        -- dates
        parallel_legs.activity_date,

        -- categories
        parallel_legs.channel,
        parallel_legs.queue_family,

        -- seconds
        parallel_legs.handle_seconds,
        shared.shared_handle_seconds
    from parallel_legs
    inner join shared
        on parallel_legs.day_number = shared.day_number
        and parallel_legs.leg_number = shared.leg_number
    where shared.shared_handle_seconds < parallel_legs.handle_seconds

)

select * from counted
