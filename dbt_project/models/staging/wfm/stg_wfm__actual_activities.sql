with source as (

    select * from {{ source('raw', 'actual_activity') }}

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

),

renamed as (

    select
        -- ids
        source_system,
        agent_external_id as wfm_agent_id,
        platform,

        -- times
        start_at as starts_at,
        end_at as ends_at,

        -- categories
        lower(trim(coalesce(activity_code, state_code))) as activity_code,
        routing_status
    from believed

)

select * from renamed
