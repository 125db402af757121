-- Days of agents as the vendor adds them up; that of an absence a second time, once it is entered.
create or replace table vendor_day as
with believed as (

    select
        shift.shift_key,
        shift.day,
        shift.agent_number,
        shift.zone,
        shift.fate,
        shift.edited_at,
        planned.schedule_version,
        planned.stretch,
        planned.start_at,
        planned.end_at,
        activities.counts_in_adherence,
        activities.category,
        epoch(planned.end_at - planned.start_at)::bigint as seconds
    from shift
    inner join planned on shift.shift_key = planned.shift_key
    inner join activities on planned.activity_code = activities.activity_code
    where shift.day < getvariable('lived_to_day')
        and (shift.fate = 'absence' or planned.schedule_version = if(shift.is_edited, 2, 1))

),

scheduled as (

    select
        shift_key,
        day,
        agent_number,
        zone,
        schedule_version,
        fate = 'absence' and schedule_version = 2 as is_edited_afterwards,
        max(edited_at) as edited_at,
        max(end_at) as ended_at,
        sum(seconds) as scheduled_seconds,
        coalesce(sum(seconds) filter (where counts_in_adherence), 0) as adherence_seconds,
        coalesce(sum(seconds) filter (where category = 'on_queue'), 0) as queue_seconds
    from believed
    group by all

),

seen as (

    select
        believed.shift_key,
        activities.category = 'on_queue' as is_on_queue,
        activities.category <> believed.category as is_exception,
        epoch(state.end_at - state.start_at)::bigint as seconds,
        -- Changes drift by less than the shortest stretch: a state keeps to its own one, or to none.
        if(
            believed.counts_in_adherence and activities.category = believed.category,
            greatest(0, epoch(
                least(state.end_at, believed.end_at) - greatest(state.start_at, believed.start_at)
            )::bigint), 0
        ) as kept_seconds,
        state.state_key = max(state.state_key) filter (where activities.category = 'on_queue')
            over (partition by believed.shift_key)
        and uniform_of('vendor_day', believed.shift_key) < getvariable('vendor_day_lost_share')
            as is_lost
    from state
    inner join activities on state.activity_code = activities.activity_code
    inner join believed
        on state.stretch_key // 16 = believed.shift_key
            and state.stretch_key % 16 = believed.stretch
    where state.end_at > state.start_at

),

summed as (

    select
        shift_key,
        coalesce(sum(seconds) filter (where is_on_queue and not is_lost), 0) as on_queue_seconds,
        coalesce(sum(kept_seconds) filter (where not is_lost), 0) as kept_seconds,
        coalesce(sum(seconds) filter (where is_lost), 0) as lost_seconds,
        count(*) filter (where is_exception) as exceptions
    from seen
    group by shift_key

)

select
    scheduled.* exclude (edited_at, ended_at),
    coalesce(summed.on_queue_seconds, 0) as on_queue_seconds,
    coalesce(summed.lost_seconds, 0) as lost_seconds,
    scheduled.adherence_seconds - coalesce(summed.kept_seconds, 0) as exception_seconds,
    coalesce(summed.exceptions, 0) as exceptions,
    plus_hours(
        if(scheduled.is_edited_afterwards, greatest(edited_at, ended_at), ended_at),
        getvariable('vendor_day_computed_hours')
    ) as computed_at
from scheduled
left outer join summed on scheduled.shift_key = summed.shift_key;
