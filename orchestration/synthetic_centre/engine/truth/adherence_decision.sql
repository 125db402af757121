-- One row is one explanation decided since the extract before, and whether it was justified.
select
    'x' || explained.state_key as exception_id,
    agent.agent_id,
    explained.approver_external_id,
    explained.is_lenient,
    explained.is_justified,
    explained.is_approved
from explained
inner join agent on explained.agent_number = agent.agent_number
where explained.decided_at <= getvariable('extracted_at')
    and explained.decided_at > getvariable('previous_at')
order by explained.state_key
