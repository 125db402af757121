with believed as (

    {{ believed('actual_activity') }}

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
