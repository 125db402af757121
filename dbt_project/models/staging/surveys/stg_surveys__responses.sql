with believed as (

    {{ believed('survey_response', marks_deletions=true) }}

),

renamed as (

    select
        -- ids
        source_system,
        response_id,
        question_id,
        invitation_id,
        survey_id,
        contact_id,
        case_id,
        attributed_agent_external_id as survey_agent_id,

        -- times
        responded_at,

        -- categories
        metric,
        exclusion_reason,

        -- the survey's own scale
        score_value as score_rating,
        scale_min as scale_low_rating,
        scale_max as scale_high_rating,

        -- booleans
        is_partial,
        is_test
    from believed

)

select * from renamed
