{{ config(materialized='incremental', meta={'part': 'contact'}) }}

with legs as (

    select * from {{ ref('int_contact_leg_attributed') }}

),

chain as (

    select * from {{ ref('int_contact_chain') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

gathered as (

    select
        legs.*,
        legs.is_answered and not legs.is_short as is_handled,
        chain.next_contact_started_at,
        chain.previous_contact_started_at,
        coalesce(chain.is_last_handling_leg, false) as is_last_handling_leg,
        coalesce(chain.is_meant_by_contact_id, false) as is_meant_by_contact_id,
        coalesce(chain.is_only_leg, false) as is_only_leg,
        {{ days_later('legs.contact_started_at', 'legs.repeat_window_days') }}
            as repeat_window_closes_at
    from legs
    left outer join chain
        on legs.source_system = chain.source_system
        and legs.contact_id = chain.contact_id
        and legs.leg_id = chain.leg_id

),

excluded as (

    select
        gathered.*,
        case
            when gathered.is_short then 'short_contact'
            when not gathered.is_handled and not gathered.is_abandoned then 'nobody_handled'
        end as contact_exclusion_reason,
        case
            when not gathered.is_answered then 'nobody_handled'
            when gathered.is_short then 'short_contact'
            when not gathered.is_last_handling_leg then 'handled_further_by_another_leg'
            when gathered.customer_key is null then 'customer_unknown'
            when gathered.repeat_window_days is null then 'no_definition_in_force'
            when gathered.repeat_window_closes_at > context.as_of then 'repeat_window_still_open'
        end as repeat_exclusion_reason
    from gathered
    cross join context

),

counted as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,
        case_id,
        agent_id,
        unknown_crm_agent_id,

        -- dates and times
        leg_started_at,
        activity_date,
        repeat_window_closes_at,

        -- categories
        queue_family,
        channel,
        attribution_reason,

        -- counts
        contact_exclusion_reason,
        cast(1 as bigint) as offered_contacts,
        {{ one_when('is_handled') }} as handled_contacts,
        {{ one_when('is_handled and handle_seconds is not null') }} as timed_contacts,
        {{ one_when('is_handled and acw_seconds is not null') }} as acw_timed_contacts,
        {{ one_when('is_short') }} as short_contacts,
        {{ one_when('is_abandoned and not is_answered') }} as abandoned_contacts,

        -- transfers
        {{ one_when('is_handled and is_transferred_out is not null') }} as transfer_known_contacts,
        {{ one_when('is_handled and is_transferred_out') }} as transferred_out_contacts,
        {{ one_when("is_handled and is_transferred_out and transfer_type <> 'none'") }}
            as transfer_type_known_contacts,
        {%- for kind in ['blind', 'consult', 'queue'] %}
        {{ one_when("is_handled and is_transferred_out and transfer_type = '" ~ kind ~ "'") }}
            as {{ kind }}_transferred_out_contacts,
        {%- endfor %}

        -- seconds
        talk_seconds,
        hold_seconds,
        acw_seconds,
        handle_seconds,

        -- repeats
        repeat_exclusion_reason,
        {{ one_when('repeat_exclusion_reason is null') }} as repeat_eligible_contacts,
        {{ one_when('repeat_exclusion_reason is null '
            ~ 'and next_contact_started_at <= repeat_window_closes_at') }} as repeat_contacts,

        -- booleans
        is_answered,
        is_handled and is_last_handling_leg as is_last_handling_leg,
        is_meant_by_contact_id,
        is_only_leg,
        coalesce(
            {{ days_later('previous_contact_started_at', 'repeat_window_days') }}
            < contact_started_at, true
        ) as is_first_contact
    from excluded

)

select * from counted
where {{ is_built_tonight('activity_date', 'contact') }}
