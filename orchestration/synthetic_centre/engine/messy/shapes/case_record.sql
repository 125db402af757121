-- The CRM's objects: seconds since 1970, its own words for the status.
select
    place,
    case_id as id,
    unix_seconds(created_at) as created,
    case status
        when 'resolved' then 'solved'
        when 'pending_internal' then 'on hold'
        else status
    end as status,
    owner_external_id as assignee,
    unix_seconds(resolved_at) as solved,
    resolved_by_external_id as solved_by,
    unix_seconds(closed_at) as closed,
    reopen_count as reopens,
    unix_seconds(last_reopened_at) as reopened,
    channel,
    contact_reason as reason,
    customer_key as requester,
    unix_seconds(source_updated_at) as updated,
    is_deleted = 'true' as deleted
from outgoing
