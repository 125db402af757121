with believed as (

    {{ believed('planned_activity') }}

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
