{# A view: fct_case_resolution reads it. #}
{{ config(materialized='view') }}

with cases as (

    select * from {{ ref('int_case') }}

),

events as (

    select * from {{ ref('stg_crm__case_events') }}
    where event_type in ('resolved', 'reopened')

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

reopened_cases as (

    select case_id from cases
    where last_reopened_at is not null
    union distinct
    select case_id from events
    where event_type = 'reopened'

),

-- A record tells of its last resolution, and often forgets it when the case is opened again. Only
-- what was opened again needs the events put in order.
moments as (

    select
        case_id,
        'resolved' as kind,
        resolved_at as happened_at,
        resolved_by_agent_id as agent_id,
        is_resolver_named
    from cases
    where resolved_at is not null

    union all

    select
        case_id,
        'reopened' as kind,
        last_reopened_at as happened_at,
        cast(null as string) as agent_id,
        false as is_resolver_named
    from cases
    where last_reopened_at is not null

    union all

    select
        events.case_id,
        events.event_type as kind,
        events.occurred_at as happened_at,
        identities.agent_id,
        events.crm_agent_id is not null as is_resolver_named
    from events
    left outer join identities
        on events.source_system = identities.identity_system
        and events.crm_agent_id = identities.external_id
        and events.occurred_at >= identities.valid_from_at
        and events.occurred_at < identities.valid_to_at
    where events.case_id in (select reopened_cases.case_id from reopened_cases)

),

-- Resolved, resolved, reopened is one resolution told twice, and the first moment counts.
in_order as (

    select
        *,
        lag(kind) over by_case as previous_kind,
        min(case when kind = 'reopened' then happened_at end) over (
            partition by case_id
            order by happened_at asc, kind asc, is_resolver_named desc, agent_id asc
            rows between 1 following and unbounded following
        ) as reopened_at
    from moments
    where case_id in (select reopened_cases.case_id from reopened_cases)
    window by_case as (
        partition by case_id
        order by happened_at asc, kind asc, is_resolver_named desc, agent_id asc
    )

),

resolutions as (

    select
        case_id,
        happened_at as resolved_at,
        agent_id,
        is_resolver_named,
        reopened_at
    from in_order
    where kind = 'resolved' and coalesce(previous_kind, '') <> 'resolved'

    union all

    select
        case_id,
        happened_at as resolved_at,
        agent_id,
        is_resolver_named,
        cast(null as timestamp) as reopened_at
    from moments
    where case_id not in (select reopened_cases.case_id from reopened_cases)

)

select * from resolutions
