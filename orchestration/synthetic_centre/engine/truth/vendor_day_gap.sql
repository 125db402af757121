-- One row is one day that the vendor has added up since the extract before as we never shall, and why.
select
    agent.agent_id,
    date_of(vendor_day.day) as business_date,
    if(vendor_day.is_edited_afterwards, 'schedule_edited_afterwards', 'state_lost') as cause,
    vendor_day.lost_seconds
from vendor_day
inner join agent on vendor_day.agent_number = agent.agent_number
where (vendor_day.is_edited_afterwards or vendor_day.lost_seconds > 0)
    and vendor_day.computed_at <= getvariable('extracted_at')
    and vendor_day.computed_at > getvariable('previous_at')
order by vendor_day.shift_key
