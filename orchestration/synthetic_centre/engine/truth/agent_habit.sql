-- One row is one agent: the shares that every analysed leg is drawn with, and whose are planted.
select
    agent.agent_id,
    habit.planted_habit,
    habit.talk_share,
    habit.probing_share,
    habit.phrase_share
from habit
inner join agent on habit.agent_number = agent.agent_number
order by agent.agent_id
