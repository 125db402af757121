{# A view: what few read is not kept twice. #}
{{ config(materialized='view') }}

with calendar_days as (

    select * from {{ ref('stg_operations__business_calendar_days') }}

),

-- One calendar that two systems keep is kept once, by the first of them.
numbered as (

    select
        *,
        row_number() over (
            partition by calendar_id, calendar_date
            order by source_system
        ) as source_number
    from calendar_days

),

special_days as (

    select
        calendar_id,
        calendar_date,
        day_type,
        occasion
    from numbered
    where source_number = 1

)

select * from special_days
