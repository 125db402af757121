with ever_believed as (

    {{ believed('planned_activity', keeps_closed=true) }}

),

context as (

    select * from {{ source('run', 'context') }}

),

renamed as (

    select
        -- ids
        ever_believed.source_system,
        ever_believed.agent_external_id as wfm_agent_id,
        ever_believed.shift_id,
        ever_believed.schedule_version,

        -- times
        ever_believed.start_at as starts_at,
        ever_believed.end_at as ends_at,
        coalesce(ever_believed.recorded_at, ever_believed.known_at) as stored_at,
        case
            when ever_believed.superseded_at <= context.as_of then ever_believed.superseded_at
        end as replaced_at,

        -- categories
        lower(trim(ever_believed.activity_code)) as activity_code,

        -- booleans
        ever_believed.is_published
    from ever_believed
    cross join context

)

select * from renamed
