with believed as (

    {{ believed('agent_skill') }}

),

renamed as (

    select
        -- ids
        source_system,
        agent_id,

        -- dates
        valid_from as valid_from_date,
        {{ exclusive_end_date('valid_to') }} as valid_to_date,

        -- categories
        channel,
        queue_family,

        -- measures
        proficiency as proficiency_level
    from believed

)

select * from renamed
