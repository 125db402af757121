with believed as (

    {{ believed('case_record', marks_deletions=true) }}

),

renamed as (

    select
        -- ids
        source_system,
        case_id,
        merged_into_case_id,
        resolved_by_external_id as resolved_by_crm_agent_id,
        owner_external_id as owner_crm_agent_id,
        customer_key,

        -- times
        created_at,
        coalesce(resolved_at, closed_at) as resolved_at,
        last_reopened_at,
        source_updated_at,

        -- categories
        status,
        channel,
        contact_reason
    from believed

)

select * from renamed
