-- Who works here: teams, agents with their abilities, their terms over time, evaluators.
-- Nothing here depends on how many days are asked for.

create or replace table team as
with numbered as (

    select
        range as team_number,
        -- Shuffled once for each: every share is met as closely as so many teams allow.
        (row_number() over (order by uniform_of('site', range)) - 0.5) / count(*) over ()
            as site_point,
        (row_number() over (order by uniform_of('channel', range)) - 0.5) / count(*) over ()
            as channel_point,
        (row_number() over (order by uniform_of('pattern', range)) - 0.5) / count(*) over ()
            as pattern_point
    from range(0, (getvariable('agents') - 1) // getvariable('team_size') + 1)

),

placed as (

    select
        numbered.team_number,
        printf('team-%03d', numbered.team_number + 1) as team_id,
        printf('S%03d', numbered.team_number + 1) as supervisor_agent_id,
        sites.site_id,
        sites.zone,
        channels.channel,
        channels.other_channel,
        shift_patterns.start_minute,
        row_number() over (partition by sites.site_id order by numbered.team_number) as site_order,
        count(*) over (partition by sites.site_id) as site_teams,
        row_number() over (partition by channels.channel order by numbered.team_number)
            as channel_order
    from numbered
    inner join sites
        on numbered.site_point >= sites.share_from and numbered.site_point < sites.share_to
    inner join channels
        on numbered.channel_point >= channels.share_from
            and numbered.channel_point < channels.share_to
    inner join shift_patterns
        on numbered.pattern_point >= shift_patterns.share_from
            and numbered.pattern_point < shift_patterns.share_to

)

select
    placed.*,
    getvariable('has_corner_cutting_team')
    and placed.channel = 'voice'
    and placed.channel_order = getvariable('corner_cutting_team_voice_team') as is_corner_cutting
from placed;

create or replace table team_queue as
select
    team.team_number,
    place.range as place,
    queues.queue_id,
    queues.resolution_logit
from team
cross join range(0, getvariable('team_queues')) as place
inner join queues
    on (team.team_number + place.range) % getvariable('queues') = queues.queue_number;

create or replace table agent_draw as
select
    range as agent_number,
    printf('A%06d', range) as agent_id,
    (range - 1) // getvariable('team_size') as first_team_number,
    uniform_of('tenure', range) as tenure_draw,
    uniform_of('tenure_days', range) as tenure_days_draw,
    uniform_of('joiner', range) as joiner_draw,
    uniform_of('leaver', range) as leaver_draw,
    uniform_of('mover', range) as mover_draw,
    uniform_of('contract', range) as contract_draw,
    uniform_of('queues', range) as queues_draw,
    uniform_of('week', range) as week_draw,
    uniform_of('stagger', range) as stagger_draw,
    uniform_of('senior', range) as senior_draw
from range(1, getvariable('agents') + 1);

-- Days count from 0, the first day; a hire before it has a negative one.
create or replace table agent as
with dated as (

    select
        *,
        case
            when joiner_draw < getvariable('agent_joiner_share')
                then 1 + floor(tenure_days_draw * getvariable('agent_joiner_days'))
            when tenure_draw < getvariable('agent_ramp_share')
                then -1 - floor(tenure_days_draw * (getvariable('agent_ramp_days') - 1))
            when tenure_draw < getvariable('agent_ramp_share') + getvariable('agent_young_share')
                then -getvariable('agent_ramp_days') - floor(
                    tenure_days_draw
                    * (getvariable('agent_young_days') - getvariable('agent_ramp_days'))
                )
            else -getvariable('agent_young_days') - floor(
                tenure_days_draw
                * (getvariable('agent_longest_days') - getvariable('agent_young_days'))
            )
        end::integer as hire_day,
        getvariable('agent_turnover_from_day') + floor(
            leaver_draw * getvariable('agent_turnover_days') / getvariable('agent_leaver_share')
        )::integer as turnover_day,
        getvariable('agent_turnover_from_day') + floor(
            mover_draw * getvariable('agent_turnover_days') / getvariable('agent_mover_share')
        )::integer as move_day
    from agent_draw

),

hired as (

    select
        *,
        greatest(turnover_day, hire_day + getvariable('agent_turnover_from_day')) as last_day
    from dated

)

select
    hired.agent_number,
    hired.agent_id,
    hired.first_team_number,
    hired.hire_day,
    hired.last_day,
    hired.move_day,
    hired.hire_day + getvariable('agent_trainee_days') as trained_day,
    contracts.contract,
    contracts.work_days,
    contracts.contracted_share,
    contracts.weekly_hours,
    contracts.is_half_shift,
    case
        when hired.queues_draw < getvariable('agent_one_queue_share') then 1
        when hired.queues_draw
            < getvariable('agent_one_queue_share') + getvariable('agent_two_queues_share') then 2
        else getvariable('team_queues')
    end as served_queues,
    case
        when hired.week_draw < getvariable('agent_own_week_share')
            then floor(7 * hired.week_draw / getvariable('agent_own_week_share'))
        else 0
    end::integer as week_starts_on,
    floor(getvariable('agent_stagger_steps') * hired.stagger_draw)::integer * getvariable('agent_stagger_minutes')
        as stagger_minutes,
    case
        when -hired.hire_day > getvariable('agent_senior_days')
            and hired.senior_draw < getvariable('agent_senior_share') then 'senior_advisor'
        else 'advisor'
    end as job_role,
    case
        when hired.hire_day > -getvariable('agent_ramp_days') then 'ramp'
        when hired.hire_day > -getvariable('agent_young_days') then 'young'
        else 'settled'
    end as tenure_band
from hired
inner join contracts
    on hired.contract_draw >= contracts.share_from and hired.contract_draw < contracts.share_to;

-- One row is one agent's terms over one period, `to_day` inclusive.
create or replace table assignment as
with moved as (

    select
        agent.agent_number,
        agent.move_day,
        next_team.team_number
    from agent
    inner join team on agent.first_team_number = team.team_number
    inner join team as next_team
        on team.site_id = next_team.site_id
            and next_team.site_order = team.site_order % team.site_teams + 1
            and next_team.team_number <> team.team_number
    where agent.move_day > agent.hire_day and agent.move_day <= agent.last_day

),

starts as (

    select agent_number, hire_day as from_day from agent
    union
    select agent_number, trained_day as from_day from agent
    where trained_day > 0 and trained_day <= last_day
    union
    select agent_number, move_day as from_day from moved

),

periods as (

    select
        agent_number,
        from_day,
        lead(from_day) over (partition by agent_number order by from_day) - 1 as last_before_next
    from starts

)

select
    periods.agent_number,
    periods.from_day,
    coalesce(periods.last_before_next, agent.last_day) as to_day,
    periods.last_before_next is null as is_last,
    case
        when moved.move_day <= periods.from_day then moved.team_number
        else agent.first_team_number
    end as team_number,
    case
        when agent.trained_day > 0 and periods.from_day < agent.trained_day then 'trainee'
        else agent.job_role
    end as job_role
from periods
inner join agent on periods.agent_number = agent.agent_number
left outer join moved on periods.agent_number = moved.agent_number;

-- Abilities in sd, higher is better (faster, for talk and after-call work).
create or replace table ability as
with team_difficulty as (

    select
        team_number,
        -(sum((1000 * resolution_logit)::bigint) / 1000 / count(*))
        / getvariable('ability_team_difficulty_sd') as difficulty
    from team_queue
    group by all

),

factors as (

    select
        agent.agent_number,
        case agent.tenure_band
            when 'ramp' then getvariable('ability_ramp_sd')
            when 'young' then getvariable('ability_young_sd')
            else 0
        end as tenure_effect,
        team_difficulty.difficulty,
        sqrt(getvariable('ability_factor_correlation')) * normal_of('factor', agent.agent_number)
            as shared,
        sqrt(1 - getvariable('ability_factor_correlation')) as own_part,
        sqrt(getvariable('ability_communality')) as factor_part,
        sqrt(1 - getvariable('ability_communality')) as metric_part
    from agent
    inner join team_difficulty on agent.first_team_number = team_difficulty.team_number

),

three as (

    select
        *,
        sqrt(1 - getvariable('ability_queue_sorting') ** 2)
        * (shared + own_part * normal_of('skill', agent_number))
        + getvariable('ability_queue_sorting') * difficulty as skill,
        shared + own_part * normal_of('diligence', agent_number) as diligence,
        shared + own_part * normal_of('speed', agent_number) as speed
    from factors

)

select
    agent_number,
    factor_part * skill + metric_part * normal_of('qa', agent_number) + tenure_effect as qa,
    factor_part * skill + metric_part * normal_of('resolution', agent_number) + tenure_effect
        as resolution,
    factor_part * skill + metric_part * normal_of('repeat', agent_number) + tenure_effect
        as no_repeat,
    factor_part * skill + metric_part * normal_of('csat', agent_number) + tenure_effect as csat,
    factor_part * skill + metric_part * normal_of('transfer', agent_number) + tenure_effect
        as no_transfer,
    factor_part * diligence + metric_part * normal_of('adherence', agent_number) as adherence,
    factor_part * diligence + metric_part * normal_of('punctuality', agent_number) as punctuality,
    factor_part * speed + metric_part * normal_of('talk', agent_number) + tenure_effect as talk,
    factor_part * speed + metric_part * normal_of('after_call', agent_number) + tenure_effect
        as after_call
from three;

create or replace table identity_of as
select
    agent.agent_number,
    identity_systems.identity_system,
    identity_systems.id_type,
    external_id(identity_systems.identity_system, identity_systems.prefix, agent.agent_number)
        as external_id
from agent
cross join identity_systems;

create or replace table agent_key as
select
    agent.agent_number,
    max(identity_of.external_id) filter (where identity_of.identity_system = 'wfm') as wfm_id,
    max(identity_of.external_id) filter (where identity_of.identity_system = 'acd') as acd_id,
    max(identity_of.external_id) filter (where identity_of.identity_system = 'crm') as crm_id,
    max(identity_of.external_id) filter (where identity_of.identity_system = 'qa') as qa_id,
    max(identity_of.external_id) filter (where identity_of.identity_system = 'survey') as survey_id
from agent
inner join identity_of on agent.agent_number = identity_of.agent_number
group by all;

create or replace table evaluator as
select
    range as evaluator_number,
    'ev' || substr(md5(getvariable('seed') || '|evaluator|' || range), 1, 8)
        as evaluator_external_id,
    getvariable('evaluation_severity_points') * normal_of('severity', range) as severity_points
from range(0, greatest(
    getvariable('evaluation_fewest_evaluators'),
    getvariable('agents') // getvariable('evaluation_agents_per_evaluator')
));

-- One row is what one agent does on one team: everything the contacts of a day are drawn with.
create or replace table agent_effect as
select
    agent.agent_number,
    team.team_number,
    team.is_corner_cutting,
    agent.served_queues,
    -getvariable('ability_talk_log') * ability.talk
    + if(team.is_corner_cutting, getvariable('corner_cutting_team_talk_log'), 0) as talk_log,
    -getvariable('ability_after_call_log') * ability.after_call
    + if(team.is_corner_cutting, getvariable('corner_cutting_team_after_call_log'), 0)
        as after_call_log,
    getvariable('ability_resolution_logit') * ability.resolution as resolution_logit,
    -getvariable('ability_repeat_logit') * ability.no_repeat
    + if(team.is_corner_cutting, getvariable('corner_cutting_team_repeat_logit'), 0)
        as repeat_logit,
    -getvariable('ability_transfer_logit') * ability.no_transfer as transfer_logit,
    getvariable('ability_csat_logit') * ability.csat
    + if(team.is_corner_cutting, getvariable('corner_cutting_team_csat_logit'), 0) as csat_logit,
    getvariable('evaluation_mean_points') + getvariable('ability_qa_points') * ability.qa
    + if(team.is_corner_cutting, getvariable('corner_cutting_team_qa_points'), 0) as qa_points
from agent
inner join ability on agent.agent_number = ability.agent_number
inner join (select distinct agent_number, team_number from assignment) as served
    on agent.agent_number = served.agent_number
inner join team on served.team_number = team.team_number;

-- Who takes over from a colleague: the next number of the first team that is still employed.
create or replace macro next_colleague(number, on_day) as (
    select min_by(
        colleague.agent_number,
        (colleague.agent_number - number + getvariable('agents')) % getvariable('agents')
    )
    from agent
    inner join agent as colleague on agent.first_team_number = colleague.first_team_number
    where agent.agent_number = number
        and colleague.agent_number <> number
        and colleague.hire_day <= on_day
        and colleague.last_day > on_day
);

-- Agents whose cases pass to a colleague when they have left.
create or replace table leaver as
select
    agent_number,
    next_colleague(agent_number, last_day + 1) as next_number,
    plus_hours(
        date_of(last_day)::timestamp, 24 + getvariable('leaver_reassignment_after_hours')
    ) as reassigned_at
from agent
where getvariable('has_leaver_reassignment');
