with evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where
        score_points is not null
        and evaluator_id is not null
        and method <> 'auto'
        and coalesce(qa_exclusion_reason, '') not in (
            'retracted', 'not_final', 'not_by_an_evaluator'
        )

),

policy as (

    select * from {{ ref('int_policy_by_view') }}
    where view = 'coaching'

),

forms as (

    select distinct form_id from evaluations

),

-- Two different evaluators on the same contact of the same agent, whoever of them came first.
pairs as (

    select
        one.form_id,
        abs(one.score_points - other.score_points) as difference_points
    from evaluations as one
    inner join evaluations as other
        on one.contact_id = other.contact_id
        and one.form_id = other.form_id
        and one.agent_id = other.agent_id
        and one.evaluator_id < other.evaluator_id

),

agreement as (

    select
        forms.form_id,
        count(pairs.difference_points) as pairs,
        coalesce(sum({{ one_when('pairs.difference_points <= policy.tolerance_points') }}), 0)
            as agreed_pairs,
        min(policy.minimum_pairs) as minimum_pairs
    from forms
    left outer join policy on true
    left outer join pairs on forms.form_id = pairs.form_id
    group by forms.form_id

),

divided as (

    select
        form_id,
        cast(pairs as bigint) as pairs,
        cast(agreed_pairs as bigint) as agreed_pairs,
        cast(agreed_pairs as double) / nullif(pairs, 0) as agreed_share,
        coalesce(pairs >= minimum_pairs, false) as is_measured
    from agreement

)

select * from divided
