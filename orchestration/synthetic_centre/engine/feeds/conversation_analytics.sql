-- Legs that a machine has analysed since the extract before; only calls have talk to be shared.
with heard as (

    select
        slot.slot_key,
        coalesce(handover.from_slot, slot.slot_key) as contact_key,
        if(handover.from_slot is null, 1, 2) as leg_number,
        slot.agent_number,
        case when slot.channel = 'voice' then slot.talk_seconds end as talk_seconds,
        digest_of('heard', slot.slot_key) as sound,
        digest_of('said', slot.slot_key) as words,
        plus_hours(slot.leg_ended_at, getvariable('conversation_analysed_hours')) as analysed_at
    from slot
    left outer join handover on slot.slot_key = handover.to_slot
    where slot.is_analysed
        and not slot.is_short
        and plus_hours(slot.leg_ended_at, getvariable('conversation_analysed_hours'))
        <= getvariable('extracted_at')
        and plus_hours(slot.leg_ended_at, getvariable('conversation_analysed_hours'))
        > getvariable('previous_at')

),

shared as (

    select
        heard.*,
        habit.talk_share,
        habit.probing_share,
        habit.phrase_share,
        floor(talk_seconds * greatest(0, least(
            0.5,
            getvariable('conversation_silence_share')
            + getvariable('conversation_silence_share_sd') * normal_at(sound, 0, 20)
        )))::bigint as silent_seconds,
        floor(talk_seconds * getvariable('conversation_overlap_share') * uniform_at(sound, 40))
            ::bigint as overlap_seconds,
        greatest(0, least(
            1,
            habit.talk_share + getvariable('conversation_talk_share_leg_sd')
            * normal_at(sound, 60, 80)
        )) as share_of_leg,
        (1 + floor(getvariable('conversation_most_probing_due') * uniform_at(sound, 100)))::bigint
            as probing_due
    from heard
    inner join habit on heard.agent_number = habit.agent_number

),

spoken as (

    select
        *,
        talk_seconds - silent_seconds + overlap_seconds as both_seconds
    from shared

)

select
    'c' || spoken.contact_key as contact_id,
    spoken.leg_number::varchar as leg_id,
    agent_key.acd_id as agent_external_id,
    'listener-1' as analysis_version,
    floor(spoken.both_seconds * spoken.share_of_leg)::bigint as agent_talk_seconds,
    spoken.both_seconds - floor(spoken.both_seconds * spoken.share_of_leg)::bigint
        as customer_talk_seconds,
    spoken.silent_seconds as non_talk_seconds,
    spoken.overlap_seconds,
    getvariable('conversation_phrases_due') as compliance_phrases_due,
    taken_of(getvariable('conversation_phrases_due'), spoken.phrase_share, spoken.words, 0)
        as compliance_phrases_hit,
    spoken.probing_due as probing_questions_due,
    taken_of(spoken.probing_due, spoken.probing_share, spoken.words, 60)
        as probing_questions_asked,
    zulu(spoken.analysed_at) as analysed_at,
    zulu(spoken.analysed_at) as source_updated_at
from spoken
inner join agent_key on spoken.agent_number = agent_key.agent_number
order by spoken.slot_key
