with identities as (

    select * from {{ ref('stg_hr__agent_identities') }}

),

assignments as (

    select * from {{ ref('dim_agent_assignment') }}

),

-- An identity begins and ends at midnight where the agent works: at the first assignment that has
-- not ended when the identity begins.
placed as (

    select
        identities.identity_system,
        identities.external_id,
        identities.agent_id,
        identities.valid_from_date,
        identities.valid_to_date,
        coalesce(assignments.site_time_zone, 'UTC') as site_time_zone,
        row_number() over (
            partition by
                identities.identity_system,
                identities.external_id,
                identities.valid_from_date,
                identities.agent_id
            order by assignments.valid_from_date
        ) as assignment_number
    from identities
    left outer join assignments
        on identities.agent_id = assignments.agent_id
        and identities.valid_from_date < assignments.valid_to_date

),

timed as (

    select
        identity_system,
        external_id,
        agent_id,
        {{ local_midnight_at('valid_from_date', 'site_time_zone') }} as valid_from_at,
        case
            when valid_to_date = date '9999-12-31' then timestamp '9999-12-31 00:00:00'
            else {{ local_midnight_at('valid_to_date', 'site_time_zone') }}
        end as valid_to_at
    from placed
    where assignment_number = 1

),

-- A log-in that was handed on belongs to the newer holder from that day, even when the older
-- period was never closed: an event has at most one agent.
one_holder_at_a_time as (

    select
        identity_system,
        external_id,
        agent_id,
        valid_from_at,
        least(
            valid_to_at,
            coalesce(
                lead(valid_from_at) over (
                    partition by identity_system, external_id
                    order by valid_from_at, agent_id
                ),
                valid_to_at
            )
        ) as valid_to_at
    from timed

)

select * from one_holder_at_a_time
where valid_to_at > valid_from_at
