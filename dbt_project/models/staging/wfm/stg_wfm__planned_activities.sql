with source as (

    select * from {{ source('raw', 'planned_activity') }}

),

context as (

    select as_of from {{ source('run', 'context') }}

),

believed as (

    select source.*
    from source
    cross join context
    where
        source.known_at <= context.as_of
        and source.superseded_at > context.as_of

),

renamed as (

    select
        -- ids
        source_system,
        agent_external_id as wfm_agent_id,
        shift_id,
        schedule_id,
        schedule_version,

        -- dates and times
        schedule_date,
        start_at as starts_at,
        end_at as ends_at,
        coalesce(recorded_at, known_at) as stored_at,

        -- categories
        lower(trim(activity_code)) as activity_code,

        -- booleans
        is_published
    from believed

)

select * from renamed
