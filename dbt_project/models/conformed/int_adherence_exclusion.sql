{# A view: it is read once, by int_activity_stretch. #}
{{ config(materialized='view') }}

with outages as (

    select * from {{ ref('int_outage') }}

),

exceptions as (

    select * from {{ ref('stg_wfm__adherence_exceptions') }}
    where is_approved and {{ is_read_tonight('ends_at', 'time') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

-- A period that ends as it begins holds no time.
periods as (

    select
        agent_id,
        starts_at,
        ends_at,
        1 as outages,
        0 as exceptions
    from outages
    where ends_at > starts_at

    union all

    select
        identities.agent_id,
        exceptions.starts_at,
        exceptions.ends_at,
        0 as outages,
        1 as exceptions
    from exceptions
    inner join identities
        on exceptions.source_system = identities.identity_system
        and exceptions.wfm_agent_id = identities.external_id
        and exceptions.starts_at >= identities.valid_from_at
        and exceptions.starts_at < identities.valid_to_at
    where exceptions.ends_at > exceptions.starts_at

),

edges as (

    select
        agent_id,
        starts_at as changed_at,
        outages,
        exceptions
    from periods

    union all

    select
        agent_id,
        ends_at as changed_at,
        -outages as outages,
        -exceptions as exceptions
    from periods

),

edges_of_an_instant as (

    select
        agent_id,
        changed_at,
        sum(outages) as outages,
        sum(exceptions) as exceptions
    from edges
    group by agent_id, changed_at

),

-- What was down for everybody goes before what was explained for one.
reasons as (

    select
        agent_id,
        changed_at,
        case
            when sum(outages) over so_far > 0 then 'system_outage'
            when sum(exceptions) over so_far > 0 then 'approved_exception'
        end as adherence_exclusion_reason
    from edges_of_an_instant
    window so_far as (
        partition by agent_id
        order by changed_at
        rows between unbounded preceding and current row
    )

)

select * from reasons
