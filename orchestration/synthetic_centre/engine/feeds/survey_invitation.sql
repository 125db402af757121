-- Invitations sent or changed since the extract before.
with happened as (

    select
        survey.*,
        case
            when unsent_status is not null then unsent_status
            when responded_at <= getvariable('extracted_at') then 'responded'
            when responded_at is null and expires_at <= getvariable('extracted_at') then 'expired'
            else 'sent'
        end as status,
        case
            when unsent_status is not null then triggered_at
            when responded_at <= getvariable('extracted_at') then responded_at
            when responded_at is null and expires_at <= getvariable('extracted_at')
                then expires_at
            else triggered_at
        end as source_updated_at
    from survey
    where triggered_at <= getvariable('extracted_at')

)

select
    'i' || happened.contact_key as invitation_id,
    'after_contact' as survey_id,
    'csat' as metric,
    'c' || happened.contact_key as contact_id,
    agent_key.survey_id as agent_external_id,
    happened.customer_key,
    zulu(happened.triggered_at) as triggered_at,
    case when happened.unsent_status is null then zulu(happened.triggered_at) end as sent_at,
    happened.status,
    case happened.channel when 'voice' then 'sms' else happened.channel end as delivery_channel,
    zulu(happened.expires_at) as expires_at,
    zulu(happened.source_updated_at) as source_updated_at
from happened
inner join agent_key on happened.agent_number = agent_key.agent_number
where happened.source_updated_at > getvariable('previous_at')
order by happened.contact_key
