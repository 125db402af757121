-- The schedule as it stood at the extract; an older version is gone from it.
select
    agent_key.wfm_id as agent_external_id,
    's' || planned.shift_key as shift_id,
    planned.activity_code,
    zulu(planned.start_at) as start_at,
    zulu(planned.end_at) as end_at,
    date_of(planned.day) as schedule_date,
    true as is_published,
    planned.schedule_version,
    activities.is_paid,
    case planned.schedule_version when 1 then 'planner' else 'supervisor' end as changed_by,
    zulu(case planned.schedule_version
        when 1 then plus_hours(
            date_of(planned.day)::timestamp, -24 * (getvariable('schedule_horizon_days') + 1)
        )
        else planned.edited_at
    end) as recorded_at
from planned
inner join agent_key on planned.agent_number = agent_key.agent_number
inner join activities on planned.activity_code = activities.activity_code
where planned.start_at >= getvariable('window_start')
    and planned.start_at < getvariable('window_end')
    and (
        not planned.is_edited
        or (planned.schedule_version = 2) = (planned.edited_at <= getvariable('extracted_at'))
    )
order by planned.shift_key, planned.stretch
