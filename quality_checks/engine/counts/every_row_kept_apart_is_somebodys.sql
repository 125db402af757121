select
    'feed' as scope_type,
    feed as scope_id,
    'warn' as severity,
    count(distinct row_id) as n,
    count(distinct case when agent_id = '' or activity_date is null then row_id end) as failing,
    cast(null as double) as measured,
    cast(null as double) as threshold,
    'gap_of_nobody' as reason_code
from facts.fct_row_kept_apart
group by feed
