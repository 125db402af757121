with believed as (

    {{ believed('conversation_analytics') }}

),

renamed as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,

        -- times
        analysed_at,

        -- categories
        analysis_version,

        -- seconds
        agent_talk_seconds,
        customer_talk_seconds,
        non_talk_seconds as silence_seconds,
        overlap_seconds,

        -- counts
        compliance_phrases_due,
        compliance_phrases_hit,
        probing_questions_due,
        probing_questions_asked
    from believed

)

select * from renamed
