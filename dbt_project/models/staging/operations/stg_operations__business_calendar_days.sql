with believed as (

    {{ believed('business_calendar') }}

),

renamed as (

    select
        -- ids
        source_system,
        calendar_id,

        -- dates
        calendar_date,

        -- categories
        day_type,
        occasion
    from believed

)

select * from renamed
