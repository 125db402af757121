{{ config(materialized='incremental', meta={'part': 'time'}) }}

with planned as (

    select * from {{ ref('int_planned_activity_in_force') }}

),

actual as (

    select * from {{ ref('int_actual_activity_attributed') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}
    where agent_id = ''

),

unattributed as (

    select
        'planned_activity' as feed,
        starts_at
    from planned
    where agent_id is null
    union all
    select
        'actual_activity' as feed,
        starts_at
    from actual
    where agent_id is null

),

counted as (

    select
        -- dates
        business_days.activity_date,

        -- categories
        unattributed.feed,

        -- counts
        count(*) as unattributed_rows
    from unattributed
    inner join business_days
        on cast(unattributed.starts_at as date) = business_days.utc_date
        and unattributed.starts_at >= business_days.starts_at
        and unattributed.starts_at < business_days.ends_at
    group by business_days.activity_date, unattributed.feed

)

select * from counted
where {{ is_built_tonight('activity_date', 'time') }}
