with believed as (

    {{ believed('adherence_day_vendor') }}

),

renamed as (

    select
        -- ids
        source_system,
        agent_external_id as wfm_agent_id,

        -- dates and times
        business_date as vendor_date,
        computed_at,

        -- categories
        day_time_zone,

        -- seconds and shares
        coalesce(adherence_scheduled_seconds, scheduled_seconds) as scheduled_seconds,
        exception_seconds,
        actual_on_queue_seconds,
        adherence_share
    from believed

)

select * from renamed
