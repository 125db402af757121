{%- set shift = 'agent_id, source_system, shift_key' -%}
{# A view: it is read once, by fct_shift. #}
{{ config(materialized='view') }}

with versions as (

    select * from {{ ref('int_shift_version') }}

),

-- Should two rows overlap, the one that began last counts from there on.
begun_in_turn as (

    select
        *,
        lead(starts_at) over (
            partition by {{ shift }}, moment_number
            order by starts_at, ends_at, activity_code
        ) as next_starts_at
    from versions

),

in_turn as (

    select
        {{ shift }},
        moment_number,
        activity_code,
        starts_at,
        case when next_starts_at < ends_at then next_starts_at else ends_at end as ends_at
    from begun_in_turn

),

seconds_planned as (

    select
        {{ shift }},
        moment_number,
        sum({{ seconds_between('starts_at', 'ends_at') }}) as seconds
    from in_turn
    group by {{ shift }}, moment_number

),

-- Time planned at a moment and at the next one, and how much of it for the same activity.
planned_twice as (

    select
        earlier.agent_id,
        earlier.source_system,
        earlier.shift_key,
        earlier.moment_number,
        sum({{ seconds_between(
            'greatest(earlier.starts_at, later.starts_at)', 'least(earlier.ends_at, later.ends_at)'
        ) }} * case when earlier.activity_code = later.activity_code then 2 else 1 end) as seconds
    from in_turn as earlier
    inner join in_turn as later
        on earlier.agent_id = later.agent_id
        and earlier.source_system = later.source_system
        and earlier.shift_key = later.shift_key
        and earlier.moment_number + 1 = later.moment_number
        and earlier.starts_at < later.ends_at
        and earlier.ends_at > later.starts_at
    group by
        earlier.agent_id, earlier.source_system, earlier.shift_key, earlier.moment_number

),

-- What is in one plan only, or in both with another activity: the two lengths, less the time in
-- both, once for being in both and once more for being the same.
changed as (

    select
        earlier.agent_id,
        earlier.source_system,
        earlier.shift_key,
        earlier.moment_number,
        earlier.seconds + coalesce(later.seconds, 0) - coalesce(planned_twice.seconds, 0)
            as seconds
    from seconds_planned as earlier
    left outer join seconds_planned as later
        on earlier.agent_id = later.agent_id
        and earlier.source_system = later.source_system
        and earlier.shift_key = later.shift_key
        and earlier.moment_number + 1 = later.moment_number
    left outer join planned_twice
        on earlier.agent_id = planned_twice.agent_id
        and earlier.source_system = planned_twice.source_system
        and earlier.shift_key = planned_twice.shift_key
        and earlier.moment_number = planned_twice.moment_number

),

edits as (

    select
        {{ shift }},
        sum(case when moment_number = 1 then seconds else 0 end) as edited_on_short_notice_seconds,
        sum(case when moment_number = 2 then seconds else 0 end) as edited_after_start_seconds
    from changed
    where moment_number < 3
    group by {{ shift }}

)

select * from edits
