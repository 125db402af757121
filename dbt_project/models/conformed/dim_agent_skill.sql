{# A view: what few read is not kept twice. #}
{{ config(materialized='view') }}

with skills as (

    select * from {{ ref('stg_hr__agent_skills') }}

),

-- Two systems may know one qualification; the more it is worth, the rather it is meant.
numbered as (

    select
        *,
        row_number() over (
            partition by agent_id, channel, queue_family, valid_from_date
            order by proficiency_level desc nulls last, valid_to_date desc, source_system asc
        ) as skill_number
    from skills

),

skills_once as (

    select
        agent_id,
        channel,
        queue_family,
        valid_from_date,
        valid_to_date,
        proficiency_level
    from numbered
    where skill_number = 1

)

select * from skills_once
