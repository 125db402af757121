with believed as (

    {{ believed('qa_answer') }}

),

renamed as (

    select
        -- ids
        source_system,
        evaluation_id,
        revision,
        section_id,
        question_id,

        -- points
        points_earned,
        points_possible,

        -- booleans
        is_na as is_not_applicable
    from believed

)

select * from renamed
