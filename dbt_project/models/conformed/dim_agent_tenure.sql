with assignments as (

    select * from {{ ref('dim_agent_assignment') }}

),

bands as (

    select * from {{ source('catalogue', 'tenure_band') }}

),

counted as (

    select
        assignments.agent_id,
        assignments.valid_from_date,
        assignments.valid_to_date,
        bands.tenure_band,
        bands.effective_from_date,
        bands.effective_to_date,
        bands.from_days,
        bands.to_days,
        case
            when bands.counted_from = 'role_start_date'
                then coalesce(assignments.role_start_date, assignments.hire_date)
            else assignments.hire_date
        end as start_date
    from assignments
    cross join bands

),

-- A band holds while the assignment, its own days and the version of the bands all do.
placed as (

    select
        agent_id,
        greatest(valid_from_date, effective_from_date, {{ add_days('start_date', 'from_days') }})
            as valid_from_date,
        least(
            valid_to_date,
            effective_to_date,
            coalesce({{ add_days('start_date', 'to_days') }}, valid_to_date)
        ) as valid_to_date,
        tenure_band,
        start_date as counted_from_date
    from counted
    where start_date is not null

)

select * from placed
where valid_to_date > valid_from_date
