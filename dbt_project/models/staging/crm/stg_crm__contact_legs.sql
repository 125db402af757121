with believed as (

    {{ believed('contact_leg', marks_deletions=true) }}

),

renamed as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,
        case_id,
        agent_external_id as crm_agent_id,
        customer_key,
        queue_id,

        -- times
        contact_started_at,
        leg_started_at,
        leg_ended_at,

        -- categories
        channel,
        direction,
        contact_reason,

        -- seconds
        queue_seconds,
        talk_seconds,
        hold_seconds,
        acw_seconds,

        -- booleans
        was_handled as is_handled,
        was_abandoned as is_abandoned,
        was_transferred_out as is_transferred_out
    from believed

)

select * from renamed
