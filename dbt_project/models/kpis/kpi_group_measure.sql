{%- set keys = ['period_id', 'site_id', 'team_id', 'channel', 'queue_family'] -%}

with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where is_complete

),

agent_day_queues as (

    select * from {{ ref('fct_agent_day_queue') }}
    where is_complete

),

periods as (

    select * from {{ ref('dim_period') }}

),

-- Time is not spent on one channel or queue alone, so it is in no group of those kinds.
days_in_period as (

    select
        agent_days.*,
        periods.period_id,
        cast(null as string) as channel,
        cast(null as string) as queue_family
    from agent_days
    inner join periods
        on agent_days.activity_date >= periods.first_date
        and agent_days.activity_date < periods.end_date

),

queues_in_period as (

    select
        agent_day_queues.*,
        periods.period_id
    from agent_day_queues
    inner join periods
        on agent_day_queues.activity_date >= periods.first_date
        and agent_day_queues.activity_date < periods.end_date

),

sums as (

    {{ measures_as_rows('days_in_period', keys, 'fct_agent_day') }}
    union all
    {{ measures_as_rows('queues_in_period', keys, 'fct_agent_day_queue') }}

),

measured as (

    select
        period_id,
        site_id,
        team_id,
        channel,
        queue_family,
        measure,
        summed
    from sums

)

select * from measured
