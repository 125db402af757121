{# A view: a case that changes late changes no kept row of a contact, and one model reads it. #}
{{ config(materialized='view') }}

with contacts as (

    select * from {{ ref('fct_contact') }}
    where is_last_handling_leg

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
        contacts.*,
        feeds.*,
        cases.exclusion_reason as case_exclusion_reason,
        cases.case_id is not null as is_case_known,
        coalesce(cases.is_resolved, false) as is_case_resolved,
        coalesce(cases.is_resolved, false) and (
            cases.resolved_by_agent_id is null
            or cases.resolved_by_agent_id = contacts.agent_id
        ) as is_resolved_here,
        coalesce(cases.is_resolver_unknown, false) as is_resolver_unknown
    from contacts
    cross join feeds
    left outer join cases on contacts.case_id = cases.case_id

),

excluded as (

    select
        *,
        case
            when is_without_cases_tonight then 'feed_did_not_arrive'
            when not has_cases then 'feed_not_declared'
            when case_id is null then 'no_case'
            when not is_case_known then 'case_unknown'
            when case_exclusion_reason is not null then case_exclusion_reason
            when is_resolver_unknown then 'resolver_unknown'
        end as resolution_exclusion_reason,
        case
            when repeat_exclusion_reason is not null then repeat_exclusion_reason
            when not is_first_contact then 'not_the_first_contact'
            when is_without_cases_tonight then 'feed_did_not_arrive'
            when has_cases and case_id is not null and not is_case_known then 'case_unknown'
            when case_exclusion_reason is not null then case_exclusion_reason
        end as fcr_exclusion_reason
    from gathered

),

counted as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,
        case_id,
        agent_id,

        -- dates
        activity_date,

        -- categories
        channel,
        queue_family,

        -- resolution
        resolution_exclusion_reason,
        case when has_cases then {{ one_when('resolution_exclusion_reason is null') }} end
            as resolution_eligible_contacts,
        case
            when has_cases
                then {{ one_when('resolution_exclusion_reason is null and is_resolved_here') }}
        end as resolved_contacts,

        -- first contact resolution
        fcr_exclusion_reason,
        {{ one_when('fcr_exclusion_reason is null') }} as fcr_eligible_contacts,
        {{ one_when('fcr_exclusion_reason is null and repeat_contacts = 0 and '
            ~ '(case_id is null or not has_cases or is_case_resolved)') }}
            as fcr_resolved_contacts
    from excluded

)

select * from counted
