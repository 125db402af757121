with contacts as (

    select case_id from {{ ref('stg_crm__contact_legs') }}
    where {{ is_read_tonight('leg_started_at', 'outcome') }}

),

invitations as (

    select case_id from {{ ref('stg_surveys__invitations') }}
    where {{ is_read_tonight('triggered_at', 'outcome') }}

),

responses as (

    select case_id from {{ ref('stg_surveys__responses') }}
    where {{ is_read_tonight('responded_at', 'outcome') }}

),

events as (

    select case_id from {{ ref('stg_crm__case_events') }}
    where {{ is_read_tonight('occurred_at', 'outcome') }}

),

resolved_lately as (

    select case_id from {{ ref('stg_crm__case_records') }}
    where {{ is_read_tonight('resolved_at', 'outcome') }}

),

-- Tonight's cases: whatever a day of tonight names, and what was resolved on one.
asked_for as (

    select case_id from contacts
    union distinct
    select case_id from invitations
    union distinct
    select case_id from responses
    union distinct
    select case_id from events
    union distinct
    select case_id from resolved_lately

),

case_records as (

    select * from {{ ref('stg_crm__case_records') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

-- Other feeds name a case by its id alone; should two systems use one id, the newest change counts.
numbered as (

    select
        *,
        status in ('resolved', 'closed')
        and (last_reopened_at is null or last_reopened_at < resolved_at) as is_resolved,
        row_number() over (
            partition by case_id
            order by source_updated_at desc, source_system asc
        ) as record_number
    from case_records
    where case_id in (select asked_for.case_id from asked_for)

),

resolved as (

    select
        numbered.source_system,
        numbered.case_id,
        identities.agent_id as resolved_by_agent_id,
        numbered.resolved_by_crm_agent_id,
        numbered.owner_crm_agent_id,
        numbered.resolved_by_crm_agent_id is not null as is_resolver_named,
        numbered.resolved_at,
        numbered.last_reopened_at,
        numbered.source_updated_at as changed_at,
        numbered.channel,
        numbered.contact_reason,
        case
            when numbered.status = 'merged' or numbered.merged_into_case_id is not null
                then 'case_merged'
            when numbered.status = 'cancelled' then 'case_cancelled'
            when numbered.status = 'deleted' then 'case_deleted'
        end as exclusion_reason,
        numbered.is_resolved,
        numbered.is_resolved
        and numbered.resolved_by_crm_agent_id is not null
        and identities.agent_id is null as is_resolver_unknown
    from numbered
    left outer join identities
        on numbered.source_system = identities.identity_system
        and numbered.resolved_by_crm_agent_id = identities.external_id
        and numbered.resolved_at >= identities.valid_from_at
        and numbered.resolved_at < identities.valid_to_at
    where numbered.record_number = 1

)

select * from resolved
