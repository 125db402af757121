with believed as (

    {{ believed('service_incident') }}

),

renamed as (

    select
        -- ids
        source_system,
        incident_id,
        scope_id,

        -- times
        started_at,
        ended_at,

        -- categories
        scope_type,

        -- booleans
        status <> 'retracted' and affects_adherence as is_counted_in_adherence
    from believed

)

select * from renamed
