-- The terms that HR knows on the day of the extract, a fortnight ahead.
create or replace view assignment_as_known as
select
    *,
    case
        when not is_last and to_day < getvariable('known_day')
            or is_last and to_day <= getvariable('known_day') then to_day
    end as known_to_day
from assignment
where from_day <= getvariable('known_day');
