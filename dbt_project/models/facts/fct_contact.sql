with legs as (

    select * from {{ ref('int_contact_leg_attributed') }}

),

chain as (

    select * from {{ ref('int_contact_chain') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

feeds as (

    select
        bool_or(feed = 'case_record' and is_declared) as has_cases,
        bool_or(feed = 'case_record' and left_out_because is not null) as is_without_cases_tonight
    from {{ source('run', 'feed') }}

),

gathered as (

    select
        legs.*,
        chain.next_contact_started_at,
        chain.previous_contact_started_at,
        coalesce(chain.is_meant_by_contact_id, false) as is_meant_by_contact_id,
        coalesce(chain.is_only_leg, false) as is_only_leg,
        feeds.*,
        {{ days_later('legs.contact_started_at', 'legs.repeat_window_days') }} as window_ends_at,
        context.as_of,
        cases.exclusion_reason as case_exclusion_reason,
        cases.case_id is not null as is_case_known,
        coalesce(cases.is_resolved, false) as is_case_resolved,
        coalesce(cases.is_resolved, false) and (
            cases.resolved_by_agent_id is null
            or cases.resolved_by_agent_id = legs.agent_id
        ) as is_resolved_here,
        coalesce(cases.is_resolver_unknown, false) as is_resolver_unknown,
        case
            when not legs.is_answered then 'nobody_handled'
            when legs.is_short then 'short_contact'
            when not coalesce(chain.is_last_handling_leg, false)
                then 'handled_further_by_another_leg'
        end as leg_exclusion_reason
    from legs
    cross join feeds
    cross join {{ source('run', 'context') }} as context
    left outer join chain
        on legs.source_system = chain.source_system
        and legs.contact_id = chain.contact_id
        and legs.leg_id = chain.leg_id
    left outer join cases on legs.case_id = cases.case_id

),

excluded as (

    select
        *,
        case
            when leg_exclusion_reason is not null then leg_exclusion_reason
            when is_without_cases_tonight then 'feed_did_not_arrive'
            when not has_cases then 'feed_not_declared'
            when case_id is null then 'no_case'
            when not is_case_known then 'case_unknown'
            when case_exclusion_reason is not null then case_exclusion_reason
            when is_resolver_unknown then 'resolver_unknown'
        end as resolution_exclusion_reason,
        case
            when leg_exclusion_reason is not null then leg_exclusion_reason
            when customer_key is null then 'customer_unknown'
            when repeat_window_days is null then 'no_definition_in_force'
            when window_ends_at > as_of then 'repeat_window_still_open'
        end as repeat_exclusion_reason
    from gathered

),

first_contacts as (

    select
        *,
        coalesce(next_contact_started_at <= window_ends_at, false) as is_repeated,
        case
            when repeat_exclusion_reason is not null then repeat_exclusion_reason
            when
                {{ days_later('previous_contact_started_at', 'repeat_window_days') }}
                >= contact_started_at then 'not_the_first_contact'
            when is_without_cases_tonight then 'feed_did_not_arrive'
            when has_cases and case_id is not null and not is_case_known then 'case_unknown'
            when case_exclusion_reason is not null then case_exclusion_reason
        end as fcr_exclusion_reason
    from excluded

),

counted as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,
        agent_id,
        unknown_crm_agent_id,

        -- dates and times
        leg_started_at,
        activity_date,

        -- categories
        queue_family,
        channel,
        attribution_reason,

        -- counts
        {{ one_when('is_answered and not is_short') }} as handled_contacts,
        {{ one_when('is_answered and not is_short and handle_seconds is not null') }}
            as timed_contacts,
        {{ one_when('is_answered and not is_short and acw_seconds is not null') }}
            as acw_timed_contacts,
        {{ one_when('is_short') }} as short_contacts,
        {{ one_when('is_abandoned and not is_answered') }} as abandoned_contacts,
        {{ one_when('is_answered and not is_short and is_transferred_out is not null') }}
            as transfer_known_contacts,
        {{ one_when('is_answered and not is_short and is_transferred_out') }}
            as transferred_out_contacts,

        -- seconds
        talk_seconds,
        hold_seconds,
        acw_seconds,
        handle_seconds,

        -- resolution
        resolution_exclusion_reason,
        case when has_cases then {{ one_when('resolution_exclusion_reason is null') }} end
            as resolution_eligible_contacts,
        case
            when has_cases
                then {{ one_when('resolution_exclusion_reason is null and is_resolved_here') }}
        end as resolved_contacts,

        -- repeats
        repeat_exclusion_reason,
        {{ one_when('repeat_exclusion_reason is null') }} as repeat_eligible_contacts,
        {{ one_when('repeat_exclusion_reason is null and is_repeated') }} as repeat_contacts,

        -- first contact resolution
        fcr_exclusion_reason,
        {{ one_when('fcr_exclusion_reason is null') }} as fcr_eligible_contacts,
        {{ one_when('fcr_exclusion_reason is null and not is_repeated and '
            ~ '(case_id is null or not has_cases or is_case_resolved)') }}
            as fcr_resolved_contacts,

        -- booleans
        is_answered,
        leg_exclusion_reason is null as is_last_handling_leg,
        is_meant_by_contact_id,
        is_only_leg
    from first_contacts

)

select * from counted
