-- Sent whole; evaluators are not agents and have none.
select
    agent.agent_id,
    identity_of.identity_system,
    identity_of.external_id,
    identity_of.id_type,
    date_of(agent.hire_day) as valid_from,
    null as valid_to
from identity_of
inner join agent on identity_of.agent_number = agent.agent_number
where agent.hire_day <= getvariable('known_day')
order by agent.agent_id, identity_of.identity_system
