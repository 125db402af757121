-- What leaves in this extract: `held` is what the source holds now, `struck` the rows of it to which
-- a mishap happens now, `outbox` what was held and sent of the extracts before.

create or replace temp table befallen as
with last_held as (

    select *
    from outbox
    where fate = 'held'
    qualify row_number() over (partition by row_key order by extracted_at desc) = 1

),

earlier as (

    select
        last_held.row_key,
        last_held.mishap,
        last_held.begun_at,
        last_held.due_at,
        coalesce(held.event_at, last_held.event_at) as event_at,
        coalesce(held.content, last_held.content) as content,
        held.row_key is not null as is_held,
        coalesce(held.content <> last_held.content, false) as is_changed
    from last_held
    left outer join held on last_held.row_key = held.row_key

),

now_struck as (

    select
        held.row_key,
        struck.mishap,
        getvariable('extracted_at') as begun_at,
        struck.due_at,
        held.event_at,
        held.content,
        true as is_held,
        false as is_changed
    from struck
    inner join held on struck.row_key = held.row_key

),

touched as (

    select * from now_struck
    union all
    -- A snapshot sends only what the source holds now; a change feed sends what it owes.
    select * from earlier
    where is_held or due_at = getvariable('extracted_at') and not getvariable('is_snapshot')

)

select
    *,
    case
        when begun_at = getvariable('extracted_at') then 'begins'
        -- An older version of a row that has changed since is not what its source would send.
        when due_at = getvariable('extracted_at') and mishap = 'outdated' and is_changed
            then 'after'
        when due_at = getvariable('extracted_at') then 'comes'
        when due_at < getvariable('extracted_at') then 'after'
    end as phase,
    content ->> 'source_updated_at' as stamp
from touched;

create or replace temp table leaving as
with versions as (

    select
        befallen.*,
        mishap_send.version,
        mishap_send.fate,
        json_object('source_updated_at', zulu(
            greatest(befallen.stamp::timestamp, befallen.due_at - interval 2 hour)
        )) as stamped,
        json_object('source_updated_at', zulu(befallen.stamp::timestamp - interval 1 hour))
            as stamped_earlier
    from befallen
    inner join mishap_send
        on befallen.mishap = mishap_send.mishap and befallen.phase = mishap_send.phase

),

sent as (

    select
        row_key,
        event_at,
        mishap,
        begun_at,
        due_at,
        phase,
        version,
        fate,
        case version
            when 'wrong' then json_merge_patch(content, getvariable('wrong'))
            when 'restamped' then json_merge_patch(content, if(stamp is null, '{}', stamped))
            when 'withdrawn'
                then json_merge_patch(json_merge_patch(content, stamped), '{"is_deleted": "true"}')
            when 'older'
                then json_merge_patch(
                    json_merge_patch(content, getvariable('wrong')), stamped_earlier
                )
            else content
        end as content
    from versions

),

held_back as (

    select
        row_key, event_at, mishap, begun_at, due_at, phase, 'as_held' as version, 'held' as fate,
        content
    from befallen
    where is_held

),

undisturbed as (

    select
        row_key, event_at, null as mishap, null as begun_at, null as due_at, null as phase,
        'as_held' as version, 'accepted' as fate, content
    from held
    anti join befallen on held.row_key = befallen.row_key

)

select
    getvariable('extract_id') as extract_id,
    getvariable('extracted_at') as extracted_at,
    getvariable('window_start') as window_start,
    getvariable('window_end') as window_end,
    every_row.*,
    case when every_row.fate = 'quarantined' then mishap_reason.reasons end as reasons,
    row_number() over (order by every_row.row_key, every_row.version, every_row.fate) as place
from (
    select * from undisturbed
    union all
    select * from held_back
    union all
    select * from sent
) as every_row
left outer join mishap_reason on every_row.mishap = mishap_reason.mishap
order by place;
