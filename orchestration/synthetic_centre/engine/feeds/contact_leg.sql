-- Legs finished before the extract, and contacts that nobody answered.
with handled as (

    select
        slot.slot_key,
        coalesce(handover.from_slot, slot.slot_key) as contact_key,
        if(handover.from_slot is null, 1, 2) as leg_number,
        slot.agent_number,
        slot.channel,
        slot.queue_id,
        slot.leg_started_at,
        slot.leg_ended_at,
        slot.talk_seconds,
        slot.hold_seconds,
        slot.acw_seconds,
        slot.is_transferred_out,
        slot.end_draw,
        (1 + floor(getvariable('contact_longest_alert_seconds') * slot.alert_draw))::bigint
            as alert_seconds,
        slot.shuffle % 100 < getvariable('contact_enriched_later_percent') as is_enriched_later,
        handover.waited_seconds,
        plus_seconds(slot.leg_ended_at, slot.acw_seconds + 60) as recorded_at,
        parallel_slot.slot_key is not null as is_parallel
    from slot
    left outer join handover on slot.slot_key = handover.to_slot
    left outer join parallel_slot on slot.slot_key = parallel_slot.slot_key
    where plus_seconds(slot.leg_ended_at, slot.acw_seconds + 60) <= getvariable('extracted_at')

),

stamped as (

    select
        *,
        plus_hours(recorded_at, getvariable('contact_enriched_later_hours')) as enriched_at,
        not is_enriched_later
        or plus_hours(recorded_at, getvariable('contact_enriched_later_hours'))
        <= getvariable('extracted_at') as is_enriched
    from handled

),

answered as (

    select
        stamped.slot_key,
        'c' || stamped.contact_key as contact_id,
        stamped.leg_number::varchar as leg_id,
        agent_key.acd_id as agent_external_id,
        stamped.channel,
        'inbound' as direction,
        stamped.queue_id,
        concern.customer_key,
        concern.contact_reason,
        case when concern.has_case then 'k' || concern.concern_key end as case_id,
        concern.started_at as contact_started_at,
        stamped.leg_started_at,
        stamped.leg_ended_at,
        if(stamped.leg_number = 1, concern.queue_seconds, stamped.waited_seconds)
            as queue_seconds,
        stamped.alert_seconds,
        stamped.talk_seconds,
        stamped.hold_seconds,
        stamped.acw_seconds,
        true as was_handled,
        false as was_abandoned,
        stamped.is_transferred_out as was_transferred_out,
        case
            when not stamped.is_transferred_out then 'none'
            when stamped.end_draw < getvariable('contact_blind_share') then 'blind'
            when stamped.end_draw < getvariable('contact_blind_share')
                + getvariable('contact_queue_share') then 'queue'
            else 'consult'
        end as transfer_type,
        case
            when stamped.is_transferred_out then 'transfer'
            when stamped.end_draw < getvariable('contact_agent_ends_share') then 'agent'
            when stamped.end_draw < getvariable('contact_agent_ends_share')
                + getvariable('contact_system_ends_share') then 'system'
            else 'customer'
        end as disconnected_by,
        case when stamped.is_enriched then concern.contact_reason end as wrap_up_code,
        if(stamped.is_parallel, 2, 1) as concurrent_max,
        case
            when stamped.is_enriched_later and stamped.is_enriched then stamped.enriched_at
            else stamped.recorded_at
        end as source_updated_at
    from stamped
    inner join concern on stamped.contact_key = concern.contact_key
    inner join agent_key on stamped.agent_number = agent_key.agent_number
    where concern.started_at >= getvariable('contacts_from')

),

unanswered as (

    select
        slot_key,
        'x' || slot_key as contact_id,
        '1' as leg_id,
        null as agent_external_id,
        channel,
        'inbound' as direction,
        queue_id,
        substr(md5(getvariable('seed') || '|abandoned|' || slot_key), 1, 16) as customer_key,
        null as contact_reason,
        null as case_id,
        plus_seconds(leg_started_at, -2 * wait_seconds) as contact_started_at,
        plus_seconds(leg_started_at, -2 * wait_seconds) as leg_started_at,
        plus_seconds(leg_started_at, talk_seconds % wait_seconds - 2 * wait_seconds)
            as leg_ended_at,
        talk_seconds % wait_seconds as queue_seconds,
        null as alert_seconds,
        null as talk_seconds,
        null as hold_seconds,
        null as acw_seconds,
        false as was_handled,
        true as was_abandoned,
        false as was_transferred_out,
        'none' as transfer_type,
        'customer' as disconnected_by,
        null as wrap_up_code,
        null as concurrent_max,
        slot.leg_started_at as source_updated_at
    from slot
    where has_abandoned_before
        and slot.leg_started_at <= getvariable('extracted_at')
        and plus_seconds(slot.leg_started_at, -2 * wait_seconds) >= getvariable('contacts_from')

),

legs as (

    select * from answered
    union all
    select * from unanswered

)

select
    * exclude (slot_key) replace (
        zulu(contact_started_at) as contact_started_at,
        zulu(leg_started_at) as leg_started_at,
        zulu(leg_ended_at) as leg_ended_at,
        zulu(source_updated_at) as source_updated_at
    )
from legs
order by legs.slot_key, legs.was_abandoned
