-- Sent whole: one calendar for each site, to the end of next year.
select
    holidays.site_id as calendar_id,
    make_date(years.range, holidays.month, holidays.day) as calendar_date,
    holidays.day_type,
    holidays.occasion
from holidays
cross join range(
    year(date_of(0)), year(getvariable('extracted_at')::timestamp) + 2
) as years
order by calendar_id, calendar_date
