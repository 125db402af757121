with limits as (

    select
        min(case when threshold = 'hold_below_share' then value end) as hold_below_share,
        min(case when threshold = 'warn_below_share' then value end) as warn_below_share,
        min(case when threshold = 'hold_above_share' then value end) as hold_above_share,
        min(case when threshold = 'minimum_volume' then value end) as minimum_volume,
        min(case when threshold = 'minimum_weeks' then value end) as minimum_weeks,
        min(case when threshold = 'weeks_compared' then value end) as weeks_compared
    from catalogue.policy_threshold
    where check_id = 'volumes_are_usual'

),

-- Nobody's contacts too: whoever answers them, they arrived.
contacts as (

    select
        'contact_leg' as feed,
        activity_date,
        count(*) as volume
    from facts.fct_contact
    group by activity_date

),

-- Hours, so that a volume is a number of the size of the others.
hours as (

    select
        activity_date,
        coalesce(sum(scheduled_seconds), 0) / 3600 as scheduled_hours,
        coalesce(sum(worked_seconds), 0) / 3600 as worked_hours
    from facts.fct_agent_day
    group by activity_date

),

invitations as (

    select
        'survey_invitation' as feed,
        activity_date,
        coalesce(sum(surveys_invited), 0) as volume
    from facts.fct_agent_day_queue
    group by activity_date

),

volumes as (

    select * from contacts
    union all
    select 'planned_activity' as feed, activity_date, scheduled_hours from hours
    union all
    select 'actual_activity' as feed, activity_date, worked_hours from hours
    union all
    select * from invitations

),

-- Complete at every site: a day ends later in the west.
newest as (

    select max(activity_date) as activity_date
    from (
        select activity_date
        from facts.fct_agent_day
        group by activity_date
        having bool_and(has_ended)
    ) as complete_everywhere

),

quiet as (

    select count(*) > 0 as is_quiet
    from newest
    inner join run.quiet_day on newest.activity_date = quiet_day.quiet_date

),

-- The first weeks of a feed may be a part of a week; a day on which nothing came counts as zero.
usual as (

    select
        volumes.feed,
        count(*) as weeks,
        median(volumes.volume) as volume
    from volumes
    cross join newest
    cross join limits
    where
        volumes.activity_date < newest.activity_date
        and volumes.activity_date >= newest.activity_date - cast(7 * limits.weeks_compared as integer)
        and dayofweek(volumes.activity_date) = dayofweek(newest.activity_date)
    group by volumes.feed

),

compared as (

    select
        usual.feed,
        coalesce(volumes.volume, 0) / usual.volume as share,
        limits.hold_below_share,
        limits.warn_below_share,
        limits.hold_above_share,
        quiet.is_quiet
    from usual
    cross join quiet
    cross join newest
    cross join limits
    inner join run.feed on usual.feed = feed.feed and feed.is_declared
    left outer join volumes
        on usual.feed = volumes.feed
        and newest.activity_date = volumes.activity_date
    where
        usual.weeks >= limits.minimum_weeks
        and usual.volume >= limits.minimum_volume

)

select
    'feed' as scope_type,
    feed as scope_id,
    case
        when share >= hold_below_share and share < warn_below_share then 'warn'
        else 'block'
    end as severity,
    1 as n,
    case
        when share > hold_above_share or (share < warn_below_share and not is_quiet) then 1
        else 0
    end as failing,
    share as measured,
    case
        when share > 1 then hold_above_share
        when share >= hold_below_share then warn_below_share
        else hold_below_share
    end as threshold,
    'volume_is_unusual' as reason_code
from compared
