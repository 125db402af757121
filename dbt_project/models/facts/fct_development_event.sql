{{ config(materialized='incremental', meta={'part': 'agent_day'}) }}

with events as (

    select * from {{ ref('stg_coaching__development_events') }}
    where happened_at is not null

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

assignments as (

    select * from {{ ref('dim_agent_assignment') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

placed as (

    select
        events.*,
        identities.agent_id,
        business_days.activity_date,
        context.as_of,
        assignments.agent_id is not null as is_employed,
        case events.event_type
            when 'coaching_session' then 'coaching_sessions'
            when 'learning_assignment' then 'lessons'
        end as kind
    from events
    cross join context
    left outer join identities
        on events.source_system = identities.identity_system
        and events.coaching_agent_id = identities.external_id
        and events.happened_at >= identities.valid_from_at
        and events.happened_at < identities.valid_to_at
    left outer join business_days
        on coalesce(identities.agent_id, '') = business_days.agent_id
        and cast(events.happened_at as date) = business_days.utc_date
        and events.happened_at >= business_days.starts_at
        and events.happened_at < business_days.ends_at
    left outer join assignments
        on identities.agent_id = assignments.agent_id
        and business_days.activity_date >= assignments.valid_from_date
        and business_days.activity_date < assignments.valid_to_date

),

-- What is not done yet and not due yet is nobody's omission, nor what falls due after they left.
excluded as (

    select
        *,
        status = 'completed' as is_completed,
        status = 'completed' and coalesce(completed_at <= due_at, true) as is_on_time,
        case
            when agent_id is null then 'agent_unknown'
            when not is_employed then 'not_employed'
            when kind is null then 'another_kind'
            when status = 'cancelled' then 'cancelled'
            when status <> 'completed' and due_at >= as_of then 'not_due_yet'
        end as development_exclusion_reason
    from placed

),

counted as (

    select
        -- ids
        source_system,
        event_id,
        agent_id,

        -- dates
        activity_date,

        -- categories
        event_type,
        status,
        development_exclusion_reason
        {%- for kind in ['coaching_sessions', 'lessons'] %}
        {%- set counts = "development_exclusion_reason is null and kind = '" ~ kind ~ "'" %},

        -- counts of {{ kind }}
        {{ one_when(counts) }} as {{ kind }}_assigned,
        {{ one_when(counts ~ ' and is_completed') }} as {{ kind }}_completed,
        {{ one_when(counts ~ ' and is_on_time') }} as {{ kind }}_completed_on_time
        {%- endfor %}
    from excluded

)

select * from counted
where {{ is_built_tonight('activity_date', 'agent_day') }}
