with source as (

    select * from {{ source('raw', 'survey_invitation') }}

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
        source_system,
        invitation_id,
        survey_id,
        contact_id,
        case_id,
        agent_external_id as survey_agent_id,

        -- times
        triggered_at,
        sent_at,

        -- categories
        metric,
        status
    from believed

)

select * from renamed
