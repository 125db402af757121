-- Evaluations made or released since the extract before.
select
    happened.evaluation_id,
    happened.revision,
    'c' || happened.contact_key as contact_id,
    agent_key.qa_id as agent_external_id,
    happened.evaluator_external_id,
    'human' as method,
    case happened.revision when 2 then 'dispute_rescore' else happened.purpose end as purpose,
    case happened.purpose when 'targeted' then 'targeted' else 'random' end as sampling,
    'contact_form' as form_id,
    '1' as form_version,
    if(happened.is_released, 'released', 'submitted') as status,
    round(100 * happened.points_earned / happened.points_possible, 2)::decimal(18, 2)
        as score_points,
    happened.points_earned,
    happened.points_possible,
    happened.is_fatal_fail,
    zulu(happened.started_at) as contact_started_at,
    happened.channel,
    zulu(happened.revised_at) as evaluated_at,
    case when happened.is_released then zulu(happened.released_at) end as released_at,
    case when happened.purpose = 'calibration' then 's' || happened.contact_key end
        as calibration_session_id,
    zulu(happened.source_updated_at) as source_updated_at
from evaluation_as_known as happened
inner join agent_key on happened.agent_number = agent_key.agent_number
where happened.source_updated_at > getvariable('previous_at')
order by happened.contact_key, happened.seat, happened.revision
