-- Evaluations of the contacts lived: random, a few targeted, and pairs for calibration.
create or replace table evaluation as
with sampled as (

    select
        concern.contact_key,
        concern.agent_number,
        concern.team_number,
        concern.channel,
        concern.started_at,
        concern.talk_ended_at,
        agent_effect.qa_points,
        concern.sample_draw,
        if(agent.contract = 'full', 1, getvariable('evaluation_part_time_factor'))
        * getvariable('evaluation_share') as standard_share
    from concern
    inner join agent on concern.agent_number = agent.agent_number
    inner join agent_effect
        on concern.agent_number = agent_effect.agent_number
            and concern.team_number = agent_effect.team_number
    where not concern.is_short

),

purposed as (

    select
        *,
        case
            when sample_draw < standard_share then 'standard'
            when sample_draw < standard_share + getvariable('evaluation_targeted_share')
                then 'targeted'
            when sample_draw < standard_share + getvariable('evaluation_targeted_share')
                + getvariable('evaluation_calibration_share') then 'calibration'
        end as purpose
    from sampled
    where sample_draw < standard_share + getvariable('evaluation_targeted_share')
        + getvariable('evaluation_calibration_share')

),

drawn as (

    select
        *,
        digest_of('evaluation', contact_key) as digest,
        (select count(*) from evaluator) as evaluators
    from purposed

),

assigned as (

    select
        *,
        case
            when uniform_at(digest, 0) < getvariable('evaluation_home_share')
                then team_number % evaluators
            else floor(uniform_at(digest, 20) * evaluators)::bigint
        end as evaluator_number,
        0 as seat
    from drawn
    union all
    -- The second chair of a calibration session is never the first evaluator's.
    select
        *,
        (
            case
                when uniform_at(digest, 0) < getvariable('evaluation_home_share')
                    then team_number % evaluators
                else floor(uniform_at(digest, 20) * evaluators)::bigint
            end + 1 + floor(uniform_at(digest, 40) * (evaluators - 1))::bigint
        ) % evaluators as evaluator_number,
        1 as seat
    from drawn
    where purpose = 'calibration'

),

scored as (

    select
        assigned.* exclude (digest, qa_points, sample_draw, standard_share, evaluators),
        evaluator.evaluator_external_id,
        assigned.qa_points
        + getvariable('evaluation_noise_points') * normal_at(assigned.digest, 60, 80)
        + case assigned.purpose
            when 'calibration'
                then getvariable('evaluation_calibration_severity') * evaluator.severity_points
                + getvariable('evaluation_calibration_noise_points')
                * normal_of('seat', assigned.contact_key || '|' || assigned.seat)
            when 'targeted'
                then evaluator.severity_points + getvariable('evaluation_targeted_points')
            else evaluator.severity_points
        end as points,
        if(
            uniform_at(assigned.digest, 100) < getvariable('evaluation_short_form_share'),
            getvariable('evaluation_short_form_points'), getvariable('evaluation_form_points')
        ) as points_possible,
        plus_hours(
            assigned.talk_ended_at,
            1 + getvariable('evaluation_delay_hours') * uniform_of('delay', assigned.contact_key)
        ) as evaluated_at,
        assigned.purpose = 'standard'
        and uniform_of('dispute', assigned.contact_key) < getvariable('evaluation_dispute_share')
            as is_disputed
    from assigned
    inner join evaluator on assigned.evaluator_number = evaluator.evaluator_number

),

revised as (

    select *, 1 as revision, points as revised_points, evaluated_at as revised_at from scored
    union all
    select
        *,
        2 as revision,
        points + getvariable('evaluation_dispute_points') as revised_points,
        plus_hours(
            evaluated_at,
            getvariable('evaluation_release_hours') + getvariable('evaluation_dispute_hours')
        ) as revised_at
    from scored
    where is_disputed

)

select
    *,
    plus_hours(revised_at, getvariable('evaluation_release_hours')) as released_at,
    round(least(100, greatest(0, revised_points)) * points_possible / 100, 1)::decimal(18, 1)
        as points_earned,
    uniform_of('critical', contact_key) < getvariable('evaluation_critical_share')
        as is_fatal_fail
from revised;
