-- What the incident desk says, and when: one row is one version of one incident.
create or replace view incident_said as
with rounds as (

    select
        range as round,
        date_of(range * getvariable('incident_every_days'))::timestamp as begins_at
    from range(0, getvariable('known_day') // getvariable('incident_every_days') + 1)

),

outages as (

    select
        'outage-' || site_id as incident_id,
        'site' as scope_type,
        site_id as scope_id,
        'telephony' as affected_system,
        'outage' as severity,
        status,
        if(
            status = 'confirmed', starts_at,
            starts_at + to_minutes(getvariable('incident_noticed_minutes'))
        ) as started_at,
        if(status = 'confirmed', ends_at, null) as ended_at,
        true as affects_work,
        if(
            status = 'confirmed',
            plus_hours(starts_at, getvariable('incident_confirmed_hours')), started_at
        ) as said_at
    from outage
    cross join unnest(['provisional', 'confirmed']) as said (status)

),

false_alarms as (

    select
        'false-alarm-' || round as incident_id,
        'site' as scope_type,
        getvariable('incident_false_alarm_site') as scope_id,
        'network' as affected_system,
        'degraded' as severity,
        status,
        plus_hours(
            begins_at,
            24 * getvariable('incident_false_alarm_day') + getvariable('incident_false_alarm_hour')
        ) as started_at,
        null::timestamp as ended_at,
        true as affects_work,
        plus_hours(
            started_at, if(status = 'retracted', getvariable('incident_retracted_hours'), 0)
        ) as said_at
    from rounds
    cross join unnest(['provisional', 'retracted']) as said (status)

),

maintenances as (

    select
        'maintenance-' || round as incident_id,
        'platform' as scope_type,
        'crm' as scope_id,
        'crm' as affected_system,
        'maintenance' as severity,
        'confirmed' as status,
        plus_hours(
            begins_at,
            24 * getvariable('incident_maintenance_day') + getvariable('incident_maintenance_hour')
        ) as started_at,
        started_at + to_minutes(getvariable('incident_maintenance_minutes')) as ended_at,
        false as affects_work,
        started_at - to_days(getvariable('incident_maintenance_announced_days')) as said_at
    from rounds

)

select * from outages
union all
select * from false_alarms
union all
select * from maintenances;
