-- One row is one planted situation: what, to whom, and when (naive UTC; empty = always).
select
    'corner_cutting_team' as world,
    'team' as scope_kind,
    team_id as scope_id,
    null::timestamp as starts_at,
    null::timestamp as ends_at
from team
where is_corner_cutting
union all
select
    'outage_day' as world,
    'site' as scope_kind,
    site_id as scope_id,
    starts_at,
    ends_at
from outage
order by world
