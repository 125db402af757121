with source as (

    select * from {{ source('raw', 'agent_identity') }}

),

context as (

    select as_of from {{ source('run', 'context') }}

),

believed as (

    select source.*
    from source
    cross join context
    where
        source.known_at <= context.as_of
        and source.superseded_at > context.as_of

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
