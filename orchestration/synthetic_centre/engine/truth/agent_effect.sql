-- One row is one agent on one team: what the contacts there are really drawn with.
select
    agent.agent_id,
    team.team_id,
    agent_effect.* exclude (agent_number, team_number)
from agent_effect
inner join agent on agent_effect.agent_number = agent.agent_number
inner join team on agent_effect.team_number = team.team_number
order by agent.agent_id, team.team_id
