-- One row is one answer given since the extract before whose agent and contact the tool forgot.
select
    'r' || survey.contact_key as response_id,
    agent.agent_id,
    'c' || survey.contact_key as contact_id
from survey
inner join agent on survey.agent_number = agent.agent_number
where has_lost_its_agent(survey.contact_key, survey.channel)
    and survey.responded_at <= getvariable('extracted_at')
    and survey.responded_at > getvariable('previous_at')
order by survey.contact_key
