with unsatisfied as (

    select count(distinct response_id) as n
    from facts.fct_survey_response
    where case_id is not null and csat_eligible_responses > csat_satisfied_responses

),

handed_over as (

    select count(distinct event_id) as failing
    from facts.fct_attribution
    where event_kind = 'survey' and not_credited_reason = 'handed_over_after_a_bad_rating'

)

select
    'run' as scope_type,
    'run' as scope_id,
    'annotate' as severity,
    unsatisfied.n,
    handed_over.failing,
    handed_over.failing / unsatisfied.n as measured,
    cast(null as double) as threshold,
    'handed_over_after_a_bad_rating' as reason_code
from unsatisfied
cross join handed_over
where unsatisfied.n > 0
