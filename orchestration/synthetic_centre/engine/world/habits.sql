-- How an agent talks: what every analysed leg is really drawn with, and whose habit is planted.
create or replace table habit as
with settled as (

    select
        agent_number,
        row_number() over (order by hire_day > 0, uniform_of('habit', agent_number), agent_number)
            as place,
        count(*) over () as agents
    from agent

),

ranged as (

    select
        *,
        if(
            getvariable('has_over_talking'),
            greatest(1, round(getvariable('over_talking_agents_share') * agents)), 0
        ) as over_talking_to,
        over_talking_to + if(
            getvariable('has_missed_probing'),
            greatest(1, round(getvariable('missed_probing_agents_share') * agents)), 0
        ) as missed_probing_to,
        missed_probing_to + if(
            getvariable('has_poor_phrasing'),
            greatest(1, round(getvariable('poor_phrasing_agents_share') * agents)), 0
        ) as poor_phrasing_to
    from settled

),

planted as (

    select
        agent_number,
        case
            when place <= over_talking_to then 'over_talking'
            when place <= missed_probing_to then 'missed_probing'
            when place <= poor_phrasing_to then 'poor_phrasing'
        end as planted_habit
    from ranged

)

select
    agent_number,
    planted_habit,
    if(
        planted_habit = 'over_talking', getvariable('over_talking_share'),
        getvariable('conversation_talk_share')
        + getvariable('conversation_talk_share_sd') * normal_of('talk_share', agent_number)
    ) as talk_share,
    if(
        planted_habit = 'missed_probing', getvariable('missed_probing_share'),
        share_of(
            logit_of(getvariable('conversation_probing_share'))
            + getvariable('conversation_agent_sd_logit') * normal_of('probing', agent_number)
        )
    ) as probing_share,
    if(
        planted_habit = 'poor_phrasing', getvariable('poor_phrasing_share'),
        share_of(
            logit_of(getvariable('conversation_phrase_share'))
            + getvariable('conversation_agent_sd_logit') * normal_of('phrase', agent_number)
        )
    ) as phrase_share
from planted;
