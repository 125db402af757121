-- The survey tool's own columns: seconds since 1970.
select
    place,
    invitation_id as distribution,
    survey_id,
    metric,
    contact_id as interaction,
    agent_external_id as agent,
    customer_key as recipient,
    unix_seconds(triggered_at) as triggered,
    unix_seconds(sent_at) as sent,
    status,
    delivery_channel as via,
    unix_seconds(expires_at) as expires,
    unix_seconds(source_updated_at) as changed
from outgoing
