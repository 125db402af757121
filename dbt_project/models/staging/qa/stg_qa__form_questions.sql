with believed as (

    {{ believed('qa_form_question') }}

),

renamed as (

    select
        -- ids
        source_system,
        form_id,
        form_version,
        section_id,
        question_id,

        -- the form's own words
        section_name,

        -- points
        points_possible
    from believed

)

select * from renamed
