-- Evaluations as they stood at the extract: made, and released a day later.
create or replace view evaluation_as_known as
select
    *,
    'e' || contact_key || '-' || (seat + 1) as evaluation_id,
    released_at <= getvariable('extracted_at') as is_released,
    if(released_at <= getvariable('extracted_at'), released_at, revised_at) as source_updated_at
from evaluation
where revised_at <= getvariable('extracted_at');
