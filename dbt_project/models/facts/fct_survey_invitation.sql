{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with invitations as (

    select * from {{ ref('int_survey_invitation_attributed') }}
    where
        sent_at is not null
        or status in ('sent', 'opened', 'started', 'responded', 'expired')

),

contacts as (

    select * from {{ ref('int_contact_named') }}
    where is_meant_by_contact_id

),

counted as (

    select
        -- ids
        invitations.source_system,
        invitations.invitation_id,
        coalesce(invitations.agent_id, contacts.agent_id) as agent_id,
        invitations.contact_id,

        -- dates
        coalesce(contacts.activity_date, invitations.activity_date) as activity_date,

        -- categories
        coalesce(contacts.channel, invitations.channel, 'other') as channel,
        coalesce(contacts.queue_family, 'unknown') as queue_family,
        invitations.metric,
        invitations.status,

        -- counts
        cast(1 as bigint) as surveys_invited,
        {{ one_when("invitations.status not in ('failed', 'bounced')") }} as surveys_delivered,
        {{ one_when("invitations.status = 'responded'") }} as surveys_answered
    from invitations
    left outer join contacts on invitations.contact_id = contacts.contact_id

)

select * from counted
where {{ is_built_tonight('activity_date', 'outcome') }}
