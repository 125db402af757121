with compared_metrics as (

    select distinct metric from catalogue.metric_comparison
    where dimension in ('channel', 'queue_family')

),

agent_values as (

    select kpi_agent_period.*
    from kpis.kpi_agent_period
    inner join compared_metrics on kpi_agent_period.metric = compared_metrics.metric
    where kpi_agent_period.state = 'measured'
        or kpi_agent_period.withheld_reason = 'no_comparable_peers'

),

thresholds as (

    -- Values carry no view: what is shown must satisfy the most lenient one.
    select min(value) as minimum_overlap_share
    from catalogue.policy_threshold
    where check_id = 'channel_mix_is_compared_within'
        and threshold = 'minimum_overlap_share'

),

withheld_per_metric as (

    select
        'metric' as scope_type,
        metric as scope_id,
        'withhold' as severity,
        count(*) as n,
        count(case when withheld_reason = 'no_comparable_peers' then 1 end) as failing,
        'no_comparable_peers' as reason_code
    from agent_values
    group by metric

),

shown_without_peers as (

    select
        'run' as scope_type,
        'run' as scope_id,
        'block' as severity,
        count(*) as n,
        count(*) - count(
            case
                when agent_values.peer_overlap_share >= thresholds.minimum_overlap_share then 1
            end
        ) as failing,
        'shown_without_peers' as reason_code
    from agent_values
    cross join thresholds
    where agent_values.state = 'measured'
    having count(*) > 0

),

counted as (

    select * from withheld_per_metric
    union all
    select * from shown_without_peers

),

measured as (

    select
        counted.scope_type,
        counted.scope_id,
        counted.severity,
        counted.n,
        counted.failing,
        (counted.n - counted.failing) / counted.n as measured,
        cast(null as double) as threshold,
        counted.reason_code
    from counted

)

select * from measured
