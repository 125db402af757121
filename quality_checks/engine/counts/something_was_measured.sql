with undeclared_metrics as (

    select distinct metric_term.metric
    from catalogue.metric_term
    inner join catalogue.measure on metric_term.measure = measure.measure
    left outer join run.feed on measure.feed = feed.feed
    where coalesce(feed.is_declared, false) = false

),

lines_per_metric as (

    -- A withheld value was counted too: withholding is a decision, not a gap.
    select
        metric.metric,
        count(kpi_agent_period.metric) as agent_values,
        count(case when kpi_agent_period.n > 0 then 1 end) as counted_values
    from catalogue.metric
    left outer join kpis.kpi_agent_period on metric.metric = kpi_agent_period.metric
    left outer join undeclared_metrics on metric.metric = undeclared_metrics.metric
    where undeclared_metrics.metric is null
    group by metric.metric

),

counted_per_metric as (

    select
        'metric' as scope_type,
        metric as scope_id,
        'warn' as severity,
        agent_values as n,
        case when counted_values = 0 then 1 else 0 end as failing,
        counted_values / nullif(agent_values, 0) as measured,
        cast(null as double) as threshold,
        'counted_for_nobody' as reason_code
    from lines_per_metric

),

counted_at_all as (

    select
        'run' as scope_type,
        'run' as scope_id,
        'block' as severity,
        cast(coalesce(sum(agent_values), 0) as bigint) as n,
        case when coalesce(sum(counted_values), 0) = 0 then 1 else 0 end as failing,
        cast(null as double) as measured,
        cast(null as double) as threshold,
        'nothing_was_counted' as reason_code
    from lines_per_metric

),

counted as (

    select * from counted_per_metric
    union all
    select * from counted_at_all

)

select * from counted
