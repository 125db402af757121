{%- set keys = ['agent_id', 'period_id'] -%}

with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where is_complete and is_scorecard_eligible

),

agent_day_queues as (

    select * from {{ ref('fct_agent_day_queue') }}
    where is_complete and is_scorecard_eligible

),

period_dates as (

    select * from {{ ref('dim_period_day') }}

),

days_in_period as (

    select
        agent_days.*,
        period_dates.period_id
    from agent_days
    inner join period_dates on agent_days.activity_date = period_dates.calendar_date

),

-- One row per agent and day first: a day on two queues is one day of evidence.
queue_totals as (

    {{ measures_summed('agent_day_queues', ['agent_id', 'activity_date'], 'fct_agent_day_queue') }}

),

queue_totals_in_period as (

    select
        queue_totals.*,
        period_dates.period_id
    from queue_totals
    inner join period_dates on queue_totals.activity_date = period_dates.calendar_date

),

sums as (

    {{ measures_as_rows('days_in_period', keys, 'fct_agent_day') }}
    union all
    {{ measures_as_rows('queue_totals_in_period', keys, 'fct_agent_day_queue') }}

),

days as (

    {{ measure_days_as_rows('days_in_period', keys, 'fct_agent_day') }}
    union all
    {{ measure_days_as_rows('queue_totals_in_period', keys, 'fct_agent_day_queue') }}

),

measured as (

    select
        sums.agent_id,
        sums.period_id,
        sums.measure,
        sums.summed,
        days.days
    from sums
    inner join days
        on sums.agent_id = days.agent_id
        and sums.period_id = days.period_id
        and sums.measure = days.measure

)

select * from measured
