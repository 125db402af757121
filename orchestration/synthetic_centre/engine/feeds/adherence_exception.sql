-- Explanations of time away, asked for or decided since the extract before.
with known as (

    select
        *,
        decided_at <= getvariable('extracted_at') as is_decided,
        if(decided_at <= getvariable('extracted_at'), decided_at, requested_at)
            as source_updated_at
    from explained
    where requested_at <= getvariable('extracted_at')

)

select
    'x' || known.state_key as exception_id,
    agent_key.wfm_id as agent_external_id,
    zulu(known.start_at) as start_at,
    zulu(known.end_at) as end_at,
    -- Whoever asks says so, justified or not.
    'supervisor_directed' as reason_category,
    case
        when not known.is_decided then 'pending'
        when known.is_approved then 'approved'
        else 'denied'
    end as status,
    zulu(known.requested_at) as requested_at,
    case when known.is_decided then zulu(known.decided_at) end as decided_at,
    case when known.is_decided then known.approver_external_id end as decided_by_external_id,
    zulu(known.source_updated_at) as source_updated_at
from known
inner join agent_key on known.agent_number = agent_key.agent_number
where known.source_updated_at > getvariable('previous_at')
order by known.state_key
