{{ config(materialized='incremental', meta={'part': 'contact'}) }}

with contacts as (

    select * from {{ ref('fct_contact') }}
    where
        agent_id is not null
        and handled_contacts = 1
        and handle_seconds > 0
        and {{ is_built_tonight('activity_date', 'contact') }}

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
        *,
        max(end_second) over (
            partition by agent_id, activity_date
            order by first_second, source_system, contact_id, leg_id
            rows between unbounded preceding and 1 preceding
        ) as busy_until_second,
        lead(first_second) over (
            partition by agent_id, activity_date
            order by first_second, source_system, contact_id, leg_id
        ) as next_first_second
    from legs

),

-- Legs that begin before the ones before have ended are one sweep; a leg alone needs none. Swept
-- by days, each leg would be held against every cut of its day: four times as long.
parallel_legs as (

    select
        *,
        count(case when coalesce(first_second >= busy_until_second, true) then 1 end) over (
            order by agent_id, activity_date, first_second, source_system, contact_id, leg_id
            rows between unbounded preceding and current row
        ) as sweep_number,
        row_number() over (
            order by agent_id, activity_date, first_second, source_system, contact_id, leg_id
        ) as leg_number
    from followed
    where first_second < busy_until_second or next_first_second < end_second

),

cuts as (

    select
        sweep_number,
        first_second as cut_second
    from parallel_legs
    union distinct
    select
        sweep_number,
        end_second as cut_second
    from parallel_legs

),

stretches as (

    select
        sweep_number,
        cut_second,
        lead(cut_second) over (partition by sweep_number order by cut_second) as next_cut_second
    from cuts

),

-- In a stretch each leg goes on from its start to its end: `place` of `legs_at_once`.
places as (

    select
        parallel_legs.leg_number,
        stretches.next_cut_second - stretches.cut_second as seconds,
        count(*) over (
            partition by stretches.sweep_number, stretches.cut_second
        ) as legs_at_once,
        row_number() over (
            partition by stretches.sweep_number, stretches.cut_second
            order by parallel_legs.leg_number
        ) as place
    from parallel_legs
    inner join stretches
        on parallel_legs.sweep_number = stretches.sweep_number
        and parallel_legs.first_second <= stretches.cut_second
        and parallel_legs.end_second >= stretches.next_cut_second

),

-- A second that does not divide goes to one of them: the parts sum to the stretch.
shared as (

    select
        leg_number,
        cast(sum(
            {{ whole_quotient('seconds * place', 'legs_at_once') }}
            - {{ whole_quotient('seconds * (place - 1)', 'legs_at_once') }}
        ) as bigint) as shared_handle_seconds
    from places
    group by leg_number

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
        on parallel_legs.leg_number = shared.leg_number
    where shared.shared_handle_seconds < parallel_legs.handle_seconds

)

select * from counted
