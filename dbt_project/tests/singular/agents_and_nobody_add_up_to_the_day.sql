-- Returns each day of tonight on which the contacts of all agents are not those of the source that
-- somebody is known to have handled, or their time is not the same.
with contacts as (

    select
        activity_date,
        sum(case when agent_id is not null then handled_contacts else 0 end) as handled_contacts,
        sum(case
            when agent_id is not null and handled_contacts = 1 then handle_seconds
            else 0
        end) as handle_seconds
    from {{ ref('fct_contact') }}
    where {{ is_built_tonight('activity_date', 'agent_day_queue') }}
    group by activity_date

),

agent_days as (

    select
        activity_date,
        sum(handled_contacts) as handled_contacts,
        sum(handle_seconds) as handle_seconds
    from {{ ref('fct_agent_day_queue') }}
    where {{ is_built_tonight('activity_date', 'agent_day_queue') }}
    group by activity_date

)

select
    contacts.activity_date,
    contacts.handled_contacts as source_contacts,
    agent_days.handled_contacts as agents_contacts
from contacts
full outer join agent_days on contacts.activity_date = agent_days.activity_date
cross join {{ ref('int_declared_feed') }} as declared
where
    declared.has_contact_leg
    and (
        coalesce(contacts.handled_contacts, 0) <> coalesce(agent_days.handled_contacts, 0)
        or coalesce(contacts.handle_seconds, 0) <> coalesce(agent_days.handle_seconds, 0)
    )
