with rosters as (

    select * from {{ ref('stg_hr__agent_rosters') }}

),

identities as (

    select * from {{ ref('stg_hr__agent_identities') }}

),

agents as (

    select
        agent_id,
        hire_date,
        coalesce(termination_date, date '9999-12-31') as termination_date,
        valid_from_date,
        1 as rosters
    from rosters

    union all

    select
        agent_id,
        null as hire_date,
        null as termination_date,
        valid_from_date,
        0 as rosters
    from identities

),

described as (

    select
        agent_id,
        min(valid_from_date) as first_known_date,
        max(hire_date) as hire_date,
        nullif(max_by(termination_date, valid_from_date), date '9999-12-31') as termination_date,
        sum(rosters) > 0 as is_in_roster
    from agents
    group by agent_id

)

select * from described
