{# A view: fct_attribution keeps what it says. #}
{{ config(materialized='view') }}

with cases as (

    select * from {{ ref('int_case') }}
    where is_resolved and resolved_by_crm_agent_id is not null and exclusion_reason is null

),

owners as (

    select * from {{ ref('int_case_owner') }}

),

unsatisfied as (

    select
        case_id,
        min(responded_at) as first_responded_at
    from {{ ref('fct_survey_response') }}
    where case_id is not null and csat_eligible_responses > csat_satisfied_responses
    group by case_id

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

-- Where the resolver is known and still the owner, there is nothing to choose.
open_cases as (

    select
        cases.*,
        owners.owner_agent_id,
        owners.owned_at,
        owners.is_handed_over,
        owners.has_resolver_left,
        coalesce(unsatisfied.first_responded_at < owners.owned_at, false) as was_rated_badly
    from cases
    left outer join owners on cases.case_id = owners.case_id
    left outer join unsatisfied on cases.case_id = unsatisfied.case_id
    where owners.case_id is not null or cases.is_resolver_unknown

),

dated as (

    select
        open_cases.*,
        business_days.activity_date
    from open_cases
    inner join business_days
        on coalesce(open_cases.resolved_by_agent_id, '') = business_days.agent_id
        and cast(open_cases.resolved_at as date) = business_days.utc_date
        and open_cases.resolved_at >= business_days.starts_at
        and open_cases.resolved_at < business_days.ends_at

),

candidates as (

    select
        source_system,
        case_id as event_id,
        activity_date,
        resolved_by_agent_id as agent_id,
        resolved_by_crm_agent_id as source_agent_id,
        'resolved_the_case' as evidence,
        case_id as evidence_id,
        resolved_at as evidence_at,
        case when is_resolver_unknown then 'unknown_agent' end as not_credited_reason
    from dated

    union all

    select
        source_system,
        case_id as event_id,
        activity_date,
        owner_agent_id as agent_id,
        owner_crm_agent_id as source_agent_id,
        'owns_the_case_now' as evidence,
        case_id as evidence_id,
        owned_at as evidence_at,
        case
            when not is_handed_over then 'another_resolved_it'
            when has_resolver_left then 'handed_over_by_a_leaver'
            when was_rated_badly then 'handed_over_after_a_bad_rating'
            else 'handed_over'
        end as not_credited_reason
    from dated
    where owner_agent_id is not null

)

select * from candidates
