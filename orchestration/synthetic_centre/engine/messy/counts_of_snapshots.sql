-- What the accepted rows of a snapshot do to what is believed: what it lacks is gone.
with accepted as (

    select
        extract_id, extracted_at, row_key, event_at, content,
        content ->> 'source_updated_at' as stamp
    from outbox
    where fate = 'accepted'

),

extracts as (

    select distinct extract_id, extracted_at, window_start, window_end from outbox

),

row_keys as (

    select row_key, min(event_at) as event_at, min(extracted_at) as first_at
    from accepted
    group by row_key

),

asked as (

    select extracts.extract_id, extracts.extracted_at, row_keys.row_key
    from row_keys
    inner join extracts
        on row_keys.first_at <= extracts.extracted_at
            and (
                extracts.window_start is null
                or row_keys.event_at >= extracts.window_start
                and row_keys.event_at < extracts.window_end
            )

),

compared as (

    select
        asked.extract_id,
        accepted.content,
        accepted.stamp,
        lag(accepted.content) over in_order as believed,
        lag(accepted.stamp) over in_order as believed_stamp
    from asked
    left outer join accepted
        on asked.row_key = accepted.row_key and asked.extract_id = accepted.extract_id
    window in_order as (partition by asked.row_key order by asked.extracted_at)

)

select
    extract_id,
    case
        when content is null then 'gone'
        when believed is null then 'new'
        when believed = content then 'unchanged'
        when stamp = believed_stamp then 'conflict'
        else 'changed'
    end as verdict
from compared
where content is not null or believed is not null
