-- Days added up before the extract; one is added up anew after an edit of its schedule.
select
    agent_key.wfm_id as agent_external_id,
    date_of(vendor_day.day) as business_date,
    vendor_day.zone as day_time_zone,
    vendor_day.scheduled_seconds,
    vendor_day.adherence_seconds as adherence_scheduled_seconds,
    vendor_day.exception_seconds,
    vendor_day.exceptions,
    vendor_day.queue_seconds as scheduled_on_queue_seconds,
    vendor_day.on_queue_seconds as actual_on_queue_seconds,
    round(1 - vendor_day.exception_seconds / nullif(vendor_day.adherence_seconds, 0), 4)
        ::decimal(18, 4) as adherence_share,
    round(vendor_day.on_queue_seconds / nullif(vendor_day.queue_seconds, 0), 4)
        ::decimal(18, 4) as conformance_share,
    zulu(vendor_day.computed_at) as computed_at
from vendor_day
inner join agent_key on vendor_day.agent_number = agent_key.agent_number
where vendor_day.computed_at <= getvariable('extracted_at')
    and date_of(vendor_day.day) >= getvariable('window_start')
qualify row_number() over (
    partition by vendor_day.shift_key order by vendor_day.schedule_version desc
) = 1
order by vendor_day.shift_key
