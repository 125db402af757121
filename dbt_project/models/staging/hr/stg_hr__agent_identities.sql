with believed as (

    {{ believed('agent_identity') }}

),

renamed as (

    select
        -- ids
        agent_id,
        identity_system,
        external_id,

        -- dates
        valid_from as valid_from_date,
        {{ exclusive_end_date('valid_to') }} as valid_to_date
    from believed

)

select * from renamed
