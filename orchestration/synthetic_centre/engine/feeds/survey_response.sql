-- Answers given since the extract before.
select
    'r' || survey.contact_key as response_id,
    'satisfaction' as question_id,
    'i' || survey.contact_key as invitation_id,
    'after_contact' as survey_id,
    '1' as survey_version,
    'csat' as metric,
    survey.rating::varchar as score_native,
    survey.rating as score_value,
    1 as scale_min,
    5 as scale_max,
    case when not has_lost_its_agent(survey.contact_key, survey.channel) then agent_key.survey_id end
        as attributed_agent_external_id,
    case
        when not has_lost_its_agent(survey.contact_key, survey.channel)
            then 'c' || survey.contact_key
    end as contact_id,
    case
        when survey.has_case and not has_lost_its_agent(survey.contact_key, survey.channel)
            then 'k' || survey.concern_key
    end as case_id,
    zulu(survey.responded_at) as responded_at,
    zulu(survey.responded_at) as recorded_at,
    false as is_partial,
    survey.mark_draw < getvariable('survey_test_share') as is_test,
    survey.mark_draw > 1 - getvariable('survey_comment_share') as has_comment,
    zulu(survey.responded_at) as source_updated_at
from survey
inner join agent_key on survey.agent_number = agent_key.agent_number
where survey.responded_at <= getvariable('extracted_at')
    and survey.responded_at > getvariable('previous_at')
order by survey.contact_key
