with believed as (

    {{ believed('adherence_exception') }}

),

-- The reason stays in the source: that time is explained is all that counts, not why.
renamed as (

    select
        -- ids
        source_system,
        exception_id,
        agent_external_id as wfm_agent_id,

        -- times
        start_at as starts_at,
        end_at as ends_at,

        -- booleans
        status = 'approved' as is_approved
    from believed

)

select * from renamed
