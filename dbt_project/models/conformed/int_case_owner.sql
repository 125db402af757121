with cases as (

    select * from {{ ref('int_case') }}

),

invitations as (

    select * from {{ ref('stg_surveys__invitations') }}

),

responses as (

    select * from {{ ref('stg_surveys__responses') }}

),

rated as (

    select case_id from responses
    where case_id is not null
    union distinct
    select invitations.case_id
    from responses
    inner join invitations
        on responses.source_system = invitations.source_system
        and responses.invitation_id = invitations.invitation_id
    where invitations.case_id is not null

),

-- Of a case without a resolver the owner matters to whom its customer rated, and to nobody else.
passed_on as (

    select cases.*
    from cases
    left outer join rated on cases.case_id = rated.case_id
    where
        cases.owner_crm_agent_id <> cases.resolved_by_crm_agent_id
        or (cases.resolved_by_crm_agent_id is null and rated.case_id is not null)

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

legs as (

    select * from {{ ref('stg_crm__contact_legs') }}

),

agents as (

    select * from {{ ref('dim_agent') }}

),

owned as (

    select
        passed_on.*,
        owners.agent_id as owner_agent_id,
        coalesce(resolvers.termination_date < cast(passed_on.changed_at as date), false)
            as has_resolver_left
    from passed_on
    inner join identities as owners
        on passed_on.source_system = owners.identity_system
        and passed_on.owner_crm_agent_id = owners.external_id
        and passed_on.changed_at >= owners.valid_from_at
        and passed_on.changed_at < owners.valid_to_at
    left outer join agents as resolvers
        on passed_on.resolved_by_agent_id = resolvers.agent_id
    where
        passed_on.resolved_by_agent_id is null
        or passed_on.resolved_by_agent_id <> owners.agent_id

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
