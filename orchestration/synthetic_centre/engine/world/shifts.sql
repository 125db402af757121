-- Shifts of the days from_day to to_day (exclusive), what was planned in them and what was done.

create or replace table shift as
with agent_days as (

    select
        assignment.agent_number,
        assignment.team_number,
        days.range as day,
        isodow(date_of(days.range)) - 1 as weekday
    from assignment
    cross join range(getvariable('from_day'), getvariable('to_day')) as days
    where days.range between greatest(assignment.from_day, 0) and assignment.to_day

),

worked as (

    select
        agent_days.agent_number,
        agent_days.team_number,
        agent_days.day,
        agent_days.agent_number * 10000 + agent_days.day as shift_key,
        agent.is_half_shift,
        team.site_id,
        team.zone,
        team.channel,
        team.other_channel,
        timezone('UTC', timezone(
            team.zone,
            date_of(agent_days.day)::timestamp
            + to_minutes(team.start_minute + agent.stagger_minutes)
        )) as starts_at
    from agent_days
    inner join agent on agent_days.agent_number = agent.agent_number
    inner join team on agent_days.team_number = team.team_number
    where (agent_days.weekday - agent.week_starts_on + 7) % 7 < agent.work_days

),

drawn as (

    select
        *,
        digest_of('shift', shift_key) as digest
    from worked

),

fated as (

    select
        * exclude (digest),
        case
            when uniform_at(digest, 0) < getvariable('schedule_leave_share') then 'leave'
            when uniform_at(digest, 0)
                < getvariable('schedule_leave_share') + getvariable('schedule_absence_share')
                then 'absence'
            else 'worked'
        end as fate,
        uniform_at(digest, 20) as plan_draw,
        floor(3 * uniform_at(digest, 40))::integer - 1 as first_jitter,
        (floor(3 * uniform_at(digest, 40))::integer + 1) % 3 - 1 as second_jitter,
        uniform_at(digest, 60) < getvariable('schedule_edited_share') as is_moved
    from drawn

)

select
    fated.* exclude (plan_draw),
    coalesce(day_plans.plan, 'half') as plan,
    case when fated.is_moved then fated.second_jitter else fated.first_jitter end as jitter,
    fated.fate = 'absence' or fated.fate = 'worked' and fated.is_moved as is_edited,
    -- Moved breaks are entered before the shift, an absence after it.
    case fated.fate
        when 'absence' then plus_hours(
            date_of(fated.day)::timestamp, getvariable('schedule_edit_known_hours')
        )
        else plus_hours(
            date_of(fated.day)::timestamp, getvariable('schedule_edit_known_hours') - 48
        )
    end as edited_at
from fated
left outer join day_plans
    on fated.plan_draw >= day_plans.share_from
        and fated.plan_draw < day_plans.share_to
        and not fated.is_half_shift;

-- One row is one planned stretch of one schedule version.
create or replace table planned as
with versions as (

    select shift.*, 1 as schedule_version, shift.first_jitter as version_jitter,
        case when shift.fate = 'leave' then 'LEAVE' end as whole_shift_code
    from shift
    union all
    select shift.*, 2 as schedule_version, shift.second_jitter as version_jitter,
        case when shift.fate = 'absence' then 'ABSENCE' end as whole_shift_code
    from shift
    where shift.is_edited

),

stretched as (

    select
        versions.*,
        stretches.stretch,
        stretches.activity_code as planned_code,
        stretches.is_first,
        stretches.is_last,
        stretches.start_minute
        + if(stretches.is_first, 0, versions.version_jitter * getvariable('schedule_jitter_minutes'))
            as from_minute,
        stretches.end_minute
        + if(stretches.is_last, 0, versions.version_jitter * getvariable('schedule_jitter_minutes'))
            as until_minute,
        max(stretches.end_minute) over (partition by versions.shift_key, versions.schedule_version)
            as last_minute
    from versions
    inner join stretches on versions.plan = stretches.plan

),

channelled as (

    select
        *,
        if(
            uniform_of('blend', shift_key * 16 + stretch) < getvariable('schedule_blend_share'),
            other_channel, channel
        ) as served_channel
    from stretched
    where whole_shift_code is null or is_first

)

select
    channelled.agent_number,
    channelled.team_number,
    channelled.site_id,
    channelled.day,
    channelled.shift_key,
    channelled.stretch,
    channelled.schedule_version,
    channelled.fate,
    channelled.is_edited,
    channelled.edited_at,
    channelled.is_first,
    channelled.is_last,
    case when channelled.planned_code = 'queue' then channelled.served_channel end
        as served_channel,
    case
        when channelled.whole_shift_code is not null then channelled.whole_shift_code
        when channelled.planned_code = 'queue' then channels.activity_code
        else channelled.planned_code
    end as activity_code,
    channelled.starts_at + to_minutes(channelled.from_minute) as start_at,
    channelled.starts_at + to_minutes(
        if(channelled.whole_shift_code is null, channelled.until_minute, channelled.last_minute)
    ) as end_at
from channelled
inner join channels on channelled.served_channel = channels.channel;

-- One row is one stretch as it was lived: changes happen a little early or late.
create or replace table lived as
with in_force as (

    select planned.*
    from planned
    where planned.fate = 'worked'
        and planned.schedule_version = if(planned.is_edited, 2, 1)
        and planned.day >= getvariable('from_day') and planned.day < getvariable('lived_to_day')

),

shift_habit as (

    select
        shift.shift_key,
        getvariable('adherence_boundary_seconds') * exp(
            -getvariable('ability_adherence_log') * ability.adherence
            + getvariable('adherence_day_log') * normal_of('day', shift.shift_key)
        ) as boundary_seconds,
        exp(
            -getvariable('ability_adherence_log') * ability.adherence
            + getvariable('adherence_day_log') * normal_of('day', shift.shift_key)
        ) as away_factor,
        case
            when uniform_of('late', shift.shift_key) < share_of(
                getvariable('adherence_late_logit')
                - getvariable('ability_punctuality_logit') * ability.punctuality
            )
                then least(
                    getvariable('adherence_late_limit_seconds'),
                    -getvariable('adherence_late_seconds')
                    * ln(uniform_of('late_seconds', shift.shift_key))
                )
            else 0
        end::bigint as late_seconds,
        least(
            getvariable('adherence_boundary_limit_seconds'),
            -getvariable('adherence_overrun_seconds') * ln(uniform_of('overrun', shift.shift_key))
        )::bigint as overrun_seconds
    from shift
    inner join ability on shift.agent_number = ability.agent_number
    where shift.fate = 'worked' and shift.day < getvariable('lived_to_day')

),

drifted as (

    select
        in_force.*,
        shift_habit.away_factor,
        shift_habit.late_seconds,
        shift_habit.overrun_seconds,
        greatest(-getvariable('adherence_boundary_limit_seconds'), least(
            getvariable('adherence_boundary_limit_seconds'),
            shift_habit.boundary_seconds
            * normal_of('boundary', in_force.shift_key * 16 + in_force.stretch)
        ))::bigint as start_drift,
        greatest(-getvariable('adherence_boundary_limit_seconds'), least(
            getvariable('adherence_boundary_limit_seconds'),
            shift_habit.boundary_seconds
            * normal_of('boundary', in_force.shift_key * 16 + in_force.stretch + 1)
        ))::bigint as end_drift
    from in_force
    inner join shift_habit on in_force.shift_key = shift_habit.shift_key

),

bounded as (

    select
        drifted.* exclude (start_at, end_at, is_edited, edited_at),
        drifted.shift_key * 16 + drifted.stretch as stretch_key,
        plus_seconds(
            drifted.start_at, if(drifted.is_first, drifted.late_seconds, drifted.start_drift)
        ) as start_at,
        plus_seconds(
            drifted.end_at, if(drifted.is_last, drifted.overrun_seconds, drifted.end_drift)
        ) as end_at
    from drifted

)

select
    *,
    epoch(end_at - start_at)::bigint as seconds,
    served_channel is not null
    and uniform_of('away', stretch_key) < getvariable('adherence_away_share') as has_away,
    (
        epoch(end_at - start_at)
        * (0.2 + 0.4 * uniform_of('away_start', stretch_key))
    )::bigint as away_from_second,
    greatest(1, least(
        epoch(end_at - start_at) * getvariable('adherence_away_limit_share'),
        -getvariable('adherence_away_seconds') * away_factor
        * ln(uniform_of('away_seconds', stretch_key))
    ))::bigint as away_seconds
from bounded;

-- Stretches on queue are cut where the agent was away, then where telephony was down.
create or replace table state as
with whole as (

    select agent_number, team_number, site_id, day, stretch_key, 0 as part, served_channel,
        activity_code, start_at, end_at
    from lived
    where not has_away

),

before_away as (

    select agent_number, team_number, site_id, day, stretch_key, 1 as part, served_channel,
        activity_code, start_at, plus_seconds(start_at, away_from_second) as end_at
    from lived
    where has_away

),

away as (

    select agent_number, team_number, site_id, day, stretch_key, 2 as part,
        null as served_channel, 'AWAY' as activity_code,
        plus_seconds(start_at, away_from_second) as start_at,
        plus_seconds(start_at, away_from_second + away_seconds) as end_at
    from lived
    where has_away

),

after_away as (

    select agent_number, team_number, site_id, day, stretch_key, 3 as part, served_channel,
        activity_code, plus_seconds(start_at, away_from_second + away_seconds) as start_at, end_at
    from lived
    where has_away

),

pieces as (

    select * from whole
    union all
    select * from before_away
    union all
    select * from away
    union all
    select * from after_away

),

touched as (

    select
        pieces.*,
        outage.starts_at as down_from,
        outage.ends_at as down_until
    from pieces
    left outer join outage
        on pieces.site_id = outage.site_id
            and pieces.served_channel = 'voice'
            and pieces.start_at < outage.ends_at
            and pieces.end_at > outage.starts_at

),

cut as (

    select * exclude (down_from, down_until), 0 as cut_part
    from touched
    where down_from is null
    union all
    select * exclude (end_at, down_from, down_until, cut_part), end_at, cut_part
    from (
        select * replace (least(end_at, down_from) as end_at), 1 as cut_part
        from touched where start_at < down_from
    )
    union all
    select * exclude (end_at, down_from, down_until, cut_part), end_at, cut_part
    from (
        select * replace (
                greatest(start_at, down_from) as start_at,
                least(end_at, down_until) as end_at,
                null as served_channel,
                'OUTAGE' as activity_code
            ), 2 as cut_part
        from touched where down_from is not null
    )
    union all
    select * exclude (end_at, down_from, down_until, cut_part), end_at, cut_part
    from (
        select * replace (greatest(start_at, down_until) as start_at), 3 as cut_part
        from touched where end_at > down_until
    )

)

select
    agent_number,
    team_number,
    site_id,
    day,
    served_channel,
    activity_code,
    start_at,
    end_at,
    stretch_key,
    (stretch_key * 4 + part) * 4 + cut_part as state_key
from cut;
