-- How the vendors print what the centre knows; every column of `outgoing` is text.

create or replace macro yes_no(flag) as
case flag when 'true' then 'Y' when 'false' then 'N' end;

create or replace macro day_first(moment) as
strftime(moment::timestamp, '%d/%m/%Y %H:%M:%S');

create or replace macro unix_seconds(moment) as
epoch(moment::timestamp)::bigint;

create or replace macro as_clock(seconds) as
printf('%d:%02d:%02d', seconds::bigint // 3600, seconds::bigint // 60 % 60, seconds::bigint % 60);

create or replace macro with_offset(moment, zone) as
strftime(timezone(zone, moment::timestamptz), '%Y-%m-%dT%H:%M:%S') || printf(
    '%+03d:00', (epoch(timezone(zone, moment::timestamptz)) - epoch(moment::timestamptz))::bigint // 3600
);

create or replace macro at_head_office(moment) as
timezone('Europe/Lisbon', moment::timestamptz);

create or replace macro is_summer_time(moment) as
case
    when epoch(at_head_office(moment)) > epoch(moment::timestamptz) then 'Y'
    when moment is not null then 'N'
end;

create or replace macro is_repeated(moment) as
at_head_office(moment) in (
    timezone('Europe/Lisbon', moment::timestamptz + interval 1 hour),
    timezone('Europe/Lisbon', moment::timestamptz - interval 1 hour)
);
