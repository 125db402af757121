-- Cases as they stood at the extract; one that changed hands says from whom, and when.
create or replace view case_as_known as
with begun as (

    select * from case_contact
    where started_at <= getvariable('extracted_at')

),

returned as (

    select distinct concern_key
    from begun
    where contact_key <> concern_key

),

-- Nine in ten cases have one contact and need no sorting: half of this query's time.
single as (

    select
        begun.concern_key,
        begun.started_at as created_at,
        begun.started_at as last_started_at,
        begun.ended_at,
        begun.agent_number as owner_number,
        begun.resolved_at,
        begun.resolved_by,
        begun.channel,
        begun.contact_reason,
        begun.customer_key,
        0 as reopen_count,
        null::timestamp as last_reopened_at
    from begun
    anti join returned on begun.concern_key = returned.concern_key

),

followed as (

    select
        begun.*,
        lead(begun.started_at) over in_order as taken_over_at,
        row_number() over in_order as place
    from begun
    semi join returned on begun.concern_key = returned.concern_key
    window in_order as (
        partition by begun.concern_key order by begun.started_at, begun.contact_key
    )

),

happened as (

    select * replace (
        case
            when taken_over_at is null
                or resolved_at <= least(taken_over_at, getvariable('extracted_at'))
                then resolved_at
        end as resolved_at
    )
    from followed

),

several as (

    select
        concern_key,
        min(started_at) as created_at,
        max(started_at) as last_started_at,
        max_by(ended_at, place) as ended_at,
        max_by(agent_number, place) as owner_number,
        max(resolved_at) filter (where taken_over_at is null) as resolved_at,
        max(resolved_by) filter (where taken_over_at is null) as resolved_by,
        min_by(channel, place) as channel,
        min_by(contact_reason, place) as contact_reason,
        max(customer_key) as customer_key,
        count(*) filter (where taken_over_at is not null and resolved_at is not null)
            as reopen_count,
        max(taken_over_at) filter (where taken_over_at is not null and resolved_at is not null)
            as last_reopened_at
    from happened
    group by concern_key

),

summed as (

    select * from single
    union all
    select * from several

),

known as (

    select * replace (
        case when ended_at <= getvariable('extracted_at') then ended_at end as ended_at,
        case when resolved_at <= getvariable('extracted_at') then resolved_at end as resolved_at
    )
    from summed

),

aged as (

    select
        *,
        case
            when plus_hours(resolved_at, getvariable('case_close_after_hours'))
                <= getvariable('extracted_at')
                then plus_hours(resolved_at, getvariable('case_close_after_hours'))
        end as closed_at
    from known

),

owned as (

    select
        aged.* exclude (owner_number),
        aged.owner_number as worked_by_number,
        coalesce(rated_case.next_number, leaver.next_number, aged.owner_number) as owner_number,
        coalesce(rated_case.reassigned_at, leaver.reassigned_at) as reassigned_at
    from aged
    left outer join leaver
        on aged.owner_number = leaver.agent_number
            and aged.last_started_at < leaver.reassigned_at
            and aged.last_started_at
            >= leaver.reassigned_at - to_days(getvariable('leaver_reassignment_back_days'))
            and leaver.reassigned_at <= getvariable('extracted_at')
    left outer join rated_case
        on aged.concern_key = rated_case.concern_key
            and aged.owner_number = rated_case.agent_number
            and rated_case.reassigned_at <= getvariable('extracted_at')

),

stamped as (

    select
        *,
        case
            when closed_at is not null then 'closed'
            when resolved_at is not null then 'resolved'
            when ended_at is null then 'open'
            else 'pending_internal'
        end as status,
        greatest(
            last_started_at,
            coalesce(ended_at, last_started_at),
            coalesce(resolved_at, last_started_at),
            coalesce(closed_at, last_started_at),
            coalesce(reassigned_at, last_started_at)
        ) as source_updated_at
    from owned

)

select * from stamped;
