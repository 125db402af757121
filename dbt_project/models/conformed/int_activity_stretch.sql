{# A view: it is read once, and eleven million narrow rows need not be written for that. #}
{{ config(materialized='view') }}

with planned as (

    select * from {{ ref('int_planned_activity_in_force') }}

),

actual as (

    select * from {{ ref('int_actual_activity_attributed') }}

),

-- Should two rows of one side overlap, the one that began last counts from there on. A row that
-- ends as it begins holds no time; left in, it would last until the next change.
planned_in_turn as (

    select
        agent_id,
        starts_at,
        ends_at,
        coalesce(activity_type_key, 'unknown') as planned_key,
        lead(starts_at) over (
            partition by agent_id
            order by starts_at, ends_at, source_system, activity_code
        ) as next_starts_at
    from planned
    where
        agent_id is not null
        and ends_at > starts_at

),

actual_in_turn as (

    select
        agent_id,
        starts_at,
        ends_at,
        coalesce(activity_type_key, 'unknown') as actual_key,
        lead(starts_at) over (
            partition by agent_id
            order by starts_at, ends_at, source_system, platform
        ) as next_starts_at
    from actual
    where
        agent_id is not null
        and ends_at > starts_at

),

-- What begins at an instant; 'nothing' where a side ends and nothing follows at once.
changes as (

    select
        agent_id,
        starts_at as changed_at,
        planned_key,
        cast(null as string) as actual_key
    from planned_in_turn

    union all

    select
        agent_id,
        ends_at as changed_at,
        'nothing' as planned_key,
        cast(null as string) as actual_key
    from planned_in_turn
    where next_starts_at is null or ends_at < next_starts_at

    union all

    select
        agent_id,
        starts_at as changed_at,
        cast(null as string) as planned_key,
        actual_key
    from actual_in_turn

    union all

    select
        agent_id,
        ends_at as changed_at,
        cast(null as string) as planned_key,
        'nothing' as actual_key
    from actual_in_turn
    where next_starts_at is null or ends_at < next_starts_at

),

stretches as (

    select
        agent_id,
        changed_at as starts_at,
        lead(changed_at) over (
            partition by agent_id
            order by changed_at, planned_key, actual_key
        ) as ends_at,
        {{ latest_known('planned_key', 'so_far') }} as planned_key,
        {{ latest_known('actual_key', 'so_far') }} as actual_key
    from changes
    window so_far as (
        partition by agent_id
        order by changed_at, planned_key, actual_key
        rows between unbounded preceding and current row
    )

),

something_in_them as (

    select
        agent_id,
        starts_at,
        ends_at,
        nullif(planned_key, 'nothing') as planned_activity_type_key,
        nullif(actual_key, 'nothing') as actual_activity_type_key
    from stretches
    where
        ends_at > starts_at
        and (
            coalesce(planned_key, 'nothing') <> 'nothing'
            or coalesce(actual_key, 'nothing') <> 'nothing'
        )

)

select * from something_in_them
