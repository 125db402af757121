-- Every row of each extract counted once as it is read, then what the accepted ones do to what is
-- believed (`verdict`).
with sent as (

    select
        extract_id,
        count(*) filter (fate <> 'held') as read_rows,
        count(*) filter (fate = 'accepted') as accepted_rows,
        count(*) filter (fate = 'quarantined') as quarantined_rows,
        count(*) filter (fate = 'duplicate') as duplicate_rows
    from outbox
    group by extract_id

),

done as (

    select
        extract_id,
        count(*) filter (verdict in ('new', 'changed', 'conflict')) as opened_rows,
        count(*) filter (verdict in ('gone', 'changed', 'conflict')) as closed_rows,
        count(*) filter (verdict = 'unchanged') as unchanged_rows,
        count(*) filter (verdict = 'stale') as stale_rows,
        count(*) filter (verdict = 'conflict') as conflicting_rows
    from verdict
    group by extract_id

)

select
    sent.*,
    coalesce(columns(done.* exclude (extract_id)), 0)
from sent
left outer join done on sent.extract_id = done.extract_id
