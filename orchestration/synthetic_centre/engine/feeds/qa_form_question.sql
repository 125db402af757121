-- Sent whole: the one form, in its one version.
select
    'contact_form' as form_id,
    '1' as form_version,
    'Contact form' as form_name,
    section_id,
    section_name,
    sum(points) over (partition by section_id)::bigint as section_weight,
    question_id,
    question_text,
    points as question_weight,
    points as points_possible,
    if(is_critical, 'binary', 'scale') as answer_scale,
    is_critical,
    false as is_fatal,
    not is_always_due as allows_na
from form_questions
order by section_id, question_id
