with ratios as (

    select * from {{ ref('kpi_agent_period_ratio') }}

),

evidence as (

    select * from {{ ref('kpi_agent_period_evidence') }}
    where view = 'coaching'

),

values_with_state as (

    select
        -- ids
        ratios.agent_id,
        ratios.period_id,
        ratios.metric,

        -- dates
        ratios.period_kind,
        ratios.period_first_date,
        ratios.provisional_until_date,

        -- what was measured
        ratios.metric_version,
        ratios.numerator,
        ratios.denominator,
        ratios.n,
        ratios.evidence_days,
        ratios.gap_days,
        ratios.value,

        -- whether it may be shown
        evidence.peer_overlap_share,
        evidence.state,
        evidence.withheld_reason,
        evidence.n_needed
    from ratios
    inner join evidence
        on ratios.agent_id = evidence.agent_id
        and ratios.period_id = evidence.period_id
        and ratios.metric = evidence.metric

)

select * from values_with_state
