with believed as (

    {{ believed('development_event', marks_deletions=true) }}

),

renamed as (

    select
        -- ids
        source_system,
        event_id,
        agent_external_id as coaching_agent_id,

        -- times
        due_at,
        completed_at,
        coalesce(completed_at, due_at) as happened_at,

        -- categories
        event_type,
        status
    from believed

)

select * from renamed
