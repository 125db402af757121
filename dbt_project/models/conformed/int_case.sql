with case_records as (

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

),

resolved as (

    select
        numbered.source_system,
        numbered.case_id,
        identities.agent_id as resolved_by_agent_id,
        numbered.resolved_by_crm_agent_id,
        numbered.owner_crm_agent_id,
        numbered.resolved_at,
        numbered.source_updated_at as changed_at,
        numbered.channel,
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
