with limits as (

    select
        min(case when threshold = 'warn_above_share' then value end) as warn_above_share,
        min(case when threshold = 'hold_above_share' then value end) as hold_above_share,
        min(case when threshold = 'minimum_answers' then value end) as minimum_answers
    from catalogue.policy_threshold
    where check_id = 'answers_name_their_agent'

),

-- What is left out for another reason is nobody's on purpose.
answers as (

    select
        channel,
        case when attribution_reason <> 'named_by_the_survey' then 1 else 0 end as without_agent,
        case when agent_id is null then 1 else 0 end as of_nobody
    from facts.fct_survey_response
    where csat_exclusion_reason is null or csat_exclusion_reason = 'agent_unknown'

),

counted as (

    select
        'channel' as scope_type,
        channel as scope_id,
        'warn' as severity,
        count(*) as n,
        sum(without_agent) as lost
    from answers
    group by channel

    union all

    select
        'run' as scope_type,
        'run' as scope_id,
        'block' as severity,
        count(*) as n,
        sum(of_nobody) as lost
    from answers

),

compared as (

    select
        counted.*,
        counted.lost / counted.n as measured,
        case
            when counted.severity = 'block' then limits.hold_above_share
            else limits.warn_above_share
        end as threshold
    from counted
    cross join limits
    -- A limit that nobody has written down is not one that is kept.
    where not coalesce(counted.n < limits.minimum_answers, false)

)

select
    scope_type,
    scope_id,
    severity,
    n,
    case when coalesce(measured <= threshold, false) then 0 else greatest(lost, 1) end as failing,
    measured,
    threshold,
    'answers_lost_their_agent' as reason_code
from compared
