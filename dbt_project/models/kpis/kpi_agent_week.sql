{%- set keys = ['agent_id', 'week_first_date'] -%}

with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where is_complete and is_scorecard_eligible

),

agent_day_queues as (

    select * from {{ ref('fct_agent_day_queue') }}
    where is_complete and is_scorecard_eligible

),

calendar_dates as (

    select
        calendar_date,
        week_first_date
    from {{ ref('int_calendar_date') }}

),

terms as (

    select * from {{ ref('int_metric_term') }}

),

days_in_week as (

    select
        agent_days.*,
        calendar_dates.week_first_date
    from agent_days
    inner join calendar_dates on agent_days.activity_date = calendar_dates.calendar_date

),

queues_in_week as (

    select
        agent_day_queues.*,
        calendar_dates.week_first_date
    from agent_day_queues
    inner join calendar_dates on agent_day_queues.activity_date = calendar_dates.calendar_date

),

sums as (

    {{ measures_as_rows('days_in_week', keys, 'fct_agent_day') }}
    union all
    {{ measures_as_rows('queues_in_week', keys, 'fct_agent_day_queue') }}

),

agent_weeks as (

    select distinct
        agent_id,
        week_first_date
    from sums

),

-- The version in force on a week's Monday scores the whole week.
week_terms as (

    select
        agent_weeks.agent_id,
        agent_weeks.week_first_date,
        terms.metric,
        terms.side,
        terms.measure,
        terms.coefficient
    from agent_weeks
    inner join terms
        on agent_weeks.week_first_date >= terms.effective_from_date
        and agent_weeks.week_first_date < terms.effective_to_date

),

ratios as (

    select
        week_terms.agent_id,
        week_terms.week_first_date,
        week_terms.metric,
        {{ ratio_of_terms() }}
    from week_terms
    left outer join sums
        on week_terms.agent_id = sums.agent_id
        and week_terms.week_first_date = sums.week_first_date
        and week_terms.measure = sums.measure
    group by week_terms.agent_id, week_terms.week_first_date, week_terms.metric

),

divided as (

    select
        agent_id,
        week_first_date,
        metric,
        numerator,
        denominator,
        n,
        cast(numerator as double) / nullif(cast(denominator as double), 0) as value
    from ratios
    where numerator is not null and denominator <> 0

)

select * from divided
