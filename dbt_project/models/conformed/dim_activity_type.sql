with activity_types as (

    select * from {{ ref('stg_wfm__activity_types') }}

),

-- A platform's states are often described only in the list of the workforce system.
known_anywhere as (

    select
        *,
        row_number() over (
            partition by activity_code, valid_from_date
            order by source_system
        ) as source_number
    from activity_types

),

described as (

    select
        source_system || ':' || activity_code
        || ':' || cast(valid_from_date as string) as activity_type_key,
        source_system,
        activity_code,
        valid_from_date,
        valid_to_date,
        category,
        is_paid,
        is_counted_in_adherence,
        source_number = 1 as is_used_by_other_sources
    from known_anywhere

)

select * from described
