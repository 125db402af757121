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
union all
select
    'surveys_without_agent' as world,
    'channel' as scope_kind,
    getvariable('surveys_without_agent_channel') as scope_id,
    null as starts_at,
    null as ends_at
where getvariable('has_surveys_without_agent')
union all
select
    'lenient_approver' as world,
    'approver' as scope_kind,
    external_id('wfm', 'E', supervisor_agent_id) as scope_id,
    null as starts_at,
    null as ends_at
from team
where getvariable('has_lenient_approver')
    and team_number = getvariable('lenient_approver_team') - 1
union all
select
    habit.planted_habit as world,
    'agent' as scope_kind,
    agent.agent_id as scope_id,
    null as starts_at,
    null as ends_at
from habit
inner join agent on habit.agent_number = agent.agent_number
where habit.planted_habit is not null
order by world, scope_id
