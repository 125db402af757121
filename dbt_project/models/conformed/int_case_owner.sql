with cases as (

    select * from {{ ref('int_case') }}
    where owner_crm_agent_id <> resolved_by_crm_agent_id

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

legs as (

    select * from {{ ref('stg_crm__contact_legs') }}

),

-- The last day of employment, where it is known: no later row of the roster takes it back.
leavers as (

    select
        agent_id,
        max(termination_date) as last_date
    from {{ ref('dim_agent_assignment') }}
    group by agent_id

),

owned as (

    select
        cases.*,
        owners.agent_id as owner_agent_id,
        coalesce(leavers.last_date < cast(cases.changed_at as date), false) as has_resolver_left
    from cases
    inner join identities as owners
        on cases.source_system = owners.identity_system
        and cases.owner_crm_agent_id = owners.external_id
        and cases.changed_at >= owners.valid_from_at
        and cases.changed_at < owners.valid_to_at
    left outer join leavers on cases.resolved_by_agent_id = leavers.agent_id
    where
        cases.resolved_by_agent_id is null
        or cases.resolved_by_agent_id <> owners.agent_id

),

-- Who had one of its contacts came by the case through work; to anybody else it was handed.
worked_on as (

    select distinct
        owned.case_id,
        identities.agent_id
    from legs
    inner join owned on legs.case_id = owned.case_id
    inner join identities
        on legs.source_system = identities.identity_system
        and legs.crm_agent_id = identities.external_id
        and legs.leg_started_at >= identities.valid_from_at
        and legs.leg_started_at < identities.valid_to_at

),

owners as (

    select
        owned.case_id,
        owned.owner_agent_id,
        owned.changed_at as owned_at,
        owned.has_resolver_left,
        worked_on.agent_id is null as is_handed_over
    from owned
    left outer join worked_on
        on owned.case_id = worked_on.case_id
        and owned.owner_agent_id = worked_on.agent_id

)

select * from owners
