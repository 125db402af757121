-- Incidents said or changed since the extract before.
select
    incident_id,
    scope_type,
    scope_id,
    affected_system,
    severity,
    status,
    zulu(started_at) as started_at,
    zulu(ended_at) as ended_at,
    affects_work as affects_adherence,
    affects_work as affects_handle_time,
    false as affects_resolution,
    affects_work as affects_survey,
    zulu(said_at) as source_updated_at
from incident_said
where said_at <= getvariable('extracted_at')
    and said_at > getvariable('previous_at')
qualify row_number() over (partition by incident_id order by said_at desc) = 1
order by incident_id
