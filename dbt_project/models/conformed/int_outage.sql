{# A view: it is read once, by int_adherence_exclusion. #}
{{ config(materialized='view') }}

with incidents as (

    select
        *,
        source_system || ':' || incident_id || ':' || scope_type || ':' || scope_id as incident_key
    from {{ ref('stg_operations__service_incidents') }}
    where is_counted_in_adherence

),

actual as (

    select * from {{ ref('stg_wfm__actual_activities') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

agent_dates as (

    select * from {{ ref('int_agent_calendar_day') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

-- An incident still open lasts until now. Local days of all zones are within one date of its own.
incident_dates as (

    select
        incidents.incident_key,
        incidents.source_system,
        incidents.scope_type,
        incidents.scope_id,
        incidents.started_at,
        coalesce(incidents.ended_at, context.as_of) as ended_at,
        calendar_dates.calendar_date
    from incidents
    cross join context
    inner join calendar_dates
        on calendar_dates.calendar_date >= {{ add_days('cast(incidents.started_at as date)', -1) }}
        and {{ add_days('calendar_dates.calendar_date', -1) }}
        <= cast(coalesce(incidents.ended_at, context.as_of) as date)

),

-- Whom an incident of a platform concerns: who was in one of its states on a date beside, or in one
-- of a source that tells no platforms apart.
platforms_affected as (

    select
        incident_key,
        calendar_date,
        scope_id as platform
    from incident_dates
    where scope_type = 'platform'
    union distinct
    select
        incident_key,
        calendar_date,
        'all' as platform
    from incident_dates
    where scope_type = 'platform'

),

on_platform as (

    select distinct
        platforms_affected.incident_key,
        platforms_affected.calendar_date,
        identities.agent_id
    from platforms_affected
    inner join actual
        on platforms_affected.platform = actual.platform
        and cast(actual.starts_at as date) >= {{ add_days('platforms_affected.calendar_date', -1) }}
        and cast(actual.starts_at as date) <= {{ add_days('platforms_affected.calendar_date', 1) }}
    inner join identities
        on actual.source_system = identities.identity_system
        and actual.wfm_agent_id = identities.external_id
        and actual.starts_at >= identities.valid_from_at
        and actual.starts_at < identities.valid_to_at

),

-- Team and site are those of the local day: whoever moves in an incident is in it until then.
outages as (

    select
        agent_dates.agent_id,
        greatest(incident_dates.started_at, agent_dates.day_starts_at) as starts_at,
        least(incident_dates.ended_at, agent_dates.day_ends_at) as ends_at
    from incident_dates
    inner join agent_dates
        on incident_dates.calendar_date = agent_dates.calendar_date
    left outer join on_platform
        on incident_dates.incident_key = on_platform.incident_key
        and incident_dates.calendar_date = on_platform.calendar_date
        and agent_dates.agent_id = on_platform.agent_id
    left outer join identities
        on incident_dates.scope_type = 'agent'
        and incident_dates.source_system = identities.identity_system
        and incident_dates.scope_id = identities.external_id
        and incident_dates.started_at >= identities.valid_from_at
        and incident_dates.started_at < identities.valid_to_at
    where
        incident_dates.ended_at > agent_dates.day_starts_at
        and incident_dates.started_at < agent_dates.day_ends_at
        and agent_dates.agent_id <> ''
        and case incident_dates.scope_type
            when 'all' then true
            when 'site' then incident_dates.scope_id = agent_dates.site_id
            when 'team' then incident_dates.scope_id = agent_dates.team_id
            when 'agent'
                then coalesce(identities.agent_id, incident_dates.scope_id) = agent_dates.agent_id
            when 'platform' then on_platform.agent_id is not null
            else false
        end

)

select * from outages
