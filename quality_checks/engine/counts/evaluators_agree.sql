with thresholds as (

    select
        min(case when threshold = 'minimum_pairs' then value end) as minimum_pairs,
        min(case when threshold = 'minimum_agreed_share' then value end) as minimum_agreed_share
    from catalogue.policy_threshold
    where check_id = 'evaluators_agree'

),

forms as (

    select
        kpi_evaluator_agreement.form_id,
        kpi_evaluator_agreement.pairs,
        kpi_evaluator_agreement.agreed_share,
        thresholds.minimum_agreed_share,
        coalesce(
            kpi_evaluator_agreement.pairs >= thresholds.minimum_pairs, false
        ) as has_enough_pairs,
        coalesce(
            kpi_evaluator_agreement.agreed_share >= thresholds.minimum_agreed_share, false
        ) as has_enough_agreement
    from kpis.kpi_evaluator_agreement
    cross join thresholds

),

agreement_per_form as (

    select
        'form' as scope_type,
        form_id as scope_id,
        'withhold' as severity,
        pairs as n,
        case when has_enough_pairs and has_enough_agreement then 0 else 1 end as failing,
        agreed_share as measured,
        cast(minimum_agreed_share as double) as threshold,
        case
            when has_enough_pairs then 'evaluators_disagree' else 'evaluators_not_compared'
        end as reason_code
    from forms

),

agreeing_forms as (

    select count(*) as agreeing_forms from agreement_per_form
    where failing = 0

),

shown_without_agreement as (

    -- With agreement on no form at all, not one value an evaluator judged may be shown.
    select
        'run' as scope_type,
        'run' as scope_id,
        'block' as severity,
        count(*) as n,
        count(case when agreeing_forms.agreeing_forms = 0 then 1 end) as failing,
        cast(null as double) as measured,
        cast(null as double) as threshold,
        'shown_without_agreement' as reason_code
    from kpis.kpi_agent_period
    inner join catalogue.metric on kpi_agent_period.metric = metric.metric
    cross join agreeing_forms
    where kpi_agent_period.state = 'measured'
        and metric.evidence_class = 'evaluator_judged'
    having count(*) > 0

),

counted as (

    select * from agreement_per_form
    union all
    select * from shown_without_agreement

)

select * from counted
