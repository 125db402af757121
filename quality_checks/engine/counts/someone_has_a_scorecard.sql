select
    'run' as scope_type,
    'run' as scope_id,
    'block' as severity,
    count(*) as n,
    0 as failing,
    cast(null as double) as measured,
    cast(null as double) as threshold,
    'no_scorecards' as reason_code
from scorecards.scorecard_agent_period
