with source as (

    select * from {{ source('raw', 'case_record') }}

),

context as (

    select as_of from {{ source('run', 'context') }}

),

believed as (

    select source.*
    from source
    cross join context
    where
        source.known_at <= context.as_of
        and source.superseded_at > context.as_of
        and not coalesce(source.is_deleted, false)

),

renamed as (

    select
        -- ids
        source_system,
        case_id,
        merged_into_case_id,
        resolved_by_external_id as resolved_by_crm_agent_id,
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
