-- What the accepted rows of a change feed do to what is believed: the newest stamp wins.
with accepted as (

    select extract_id, extracted_at, row_key, content, content ->> 'source_updated_at' as stamp
    from outbox
    where fate = 'accepted'

),

compared as (

    select
        *,
        max_by(content, stamp || extracted_at) over earlier as believed,
        max(stamp) over earlier as believed_stamp
    from accepted
    window earlier as (
        partition by row_key order by extracted_at
        rows between unbounded preceding and 1 preceding
    )

)

select
    extract_id,
    case
        when believed is null then 'new'
        when believed = content then 'unchanged'
        when stamp < believed_stamp then 'stale'
        when stamp = believed_stamp then 'conflict'
        else 'changed'
    end as verdict
from compared
