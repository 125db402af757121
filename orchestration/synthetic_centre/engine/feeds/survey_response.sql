-- Answers given since the extract before: how satisfied, and of some a second question.
with answered as (

    select
        *,
        case
            when question_draw < getvariable('survey_recommend_share') then 'recommendation'
            when question_draw
                < getvariable('survey_recommend_share') + getvariable('survey_effort_share')
                then 'effort'
        end as second_question,
        normal_of('second', contact_key) as second_draw
    from survey
    where responded_at <= getvariable('extracted_at')
        and responded_at > getvariable('previous_at')

),

scored as (

    select
        *,
        'satisfaction' as question_id,
        'csat' as metric,
        rating as score,
        1 as scale_min,
        5 as scale_max
    from answered
    union all
    select
        *,
        second_question as question_id,
        'nps' as metric,
        greatest(0, least(10, round(
            getvariable('survey_recommend_base')
            + getvariable('survey_recommend_per_star') * rating
            + getvariable('survey_recommend_sd') * second_draw
        )))::bigint as score,
        0 as scale_min,
        10 as scale_max
    from answered
    where second_question = 'recommendation'
    union all
    select
        *,
        second_question as question_id,
        'ces' as metric,
        greatest(1, least(7, round(
            getvariable('survey_effort_base')
            + getvariable('survey_effort_per_star') * rating
            + getvariable('survey_effort_sd') * second_draw
        )))::bigint as score,
        1 as scale_min,
        7 as scale_max
    from answered
    where second_question = 'effort'

)

select
    'r' || scored.contact_key as response_id,
    scored.question_id,
    'i' || scored.contact_key as invitation_id,
    'after_contact' as survey_id,
    '1' as survey_version,
    scored.metric,
    scored.score::varchar as score_native,
    scored.score as score_value,
    scored.scale_min,
    scored.scale_max,
    case when not has_lost_its_agent(scored.contact_key, scored.channel) then agent_key.survey_id end
        as attributed_agent_external_id,
    case
        when not has_lost_its_agent(scored.contact_key, scored.channel)
            then 'c' || scored.contact_key
    end as contact_id,
    case
        when scored.has_case and not has_lost_its_agent(scored.contact_key, scored.channel)
            then 'k' || scored.concern_key
    end as case_id,
    zulu(scored.responded_at) as responded_at,
    zulu(scored.responded_at) as recorded_at,
    false as is_partial,
    scored.mark_draw < getvariable('survey_test_share') as is_test,
    -- The comment stands below the question that everyone is asked.
    scored.question_id = 'satisfaction'
    and scored.mark_draw > 1 - getvariable('survey_comment_share') as has_comment,
    zulu(scored.responded_at) as source_updated_at
from scored
inner join agent_key on scored.agent_number = agent_key.agent_number
order by scored.contact_key, scored.metric
