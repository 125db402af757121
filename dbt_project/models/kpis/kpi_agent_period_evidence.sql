with ratios as (

    select * from {{ ref('kpi_agent_period_ratio') }}

),

policy as (

    select * from {{ ref('int_policy_by_view') }}

),

comparability as (

    select * from {{ ref('kpi_agent_period_comparability') }}

),

evaluators as (

    select * from {{ ref('kpi_agent_period_evaluators') }}

),

compared_metrics as (

    select distinct metric from {{ source('catalogue', 'metric_comparison') }}
    where dimension in ('channel', 'queue_family')

),

gathered as (

    select
        ratios.agent_id,
        ratios.period_id,
        ratios.metric,
        policy.view,
        ratios.metric_version,
        ratios.value,
        ratios.is_eligible,
        ratios.is_declared,
        ratios.is_left_out,
        coalesce(ratios.n, 0) as n,
        coalesce(ratios.evidence_days, 0) as evidence_days,
        coalesce(ratios.gap_days, 0) as gap_days,
        policy.minimum_events,
        policy.minimum_days,
        compared_metrics.metric is not null as is_compared_within_queue,
        case when compared_metrics.metric is not null then comparability.peer_overlap_share end
            as peer_overlap_share,
        coalesce(comparability.peer_overlap_share >= policy.minimum_overlap_share, false)
            as has_peers,
        ratios.is_evaluator_judged,
        coalesce(evaluators.is_compared, false) as is_evaluator_compared,
        coalesce(evaluators.is_agreed, false) as is_evaluator_agreed,
        coalesce(ratios.denominator, 0) as denominator
    from ratios
    cross join policy
    left outer join comparability
        on ratios.agent_id = comparability.agent_id
        and ratios.period_id = comparability.period_id
        and policy.view = comparability.view
    left outer join evaluators
        on ratios.agent_id = evaluators.agent_id
        and ratios.period_id = evaluators.period_id
        and policy.view = evaluators.view
    left outer join compared_metrics on ratios.metric = compared_metrics.metric

),

-- What was not measured comes first: it is nobody's evidence. A missing threshold withholds.
reasoned as (

    select
        *,
        case
            when metric_version is null then 'no_definition_in_force'
            when is_left_out then 'feed_did_not_arrive'
            when not is_declared then 'feed_not_declared'
            when is_eligible and denominator = 0 and gap_days > 0 then 'days_left_out'
            when is_eligible and denominator = 0 then 'no_events'
            when is_eligible and value is null then 'feed_not_declared'
        end as not_measured_reason,
        case
            when not is_eligible then 'not_eligible'
            when not coalesce(n >= minimum_events, false) then 'too_few_events'
            when not coalesce(evidence_days >= minimum_days, false) then 'too_few_days'
            when is_compared_within_queue and not has_peers then 'no_comparable_peers'
            when is_evaluator_judged and not is_evaluator_compared then 'evaluators_not_compared'
            when is_evaluator_judged and not is_evaluator_agreed then 'evaluators_disagree'
        end as evidence_reason
    from gathered

),

stated as (

    select
        agent_id,
        period_id,
        metric,
        view,
        peer_overlap_share,
        case
            when not_measured_reason is not null then 'not_measured'
            when evidence_reason is not null then 'withheld'
            else 'measured'
        end as state,
        coalesce(not_measured_reason, evidence_reason) as withheld_reason,
        cast(case
            when not_measured_reason is not null then null
            when evidence_reason = 'too_few_events' then minimum_events
            when evidence_reason = 'too_few_days' then minimum_days
        end as bigint) as n_needed
    from reasoned

)

select * from stated
