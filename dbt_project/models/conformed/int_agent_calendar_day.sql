with agents as (

    select * from {{ ref('dim_agent') }}

),

assignments as (

    select * from {{ ref('dim_agent_assignment') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}
    where {{ is_read_tonight('calendar_date', 'any') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

-- Where nobody is known to have been, the day is that of the first site, or UTC without any site.
numbered_sites as (

    select
        site_time_zone,
        row_number() over (order by site_id, site_time_zone) as site_number
    from assignments
    where site_id is not null and site_time_zone is not null

),

usual_zone as (

    select coalesce(max(site_time_zone), 'UTC') as site_time_zone
    from numbered_sites
    where site_number = 1

),

-- What nobody handled also happened on a day: the agent with the empty id stands for nobody.
agents_and_nobody as (

    select agent_id from agents
    union all
    select '' as agent_id

),

agent_dates as (

    select
        agents_and_nobody.agent_id,
        calendar_dates.calendar_date,
        assignments.team_id,
        assignments.supervisor_agent_id,
        assignments.site_id,
        coalesce(assignments.site_time_zone, usual_zone.site_time_zone) as site_time_zone,
        assignments.job_role,
        coalesce(assignments.is_scorecard_eligible, false) as is_scorecard_eligible,
        coalesce(assignments.is_derived, false) as is_roster_derived
    from agents_and_nobody
    cross join calendar_dates
    cross join usual_zone
    left outer join assignments
        on agents_and_nobody.agent_id = assignments.agent_id
        and calendar_dates.calendar_date >= assignments.valid_from_date
        and calendar_dates.calendar_date < assignments.valid_to_date

),

zones as (

    select distinct site_time_zone from agent_dates

),

zone_dates as (

    select
        zones.site_time_zone,
        calendar_dates.calendar_date,
        {{ local_midnight_at('calendar_dates.calendar_date', 'zones.site_time_zone') }}
            as day_starts_at,
        {{ local_midnight_at(add_days('calendar_dates.calendar_date', 1), 'zones.site_time_zone') }}
            as day_ends_at
    from zones
    cross join calendar_dates

),

timed as (

    select
        agent_dates.*,
        zone_dates.day_starts_at,
        zone_dates.day_ends_at,
        zone_dates.day_ends_at <= context.days_known_until as has_ended
    from agent_dates
    cross join context
    inner join zone_dates
        on agent_dates.site_time_zone = zone_dates.site_time_zone
        and agent_dates.calendar_date = zone_dates.calendar_date

)

select * from timed
