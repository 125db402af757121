with believed as (

    {{ believed('contact_leg', marks_deletions=true) }}

),

-- Of a batch that lost a part of handle time the rest would pass for the whole.
untimed as (

    select distinct batch_id
    from {{ source('run', 'stopped_column') }}
    where feed = 'contact_leg' and column_name in ('talk_seconds', 'hold_seconds', 'acw_seconds')

),

timed as (

    select
        believed.*,
        untimed.batch_id is null as is_time_whole
    from believed
    left outer join untimed on believed.batch_id = untimed.batch_id

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
        transfer_type,

        -- seconds
        queue_seconds,
        talk_seconds,
        hold_seconds,
        acw_seconds,

        -- booleans
        was_handled as is_handled,
        was_abandoned as is_abandoned,
        was_transferred_out as is_transferred_out,
        is_time_whole
    from timed

)

select * from renamed
