-- Contacts of the days lived: drawn inside the time on queue, one after the other in each lane.

create or replace table slot as
with queue_time as (

    select
        state.agent_number,
        state.team_number,
        state.site_id,
        state.day,
        state.state_key,
        state.start_at,
        epoch(state.end_at - state.start_at)::bigint as seconds,
        channels.channel,
        lanes.range as lane,
        channels.lanes,
        agent_effect.served_queues,
        agent_effect.talk_log
        + getvariable('contact_day_sd_log')
        * normal_of('pace', state.agent_number * 10000 + state.day) as pace_log,
        agent_effect.after_call_log,
        share_of(getvariable('contact_transfer_logit') + agent_effect.transfer_logit)
            as transfer_share,
        floor(
            epoch(state.end_at - state.start_at) / 3600 * channels.contacts_per_hour
            * exp(-getvariable('contact_speed_demand') * agent_effect.talk_log)
            + uniform_of('demand', state.state_key * 2 + lanes.range)
        )::bigint as wanted_contacts
    from state
    inner join channels on state.served_channel = channels.channel
    inner join agent_effect
        on state.agent_number = agent_effect.agent_number
            and state.team_number = agent_effect.team_number
    cross join range(0, 2) as lanes
    where lanes.range < channels.lanes

),

drawn as (

    select
        queue_time.*,
        (queue_time.state_key * 2 + queue_time.lane) as lane_key,
        (queue_time.state_key * 2 + queue_time.lane) * 128 + numbers.range as slot_key,
        digest_of('work', (queue_time.state_key * 2 + queue_time.lane) * 128 + numbers.range)
            as work,
        digest_of('fate', (queue_time.state_key * 2 + queue_time.lane) * 128 + numbers.range)
            as fate
    from queue_time
    cross join range(0, queue_time.wanted_contacts) as numbers

),

placed as (

    select
        drawn.* exclude (served_queues, transfer_share, fate),
        team_queue.queue_id,
        strata.talk_log as stratum_talk_log,
        strata.after_call_log as stratum_after_call_log,
        strata.hold_share,
        strata.wait_seconds,
        uniform_at(drawn.fate, 20) < strata.short_share as is_short,
        uniform_at(drawn.fate, 40) < strata.abandoned_share as has_abandoned_before,
        uniform_at(drawn.fate, 20) >= strata.short_share
        and uniform_at(drawn.fate, 80) < drawn.transfer_share as is_transferred_out,
        uniform_at(drawn.fate, 60) as role_draw,
        ((drawn.fate >> 100) & 1048575)::integer as shuffle,
        -- The last eight bits; the fine half of them is a draw of its own.
        (((drawn.fate >> 120) & 255)::double + 0.5) / 256 as end_draw,
        (((drawn.fate >> 120) & 15)::double + 0.5) / 16 as alert_draw
    from drawn
    inner join team_queue
        on drawn.team_number = team_queue.team_number
            and team_queue.place = floor(uniform_at(drawn.fate, 0) * drawn.served_queues)
    inner join strata
        on drawn.channel = strata.channel and team_queue.queue_id = strata.queue_id

),

timed as (

    select
        * exclude (
            work, pace_log, after_call_log, stratum_talk_log, stratum_after_call_log, hold_share
        ),
        case
            when is_short then 1 + floor(9 * uniform_at(work, 0))
            else greatest(10, least(getvariable('contact_longest_talk_seconds'), exp(
                stratum_talk_log + pace_log
                + getvariable('contact_talk_sd_log') * normal_at(work, 0, 20)
            )))
        end::bigint as talk_seconds,
        case
            when is_short then 0
            else least(getvariable('contact_longest_after_call_seconds'), exp(
                stratum_after_call_log + after_call_log
                + getvariable('contact_after_call_sd_log') * normal_at(work, 40, 60)
            ))
        end::bigint as acw_seconds,
        -- One draw decides whether there is a hold and how long it is.
        case
            when not is_short and uniform_at(work, 80) < hold_share
                then 2 * getvariable('contact_hold_seconds') * uniform_at(work, 80) / hold_share
            else 0
        end::bigint as hold_seconds,
        1 + ((work >> 100) & 255)::bigint as idle_weight,
        uniform_at(work, 108) < getvariable('conversation_analysed_share') as is_analysed
    from placed

),

queued as (

    select
        *,
        talk_seconds + hold_seconds + acw_seconds as handle_seconds,
        -- Whole numbers as doubles add up exactly, and twice as fast as the hugeint of sum().
        sum((talk_seconds + hold_seconds + acw_seconds)::double) over so_far as busy_until,
        sum((talk_seconds + hold_seconds + acw_seconds)::double) over whole_lane as busy_in_all,
        sum(idle_weight::double) over so_far as idle_until,
        sum(idle_weight::double) over whole_lane as idle_in_all
    from timed
    window
        so_far as (partition by lane_key order by slot_key),
        whole_lane as (partition by lane_key)

)

select
    agent_number,
    team_number,
    site_id,
    day,
    slot_key,
    state_key,
    lanes,
    channel,
    queue_id,
    wait_seconds,
    is_short,
    has_abandoned_before,
    is_transferred_out,
    talk_seconds,
    hold_seconds,
    acw_seconds,
    role_draw,
    shuffle,
    end_draw,
    alert_draw,
    is_analysed,
    plus_seconds(
        start_at,
        busy_until - handle_seconds
        + floor(greatest(0, seconds - busy_in_all) * idle_until / (idle_in_all + 128))
    ) as leg_started_at,
    plus_seconds(
        start_at,
        busy_until - acw_seconds
        + floor(greatest(0, seconds - busy_in_all) * idle_until / (idle_in_all + 128))
    ) as leg_ended_at
from queued
where busy_until <= seconds;

-- A contact that is handed over continues as the next contact a free colleague began.
create or replace table handover as
with leaving as (

    select
        slot.slot_key,
        slot.agent_number,
        slot.day,
        slot.channel,
        slot.leg_ended_at,
        epoch(slot.leg_ended_at)::bigint // getvariable('contact_transfer_bucket_seconds') + 1
            as bucket,
        row_number() over (
            partition by
                slot.day, slot.channel,
                epoch(slot.leg_ended_at)::bigint // getvariable('contact_transfer_bucket_seconds')
            order by slot.shuffle, slot.slot_key
        ) as place
    from slot
    where slot.is_transferred_out
        and slot.role_draw >= getvariable('contact_receives_transfer_share')

),

arriving as (

    select
        slot_key,
        agent_number,
        day,
        channel,
        leg_started_at,
        epoch(leg_started_at)::bigint // getvariable('contact_transfer_bucket_seconds') as bucket,
        row_number() over (
            partition by
                day, channel,
                epoch(leg_started_at)::bigint // getvariable('contact_transfer_bucket_seconds')
            order by shuffle, slot_key
        ) as place
    from slot
    where role_draw < getvariable('contact_receives_transfer_share')

)

select
    leaving.slot_key as from_slot,
    arriving.slot_key as to_slot,
    epoch(arriving.leg_started_at - leaving.leg_ended_at)::bigint as waited_seconds
from leaving
inner join arriving
    on leaving.day = arriving.day
        and leaving.channel = arriving.channel
        and leaving.bucket = arriving.bucket
        and leaving.place = arriving.place
        and leaving.agent_number <> arriving.agent_number;

-- One row is one contact, credited to the agent of its last leg.
create or replace table contact as
with legs as (

    select
        first_leg.slot_key as contact_key,
        first_leg.day,
        first_leg.leg_started_at,
        first_leg.role_draw - getvariable('contact_receives_transfer_share') as level_draw,
        first_leg.shuffle,
        coalesce(handover.to_slot, first_leg.slot_key) as last_slot,
        least(
            getvariable('contact_longest_wait_seconds'),
            -ln((first_leg.shuffle + 0.5) / 1048576)
            * (
                first_leg.wait_seconds
                + if(outage.site_id is null, 0, getvariable('outage_day_delay_seconds'))
            )
        )::bigint as queue_seconds
    from slot as first_leg
    left outer join outage
        on first_leg.site_id = outage.site_id
            and first_leg.channel = 'voice'
            and first_leg.leg_started_at >= outage.starts_at
            and first_leg.leg_started_at < outage.delayed_until
    left outer join handover as received on first_leg.slot_key = received.to_slot
    left outer join handover on first_leg.slot_key = handover.from_slot
    where received.to_slot is null

),

credited as (

    select
        legs.contact_key,
        legs.day,
        legs.queue_seconds,
        legs.shuffle,
        legs.last_slot,
        last_leg.agent_number,
        last_leg.team_number,
        last_leg.channel,
        last_leg.queue_id,
        last_leg.is_short,
        plus_seconds(legs.leg_started_at, -legs.queue_seconds) as started_at,
        plus_seconds(last_leg.leg_ended_at, last_leg.acw_seconds) as ended_at,
        last_leg.leg_ended_at as talk_ended_at,
        -- 0 begins a concern; 1 and 2 may be a customer's second and third contact.
        case
            when legs.level_draw < 0 then 0
            when legs.level_draw < getvariable('contact_receives_repeat_share') then 1
            when legs.level_draw < getvariable('contact_receives_repeat_share')
                + getvariable('contact_receives_again_share') then 2
            else 0
        end as level,
        digest_of('outcome', legs.contact_key) as outcome
    from legs
    inner join slot as last_leg on legs.last_slot = last_leg.slot_key

),

weather as (

    select
        strata.queue_id,
        days.range as day,
        getvariable('contact_resolution_day_logit')
        * normal_of('weather', strata.queue_id || '|' || days.range) as day_logit
    from (select distinct queue_id from strata) as strata
    cross join range(getvariable('from_day'), getvariable('lived_to_day')) as days

),

resolved as (

    select
        credited.*,
        agent_effect.repeat_logit,
        uniform_at(credited.outcome, 0) < share_of(
            getvariable('contact_resolution_logit')
            + strata.resolution_logit + agent_effect.resolution_logit + weather.day_logit
        ) and not credited.is_short as is_resolved
    from credited
    inner join agent_effect
        on credited.agent_number = agent_effect.agent_number
            and credited.team_number = agent_effect.team_number
    inner join strata
        on credited.channel = strata.channel and credited.queue_id = strata.queue_id
    inner join weather
        on credited.queue_id = weather.queue_id and credited.day = weather.day

)

select
    * exclude (repeat_logit, outcome),
    uniform_at(outcome, 60) as asked_draw,
    uniform_at(outcome, 80) as sample_draw,
    level < 2
    and uniform_at(outcome, 20) < share_of(
        if(
            is_resolved,
            getvariable('contact_repeat_resolved_logit'),
            getvariable('contact_repeat_unresolved_logit')
        ) + repeat_logit
    ) as is_repeated,
    day + 1 + floor(uniform_at(outcome, 40) * getvariable('contact_repeat_days'))::bigint
        as repeat_day
from resolved;

insert into wish
select contact_key, level + 1 as level, repeat_day, channel, queue_id, ended_at, shuffle
from contact
where is_repeated;

insert into repeat_link
with arriving as (

    select
        contact_key, day, channel, queue_id, level, started_at,
        row_number() over (
            partition by day, channel, queue_id, level order by shuffle, contact_key
        ) as place
    from contact
    where level > 0

),

wished as (

    select
        *,
        row_number() over (
            partition by repeat_day, channel, queue_id, level order by shuffle, contact_key
        ) as place
    from wish
    where repeat_day >= getvariable('from_day') and repeat_day < getvariable('lived_to_day')

)

select
    arriving.contact_key as child_key,
    wished.contact_key as parent_key
from arriving
inner join wished
    on arriving.day = wished.repeat_day
        and arriving.channel = wished.channel
        and arriving.queue_id = wished.queue_id
        and arriving.level = wished.level
        and arriving.place = wished.place
-- A shift begun the evening before may end after an early one elsewhere has started.
where wished.ended_at < arriving.started_at;

delete from wish where repeat_day < getvariable('lived_to_day');

-- A concern is what one customer wanted: its first contact and the ones that came back.
create or replace table concern as
with rooted as (

    select
        contact.* exclude (level, is_repeated, repeat_day, shuffle),
        coalesce(grandparent.parent_key, parent.parent_key, contact.contact_key) as concern_key
    from contact
    left outer join repeat_link as parent on contact.contact_key = parent.child_key
    left outer join repeat_link as grandparent on parent.parent_key = grandparent.child_key

),

described as (

    select
        *,
        digest_of('concern', concern_key) as digest
    from rooted

)

select
    described.* exclude (digest),
    case
        when uniform_at(described.digest, 40) >= getvariable('contact_anonymous_share')
            then lpad(lower(to_hex((described.digest >> 64)::ubigint)), 16, '0')
    end as customer_key,
    described.queue_id || '_' || reasons.reason as contact_reason,
    uniform_at(described.digest, 20) < getvariable('case_share') as has_case
from described
inner join reasons
    on reasons.reason_number = floor(uniform_at(described.digest, 0) * getvariable('reasons'));

-- Legs that another contact of the same agent overlapped; two lanes cannot hold more than two.
create or replace table parallel_slot as
with neighboured as (

    select
        slot_key,
        leg_started_at,
        leg_ended_at,
        max(leg_ended_at) over (
            partition by state_key order by leg_started_at, slot_key
            rows between unbounded preceding and 1 preceding
        ) as busy_until,
        lead(leg_started_at) over (partition by state_key order by leg_started_at, slot_key)
            as next_started_at
    from slot
    where lanes > 1

)

select slot_key
from neighboured
where busy_until > leg_started_at or next_started_at < leg_ended_at;
