with limits as (

    select
        min(case when threshold = 'warn_above_share' then value end) as warn_above_share,
        min(case when threshold = 'minimum_days' then value end) as minimum_days
    from catalogue.policy_threshold
    where check_id = 'our_days_agree_with_the_vendors'

),

-- What waits for an identity or for the end of the day can agree later.
compared as (

    select
        count(*) as n,
        sum(case when reconciliation = 'unexplained' then 1 else 0 end) as unexplained
    from facts.fct_adherence_reconciliation
    where reconciliation not in ('unknown_agent', 'day_has_not_ended')

),

measured as (

    select
        compared.*,
        compared.unexplained / compared.n as measured,
        limits.warn_above_share as threshold
    from compared
    cross join limits
    -- A limit that nobody has written down is not one that is kept.
    where compared.n > 0 and not coalesce(compared.n < limits.minimum_days, false)

)

select
    'run' as scope_type,
    'run' as scope_id,
    'warn' as severity,
    n,
    case when coalesce(measured <= threshold, false) then 0 else greatest(unexplained, 1) end
        as failing,
    measured,
    threshold,
    'differs_from_the_vendor' as reason_code
from measured
