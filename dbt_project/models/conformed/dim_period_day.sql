with calendar_dates as (

    select calendar_date from {{ ref('int_calendar_date') }}

),

declared as (

    select * from {{ source('catalogue', 'declared_period') }}

),

months as (

    select
        calendar_date,
        cast(extract(year from calendar_date) as string)
        || '-' || lpad(cast(extract(month from calendar_date) as string), 2, '0') as period_id,
        'month' as period_kind,
        cast(date_trunc('month', calendar_date) as date) as first_date
    from calendar_dates

),

quarters as (

    select
        calendar_date,
        cast(extract(year from calendar_date) as string)
        || '-Q' || cast(extract(quarter from calendar_date) as string) as period_id,
        'quarter' as period_kind,
        cast(date_trunc('quarter', calendar_date) as date) as first_date
    from calendar_dates

),

period_days as (

    select
        calendar_date,
        period_id,
        period_kind,
        first_date,
        {{ add_months('first_date', 1) }} as end_date
    from months

    union all

    select
        calendar_date,
        period_id,
        period_kind,
        first_date,
        {{ add_months('first_date', 3) }} as end_date
    from quarters

    union all

    select
        calendar_dates.calendar_date,
        declared.period_id,
        declared.period_kind,
        declared.first_date,
        declared.end_date
    from calendar_dates
    inner join declared
        on calendar_dates.calendar_date >= declared.first_date
        and calendar_dates.calendar_date < declared.end_date

)

select * from period_days
