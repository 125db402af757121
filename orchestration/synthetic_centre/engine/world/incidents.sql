-- What the incident desk says, and when: one row is one version of one incident.
create or replace view incident_said as
with rounds as (

    select range as round from range(0, getvariable('known_day') // getvariable('incident_every_days') + 1)

),

false_alarm as (

    select
        round,
        plus_hours(
            date_of(
                round * getvariable('incident_every_days') + getvariable('incident_false_alarm_day')
            )::timestamp,
            getvariable('incident_false_alarm_hour')
        ) as started_at
    from rounds

),

maintenance as (

    select
        round,
        plus_hours(
            date_of(
                round * getvariable('incident_every_days') + getvariable('incident_maintenance_day')
            )::timestamp,
            getvariable('incident_maintenance_hour')
        ) as started_at
    from rounds

)

select
    'outage-' || site_id as incident_id,
    'site' as scope_type,
    site_id as scope_id,
    'telephony' as affected_system,
    'outage' as severity,
    'provisional' as status,
    starts_at + to_minutes(getvariable('incident_noticed_minutes')) as started_at,
    null::timestamp as ended_at,
    true as affects_work,
    starts_at + to_minutes(getvariable('incident_noticed_minutes')) as said_at
from outage
union all
select
    'outage-' || site_id as incident_id,
    'site' as scope_type,
    site_id as scope_id,
    'telephony' as affected_system,
    'outage' as severity,
    'confirmed' as status,
    starts_at as started_at,
    ends_at as ended_at,
    true as affects_work,
    plus_hours(starts_at, getvariable('incident_confirmed_hours')) as said_at
from outage
union all
select
    'false-alarm-' || round as incident_id,
    'site' as scope_type,
    getvariable('incident_false_alarm_site') as scope_id,
    'network' as affected_system,
    'degraded' as severity,
    status,
    started_at,
    null as ended_at,
    true as affects_work,
    plus_hours(started_at, if(status = 'retracted', getvariable('incident_retracted_hours'), 0))
        as said_at
from false_alarm
cross join unnest(['provisional', 'retracted']) as said (status)
union all
select
    'maintenance-' || round as incident_id,
    'platform' as scope_type,
    'crm' as scope_id,
    'crm' as affected_system,
    'maintenance' as severity,
    'confirmed' as status,
    started_at,
    started_at + to_minutes(getvariable('incident_maintenance_minutes')) as ended_at,
    false as affects_work,
    started_at - to_days(getvariable('incident_maintenance_announced_days')) as said_at
from maintenance;
