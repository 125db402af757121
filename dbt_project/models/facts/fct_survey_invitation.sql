with invitations as (

    select * from {{ ref('int_survey_invitation_attributed') }}

),

contacts as (

    select * from {{ ref('fct_contact') }}

),

-- The leg the survey is about: that of the agent named, else the one that handled the contact last.
legs as (

    select
        invitations.source_system,
        invitations.invitation_id,
        contacts.agent_id,
        contacts.activity_date,
        contacts.channel,
        contacts.queue_family,
        row_number() over (
            partition by invitations.source_system, invitations.invitation_id
            order by
                case when invitations.agent_id = contacts.agent_id then 0 else 1 end asc,
                case when contacts.is_last_handling_leg then 0 else 1 end asc,
                contacts.leg_started_at desc,
                contacts.source_system asc,
                contacts.leg_id asc
        ) as leg_number
    from invitations
    inner join contacts on invitations.contact_id = contacts.contact_id

),

counted as (

    select
        -- ids
        invitations.source_system,
        invitations.invitation_id,
        coalesce(invitations.agent_id, legs.agent_id) as agent_id,
        invitations.contact_id,

        -- dates
        coalesce(legs.activity_date, invitations.activity_date) as activity_date,

        -- categories
        coalesce(legs.channel, invitations.channel, 'other') as channel,
        coalesce(legs.queue_family, 'unknown') as queue_family,
        invitations.metric,
        invitations.status,

        -- counts
        {{ one_when("invitations.sent_at is not null "
            ~ "or invitations.status in ('sent', 'opened', 'started', 'responded', 'expired')") }}
            as surveys_invited
    from invitations
    left outer join legs
        on invitations.source_system = legs.source_system
        and invitations.invitation_id = legs.invitation_id
        and legs.leg_number = 1

)

select * from counted
