-- The survey tool's own columns: seconds since 1970, flags as Y and N, one rating.
select
    place,
    response_id as response,
    question_id,
    invitation_id as distribution,
    survey_id,
    survey_version,
    metric,
    score_native as rating,
    scale_min as lowest,
    scale_max as highest,
    attributed_agent_external_id as agent,
    contact_id as interaction,
    case_id as ticket,
    unix_seconds(responded_at) as answered,
    unix_seconds(recorded_at) as recorded,
    yes_no(is_partial) as partial,
    yes_no(is_test) as preview,
    yes_no(has_comment) as commented,
    unix_seconds(source_updated_at) as changed,
    yes_no(is_deleted) as removed
from outgoing
