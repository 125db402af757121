with believed as (

    {{ believed('qa_evaluation') }}

),

renamed as (

    select
        -- ids
        source_system,
        evaluation_id,
        revision,
        contact_id,
        leg_id,
        agent_external_id as qa_agent_id,
        evaluator_external_id as qa_evaluator_id,
        form_id,
        form_version,
        calibration_session_id,

        -- times
        contact_started_at,
        evaluated_at,
        released_at,

        -- categories
        method,
        purpose,
        sampling,
        status,
        channel,

        -- points
        score_points,
        points_earned,
        points_possible,

        -- booleans
        is_fatal_fail as has_critical_error,
        coalesce(is_deleted, false) as is_deleted
    from believed

)

select * from renamed
