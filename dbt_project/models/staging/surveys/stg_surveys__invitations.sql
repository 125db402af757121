with believed as (

    {{ believed('survey_invitation') }}

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
