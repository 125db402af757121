with period_days as (

    select * from {{ ref('dim_period_day') }}

),

assignments as (

    select * from {{ ref('dim_agent_assignment') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

periods as (

    select distinct
        period_days.period_id,
        period_days.period_kind,
        period_days.first_date,
        period_days.end_date
    from period_days
    cross join context
    where period_days.calendar_date <= cast(context.as_of as date)

),

zones as (

    select distinct site_time_zone from assignments
    union distinct
    select 'UTC' as site_time_zone

),

-- A period is closed when its last day has ended at every site.
closed as (

    select
        periods.period_id,
        periods.period_kind,
        periods.first_date,
        periods.end_date,
        max({{ local_midnight_at('periods.end_date', 'zones.site_time_zone') }})
        <= min(context.as_of) as is_closed
    from periods
    cross join zones
    cross join context
    group by periods.period_id, periods.period_kind, periods.first_date, periods.end_date

)

select * from closed
