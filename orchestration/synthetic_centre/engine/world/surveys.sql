-- Surveys of the contacts lived: who was asked, who answered, when and how.
create or replace table survey as
with asked as (

    select
        concern.contact_key,
        concern.concern_key,
        concern.customer_key,
        concern.channel,
        concern.has_case,
        concern.agent_number,
        concern.is_resolved,
        agent_effect.csat_logit
        + getvariable('survey_difficulty_factor') * strata.resolution_logit as csat_logit,
        plus_seconds(concern.ended_at, 60) as triggered_at,
        digest_of('survey', concern.contact_key) as digest
    from concern
    inner join agent_effect
        on concern.agent_number = agent_effect.agent_number
            and concern.team_number = agent_effect.team_number
    inner join strata
        on concern.channel = strata.channel and concern.queue_id = strata.queue_id
    where not concern.is_short
        and concern.asked_draw < getvariable('survey_invited_share')

),

felt as (

    select
        *,
        uniform_at(digest, 0) < share_of(
            getvariable('survey_csat_logit') + csat_logit
            + if(is_resolved, 0, getvariable('survey_unresolved_logit'))
        ) as is_satisfied,
        uniform_at(digest, 20) as rating_draw,
        uniform_at(digest, 40) as sent_draw,
        uniform_at(digest, 60) as answer_draw,
        uniform_at(digest, 80) as delay_draw,
        uniform_at(digest, 100) as mark_draw,
        -- The last eight bits.
        (((digest >> 120) & 255)::double + 0.5) / 256 as question_draw
    from asked

),

answered as (

    select
        *,
        sent_draw >= getvariable('survey_suppressed_share') + getvariable('survey_bounced_share')
        and answer_draw < getvariable('survey_answered_share')
        * if(is_satisfied, 1, getvariable('survey_dissatisfied_factor')) as is_answered
    from felt

)

select
    * exclude (digest, csat_logit, rating_draw, answer_draw, delay_draw),
    case
        when sent_draw < getvariable('survey_suppressed_share') then 'suppressed_frequency'
        when sent_draw
            < getvariable('survey_suppressed_share') + getvariable('survey_bounced_share')
            then 'bounced'
    end as unsent_status,
    case
        when is_satisfied and rating_draw < getvariable('survey_top_share') then 5
        when is_satisfied then 4
        when rating_draw < getvariable('survey_neutral_share') then 3
        when rating_draw
            < getvariable('survey_neutral_share') + getvariable('survey_low_share') then 2
        else 1
    end as rating,
    plus_hours(triggered_at, getvariable('survey_expires_hours')) as expires_at,
    case
        when is_answered and delay_draw < getvariable('survey_quick_share')
            then plus_hours(
                triggered_at,
                0.05 + getvariable('survey_quick_hours')
                * delay_draw / getvariable('survey_quick_share')
            )
        when is_answered
            then plus_hours(
                triggered_at,
                getvariable('survey_quick_hours') + getvariable('survey_slow_hours')
                * (delay_draw - getvariable('survey_quick_share'))
                / (1 - getvariable('survey_quick_share'))
            )
    end as responded_at
from answered;

-- Cases that pass to a colleague after the customer was not satisfied.
insert into rated_case
select
    concern_key,
    agent_number,
    next_colleague(agent_number, datediff('day', date_of(0), responded_at::date)) as next_number,
    plus_hours(responded_at, getvariable('rating_reassignment_after_hours')) as reassigned_at
from survey
where getvariable('has_rating_reassignment')
    and has_case
    and rating <= getvariable('rating_reassignment_highest_rating')
    and responded_at is not null
    and uniform_of('reassigned', contact_key) < getvariable('rating_reassignment_share')
qualify row_number() over (partition by concern_key order by contact_key) = 1;
