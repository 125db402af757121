with evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where qa_exclusion_reason is null

),

agreement as (

    select * from {{ ref('kpi_evaluator_agreement') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

policy as (

    select * from {{ ref('int_policy_by_view') }}

),

forms_in_period as (

    select distinct
        evaluations.agent_id,
        periods.period_id,
        evaluations.form_id
    from evaluations
    inner join periods
        on evaluations.activity_date >= periods.first_date
        and evaluations.activity_date < periods.end_date

),

-- One form on which evaluators differ is enough: its points are in the score.
judged as (

    select
        forms_in_period.agent_id,
        forms_in_period.period_id,
        policy.view,
        bool_and(coalesce(agreement.pairs >= policy.minimum_pairs, false)) as is_compared,
        bool_and(coalesce(agreement.agreed_share >= policy.minimum_agreed_share, false))
            as is_agreed
    from forms_in_period
    cross join policy
    left outer join agreement on forms_in_period.form_id = agreement.form_id
    group by forms_in_period.agent_id, forms_in_period.period_id, policy.view

)

select * from judged
