with believed as (

    {{ believed('case_event') }}

),

renamed as (

    select
        -- ids
        source_system,
        event_id,
        case_id,
        actor_external_id as crm_agent_id,

        -- times
        occurred_at,

        -- categories
        event_type
    from believed

)

select * from renamed
