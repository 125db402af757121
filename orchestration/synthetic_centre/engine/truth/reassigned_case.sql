-- One row is one case that changed hands since the extract before.
select
    'k' || known.concern_key as case_id,
    if(rated_case.concern_key is null, 'leaver_reassignment', 'rating_reassignment') as world,
    before.agent_id as from_agent_id,
    after.agent_id as to_agent_id,
    resolver.agent_id as resolver_agent_id,
    known.reassigned_at
from case_as_known as known
inner join agent as before on known.worked_by_number = before.agent_number
inner join agent as after on known.owner_number = after.agent_number
left outer join agent as resolver
    on known.resolved_by = resolver.agent_number and known.resolved_at is not null
left outer join rated_case
    on known.concern_key = rated_case.concern_key and known.reassigned_at = rated_case.reassigned_at
where known.reassigned_at > getvariable('previous_at')
order by known.concern_key
