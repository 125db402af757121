-- The WFM's own columns: local times of the site with their offset, flags as Y and N.
select
    outgoing.place,
    outgoing.agent_external_id as "Employee",
    outgoing.shift_id as "Shift",
    outgoing.activity_code as "Activity",
    with_offset(outgoing.start_at, team.zone) as "Start",
    with_offset(outgoing.end_at, team.zone) as "End",
    outgoing.schedule_date as "Schedule date",
    yes_no(outgoing.is_published) as "Published",
    outgoing.schedule_version as "Version",
    yes_no(outgoing.is_paid) as "Paid",
    outgoing.changed_by as "Editor",
    with_offset(outgoing.recorded_at, team.zone) as "Stored"
from outgoing
inner join agent_key on outgoing.agent_external_id = agent_key.wfm_id
inner join agent on agent_key.agent_number = agent.agent_number
inner join team on agent.first_team_number = team.team_number
