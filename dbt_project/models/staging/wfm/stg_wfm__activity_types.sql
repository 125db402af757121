with believed as (

    {{ believed('activity_type') }}

),

renamed as (

    select
        -- ids
        source_system,
        lower(trim(activity_code)) as activity_code,

        -- dates
        valid_from as valid_from_date,
        {{ exclusive_end_date('valid_to') }} as valid_to_date,

        -- categories
        activity_name,
        category,

        -- booleans
        is_paid,
        counts_in_adherence as is_counted_in_adherence
    from believed

)

select * from renamed
