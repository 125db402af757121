{# A view: its only reader is int_activity_stretch, and fct_activity keeps what that says. #}
{{ config(materialized='view') }}

with actual as (

    select * from {{ ref('stg_wfm__actual_activities') }}
    where {{ is_read_tonight('starts_at', 'time') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

activity_types as (

    select * from {{ ref('dim_activity_type') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

-- A state still open lasts until now, and no longer than a closed one may (`max_24h` of its
-- contract): nobody is at work for weeks because the end of a state never came.
attributed as (

    select
        actual.source_system,
        actual.wfm_agent_id,
        identities.agent_id,
        actual.platform,
        actual.starts_at,
        coalesce(
            actual.ends_at, least(context.as_of, {{ days_later('actual.starts_at', 1) }})
        ) as ends_at,
        coalesce(own_types.activity_type_key, other_types.activity_type_key) as activity_type_key,
        actual.routing_status,
        case when identities.agent_id is null then 'unknown_agent' else 'identity' end
            as attribution_reason
    from actual
    cross join context
    left outer join identities
        on actual.source_system = identities.identity_system
        and actual.wfm_agent_id = identities.external_id
        and actual.starts_at >= identities.valid_from_at
        and actual.starts_at < identities.valid_to_at
    left outer join activity_types as own_types
        on actual.source_system = own_types.source_system
        and actual.activity_code = own_types.activity_code
        and cast(actual.starts_at as date) >= own_types.valid_from_date
        and cast(actual.starts_at as date) < own_types.valid_to_date
    left outer join activity_types as other_types
        on actual.activity_code = other_types.activity_code
        and other_types.is_used_by_other_sources
        and cast(actual.starts_at as date) >= other_types.valid_from_date
        and cast(actual.starts_at as date) < other_types.valid_to_date

)

select * from attributed
