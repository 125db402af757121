with agent_values as (

    -- Nobody is scored on what was not measured, or while not eligible.
    select * from kpis.kpi_agent_period
    where n > 0
        and state <> 'not_measured'
        and coalesce(withheld_reason, 'none') <> 'not_eligible'

),

thresholds as (

    -- Values carry no view: what is shown must satisfy the most lenient one.
    select
        min(case when threshold = 'minimum_events' then value end) as minimum_events,
        min(case when threshold = 'minimum_days' then value end) as minimum_days
    from catalogue.policy_threshold
    where check_id = 'every_scored_value_has_enough_evidence'

),

withheld_per_metric as (

    select
        'metric' as scope_type,
        metric as scope_id,
        'withhold' as severity,
        count(*) as n,
        count(
            case when withheld_reason in ('too_few_events', 'too_few_days') then 1 end
        ) as failing,
        'too_little_evidence' as reason_code
    from agent_values
    group by metric

),

shown_without_evidence as (

    -- A policy that is missing proves nothing, so it counts as not satisfied.
    select
        'run' as scope_type,
        'run' as scope_id,
        'block' as severity,
        count(*) as n,
        count(*) - count(
            case
                when agent_values.n >= thresholds.minimum_events
                    and agent_values.evidence_days >= thresholds.minimum_days
                    then 1
            end
        ) as failing,
        'shown_without_evidence' as reason_code
    from agent_values
    cross join thresholds
    where agent_values.state = 'measured'
    having count(*) > 0

),

counted as (

    select * from withheld_per_metric
    union all
    select * from shown_without_evidence

),

measured as (

    select
        scope_type,
        scope_id,
        severity,
        n,
        failing,
        (n - failing) / n as measured,
        cast(null as double) as threshold,
        reason_code
    from counted

)

select * from measured
