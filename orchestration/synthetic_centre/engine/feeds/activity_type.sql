-- Sent whole, and never changed so far.
select
    activity_code,
    activity_name,
    category,
    is_paid,
    counts_in_adherence,
    is_productive,
    is_planned_shrinkage,
    date_of(-getvariable('agent_longest_days')) as valid_from
from activities
order by activity_code
