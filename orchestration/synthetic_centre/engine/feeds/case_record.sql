-- Cases changed since the extract before, as they stood at this one.
with begun as (

    select
        *,
        lead(started_at) over (partition by concern_key order by started_at, contact_key)
            as taken_over_at
    from case_contact
    where started_at <= getvariable('extracted_at')

),

happened as (

    select
        * replace (
            if(
                resolved_at <= least(
                    getvariable('extracted_at'), coalesce(taken_over_at, resolved_at)
                ),
                resolved_at, null
            ) as resolved_at
        )
    from begun

),

summed as (

    select
        concern_key,
        min(started_at) as created_at,
        max(started_at) as last_started_at,
        max_by(
            struct_pack(
                ended_at := ended_at, agent_number := agent_number, resolved_at := resolved_at,
                resolved_by := resolved_by
            ), (started_at, contact_key)
        ) as latest,
        min_by(
            struct_pack(
                channel := channel, contact_reason := contact_reason, customer_key := customer_key
            ), (started_at, contact_key)
        ) as opening,
        count(*) filter (where taken_over_at is not null and resolved_at is not null)
            as reopen_count,
        max(taken_over_at) filter (where taken_over_at is not null and resolved_at is not null)
            as last_reopened_at
    from happened
    group by concern_key

),

aged as (

    select
        *,
        latest.resolved_at as resolved_at,
        latest.agent_number as owner_number,
        latest.resolved_by as resolved_by,
        case
            when plus_hours(latest.resolved_at, getvariable('case_close_after_hours'))
                <= getvariable('extracted_at')
                then plus_hours(latest.resolved_at, getvariable('case_close_after_hours'))
        end as closed_at,
        case when latest.ended_at <= getvariable('extracted_at') then latest.ended_at end
            as last_ended_at
    from summed

),

stamped as (

    select
        *,
        case
            when closed_at is not null then 'closed'
            when resolved_at is not null then 'resolved'
            when last_ended_at is null then 'open'
            else 'pending_internal'
        end as status,
        greatest(
            last_started_at,
            coalesce(last_ended_at, last_started_at),
            coalesce(resolved_at, last_started_at),
            coalesce(closed_at, last_started_at)
        ) as source_updated_at
    from aged

)

select
    'k' || stamped.concern_key as case_id,
    zulu(stamped.created_at) as created_at,
    stamped.status as status_native,
    stamped.status,
    owner.crm_id as owner_external_id,
    zulu(stamped.resolved_at) as resolved_at,
    case when stamped.resolved_at is not null then resolver.crm_id end as resolved_by_external_id,
    zulu(stamped.closed_at) as closed_at,
    stamped.reopen_count,
    zulu(stamped.last_reopened_at) as last_reopened_at,
    stamped.opening.channel as channel,
    stamped.opening.contact_reason as contact_reason,
    stamped.opening.customer_key as customer_key,
    zulu(stamped.source_updated_at) as source_updated_at
from stamped
inner join agent_key as owner on stamped.owner_number = owner.agent_number
left outer join agent_key as resolver on stamped.resolved_by = resolver.agent_number
where stamped.source_updated_at > getvariable('previous_at')
order by stamped.concern_key
