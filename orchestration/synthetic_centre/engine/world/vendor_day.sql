-- The days of agents as the vendor had added them up at the extract.
create or replace view vendor_day as
with ended as (

    select
        *,
        is_edited and edited_at <= getvariable('extracted_at') as is_edit_known,
        fate = 'absence' and edited_at <= getvariable('extracted_at') as is_edited_afterwards,
        uniform_of('vendor_day', shift_key) < getvariable('vendor_day_lost_share')
        and fate = 'worked' as has_lost_state
    from shift
    where day < getvariable('lived_to_day')

),

believed as (

    select
        planned.shift_key,
        planned.stretch,
        planned.start_at,
        planned.end_at,
        epoch(planned.end_at - planned.start_at)::bigint as seconds,
        activities.counts_in_adherence,
        activities.category
    from ended
    inner join planned
        on ended.shift_key = planned.shift_key
            and planned.schedule_version = if(ended.is_edit_known, 2, 1)
    inner join activities on planned.activity_code = activities.activity_code

),

scheduled as (

    select
        shift_key,
        max(end_at) as shift_ended_at,
        sum(seconds) as scheduled_seconds,
        coalesce(sum(seconds) filter (where counts_in_adherence), 0) as adherence_seconds,
        coalesce(sum(seconds) filter (where category = 'on_queue'), 0) as queue_seconds
    from believed
    group by shift_key

),

seen as (

    select
        state.stretch_key // 16 as shift_key,
        state.stretch_key % 16 as stretch,
        state.start_at,
        state.end_at,
        activities.category,
        ended.has_lost_state
        and state.state_key = max(state.state_key) filter (where activities.category = 'on_queue')
            over (partition by ended.shift_key) as is_lost,
        epoch(state.end_at - state.start_at)::bigint as seconds
    from state
    inner join ended on state.stretch_key // 16 = ended.shift_key
    inner join activities on state.activity_code = activities.activity_code
    where state.end_at > state.start_at

),

-- Planned changes drift by less than the shortest stretch: a state can keep only to its own.
compared as (

    select
        seen.shift_key,
        coalesce(sum(seen.seconds) filter (where seen.category = 'on_queue' and not seen.is_lost), 0)
            as on_queue_seconds,
        coalesce(sum(seen.seconds) filter (where seen.is_lost), 0) as lost_seconds,
        coalesce(sum(greatest(0, epoch(
            least(seen.end_at, believed.end_at) - greatest(seen.start_at, believed.start_at)
        )::bigint)) filter (
            where believed.counts_in_adherence
            and seen.category = believed.category
            and not seen.is_lost
        ), 0) as kept_seconds,
        count(*) filter (where seen.category <> believed.category) as exceptions
    from seen
    inner join believed
        on seen.shift_key = believed.shift_key and seen.stretch = believed.stretch
    group by seen.shift_key

)

select
    ended.agent_number,
    ended.day,
    ended.shift_key,
    ended.zone,
    ended.is_edited_afterwards,
    scheduled.scheduled_seconds,
    scheduled.adherence_seconds,
    scheduled.queue_seconds,
    coalesce(compared.on_queue_seconds, 0) as on_queue_seconds,
    coalesce(compared.lost_seconds, 0) as lost_seconds,
    scheduled.adherence_seconds - coalesce(compared.kept_seconds, 0) as exception_seconds,
    coalesce(compared.exceptions, 0) as exceptions,
    plus_hours(
        greatest(scheduled.shift_ended_at, if(ended.is_edited_afterwards, ended.edited_at, null)),
        getvariable('vendor_day_computed_hours')
    ) as computed_at
from ended
inner join scheduled on ended.shift_key = scheduled.shift_key
left outer join compared on ended.shift_key = compared.shift_key;
