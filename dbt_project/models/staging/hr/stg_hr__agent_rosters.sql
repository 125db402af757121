with believed as (

    {{ believed('agent_roster') }}

),

renamed as (

    select
        -- ids
        source_system,
        agent_id,
        team_id,
        supervisor_agent_id,
        site_id,

        -- dates
        valid_from as valid_from_date,
        {{ exclusive_end_date('valid_to') }} as valid_to_date,
        hire_date,
        role_start_date,
        termination_date,

        -- categories
        employment_status,
        worker_type,
        job_role,
        work_location,
        site_time_zone,
        ineligible_reason,

        -- measures
        contracted_share,

        -- booleans
        scorecard_eligible as is_scorecard_eligible
    from believed

)

select * from renamed
