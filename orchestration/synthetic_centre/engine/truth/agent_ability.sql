-- One row is one agent's true ability on one metric, in sd (higher is better) and in its own unit.
with spread as (

    unpivot ability on columns(* exclude (agent_number)) into name ability value ability_sd

)

select
    agent.agent_id,
    spread.ability,
    spread.ability_sd,
    agent.tenure_band,
    team.team_id as first_team_id,
    team.is_corner_cutting as is_first_team_corner_cutting
from spread
inner join agent on spread.agent_number = agent.agent_number
inner join team on agent.first_team_number = team.team_number
order by agent.agent_id, spread.ability
