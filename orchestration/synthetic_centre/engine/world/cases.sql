-- What one contact did to its case; a later contact of the concern takes the case over.
insert into case_contact
with followed as (

    select
        concern.*,
        digest_of('follow_up', contact_key) as digest
    from concern
    where has_case

),

timed as (

    select
        *,
        uniform_at(digest, 0) as follow_draw,
        (1 + 3600 * getvariable('case_follow_up_hours') * uniform_at(digest, 20))::bigint
            as follow_seconds,
        (uniform_at(digest, 40) * getvariable('agents'))::bigint + 1 as colleague_draw
    from followed

)

select
    concern_key,
    contact_key,
    started_at,
    ended_at,
    agent_number,
    channel,
    contact_reason,
    customer_key,
    case
        when is_resolved then ended_at
        when follow_draw < getvariable('case_own_follow_up_share')
            + getvariable('case_colleague_follow_up_share')
            then plus_seconds(ended_at, follow_seconds)
    end as resolved_at,
    case
        when is_resolved or follow_draw < getvariable('case_own_follow_up_share')
            then agent_number
        when follow_draw < getvariable('case_own_follow_up_share')
            + getvariable('case_colleague_follow_up_share')
            then (agent_number + colleague_draw - 1) % getvariable('agents') + 1
    end as resolved_by
from timed;
