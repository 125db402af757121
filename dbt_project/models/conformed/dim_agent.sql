with rosters as (

    select * from {{ ref('stg_hr__agent_rosters') }}

),

identities as (

    select * from {{ ref('stg_hr__agent_identities') }}

),

-- The terms in force last say whether an agent has left.
agents as (

    select
        agent_id,
        hire_date,
        termination_date,
        valid_from_date,
        1 as rosters,
        row_number() over (
            partition by agent_id
            order by valid_from_date desc, source_system asc
        ) as terms_number
    from rosters

    union all

    select
        agent_id,
        cast(null as date) as hire_date,
        cast(null as date) as termination_date,
        valid_from_date,
        0 as rosters,
        0 as terms_number
    from identities

),

described as (

    select
        agent_id,
        min(valid_from_date) as first_known_date,
        max(hire_date) as hire_date,
        max(case when terms_number = 1 then termination_date end) as termination_date,
        sum(rosters) > 0 as is_in_roster
    from agents
    group by agent_id

)

select * from described
