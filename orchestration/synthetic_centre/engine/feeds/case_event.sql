-- Who came to hold a case, and when it was opened again, of what happened since the extract before.
with taken as (

    select
        *,
        lead(started_at) over in_order as taken_over_at,
        lag(resolved_at) over in_order as resolved_before_at
    from case_contact
    where started_at <= getvariable('extracted_at')
    window in_order as (partition by concern_key order by started_at, contact_key)

),

-- In some planted worlds whoever holds a case must pass it on.
passed_on as (

    select
        taken.concern_key,
        taken.contact_key,
        rated_case.next_number as to_number,
        rated_case.reassigned_at as occurred_at
    from taken
    inner join rated_case
        on taken.concern_key = rated_case.concern_key
            and taken.agent_number = rated_case.agent_number
    where rated_case.reassigned_at > taken.started_at
        and rated_case.reassigned_at < coalesce(taken.taken_over_at, 'infinity')
    union all
    select
        taken.concern_key,
        taken.contact_key,
        leaver.next_number as to_number,
        leaver.reassigned_at as occurred_at
    from taken
    inner join leaver on taken.agent_number = leaver.agent_number
    anti join rated_case on taken.concern_key = rated_case.concern_key
    where leaver.reassigned_at > taken.started_at
        and leaver.reassigned_at < coalesce(taken.taken_over_at, 'infinity')
        and taken.started_at
        >= leaver.reassigned_at - to_days(getvariable('leaver_reassignment_back_days'))

),

held as (

    select
        concern_key,
        contact_key,
        agent_number as to_number,
        started_at as occurred_at,
        false as is_passed_on
    from taken
    union all
    select
        *,
        true as is_passed_on
    from passed_on

),

assigned as (

    select
        *,
        lag(to_number) over (
            partition by concern_key order by occurred_at, contact_key, is_passed_on
        ) as from_number
    from held

),

events as (

    select
        concern_key,
        contact_key,
        if(is_passed_on, 'p', 'a') as kind,
        'assigned' as event_type,
        before.crm_id as from_value,
        after.crm_id as to_value,
        occurred_at,
        -- The first assignment is the router's, a later one that of whoever takes the case over.
        case when from_number is not null and not is_passed_on then after.crm_id end
            as actor_external_id,
        case
            when is_passed_on then 'unknown'
            when from_number is null then 'system'
            else 'agent'
        end as actor_type
    from assigned
    inner join agent_key as after on assigned.to_number = after.agent_number
    left outer join agent_key as before on assigned.from_number = before.agent_number
    where from_number is distinct from to_number
    union all
    select
        concern_key,
        contact_key,
        'r' as kind,
        'reopened' as event_type,
        if(
            plus_hours(resolved_before_at, getvariable('case_close_after_hours')) <= started_at,
            'closed', 'resolved'
        ) as from_value,
        'open' as to_value,
        started_at as occurred_at,
        null as actor_external_id,
        'customer' as actor_type
    from taken
    where resolved_before_at <= started_at

)

select
    'v' || contact_key || kind as event_id,
    'k' || concern_key as case_id,
    event_type,
    from_value,
    to_value,
    zulu(occurred_at) as occurred_at,
    actor_external_id,
    actor_type
from events
where occurred_at <= getvariable('extracted_at')
    and occurred_at > getvariable('previous_at')
order by contact_key, kind
