-- What head office exports: its own local time, and beside each time whether it is summer time.
select
    place,
    agent_external_id as "Employee",
    platform as "Platform",
    state_code as "State",
    activity_code as "Activity",
    strftime(at_head_office(start_at), '%Y-%m-%dT%H:%M:%S') as "From",
    is_summer_time(start_at) as "From is summer time",
    strftime(at_head_office(end_at), '%Y-%m-%dT%H:%M:%S') as "To",
    is_summer_time(end_at) as "To is summer time",
    yes_no(is_edited) as "Edited",
    edited_at as "Edited at",
    edited_by_role as "Edited by",
    source_updated_at as "Changed"
from outgoing
