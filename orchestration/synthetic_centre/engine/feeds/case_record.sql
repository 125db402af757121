-- Cases changed since the extract before, as they stood at this one.
select
    'k' || known.concern_key as case_id,
    zulu(known.created_at) as created_at,
    known.status as status_native,
    known.status,
    owner.crm_id as owner_external_id,
    zulu(known.resolved_at) as resolved_at,
    case when known.resolved_at is not null then resolver.crm_id end as resolved_by_external_id,
    zulu(known.closed_at) as closed_at,
    known.reopen_count,
    zulu(known.last_reopened_at) as last_reopened_at,
    known.channel,
    known.contact_reason,
    known.customer_key,
    zulu(known.source_updated_at) as source_updated_at
from case_as_known as known
inner join agent_key as owner on known.owner_number = owner.agent_number
left outer join agent_key as resolver on known.resolved_by = resolver.agent_number
where known.source_updated_at > getvariable('previous_at')
order by known.concern_key
