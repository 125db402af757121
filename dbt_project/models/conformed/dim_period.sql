with calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

agent_dates as (

    select * from {{ ref('int_agent_calendar_day') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

months as (

    select distinct
        cast(extract(year from calendar_dates.calendar_date) as string)
        || '-' || lpad(cast(extract(month from calendar_dates.calendar_date) as string), 2, '0')
            as period_id,
        'month' as period_kind,
        cast(date_trunc('month', calendar_dates.calendar_date) as date) as first_date
    from calendar_dates
    cross join context
    where calendar_dates.calendar_date <= cast(context.as_of as date)

),

quarters as (

    select distinct
        cast(extract(year from first_date) as string)
        || '-Q' || cast(extract(quarter from first_date) as string) as period_id,
        'quarter' as period_kind,
        cast(date_trunc('quarter', first_date) as date) as first_date
    from months

),

periods as (

    select
        period_id,
        period_kind,
        first_date,
        {{ add_months('first_date', 1) }} as end_date
    from months

    union all

    select
        period_id,
        period_kind,
        first_date,
        {{ add_months('first_date', 3) }} as end_date
    from quarters

),

zones as (

    select distinct site_time_zone from agent_dates

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
