-- Sent whole: what HR knows on the day of the extract, a fortnight ahead.
with agents as (

    select
        agent.agent_id,
        date_of(known.from_day) as valid_from,
        date_of(known.known_to_day) as valid_to,
        'active' as employment_status,
        'employee' as worker_type,
        known.job_role,
        team.team_id,
        team.supervisor_agent_id,
        team.site_id,
        team.zone as site_time_zone,
        'customer_service' as business_unit,
        agent.contracted_share,
        agent.weekly_hours as contracted_weekly_hours,
        date_of(agent.hire_day) as hire_date,
        date_of(
            if(known.job_role = 'trainee', agent.hire_day, greatest(agent.hire_day, known.from_day))
        ) as role_start_date,
        case when agent.last_day <= getvariable('known_day') then date_of(agent.last_day) end
            as termination_date,
        if(
            uniform_of('location', agent.agent_number) < getvariable('agent_remote_share'),
            'remote', 'on_site'
        ) as work_location,
        known.job_role <> 'trainee' as scorecard_eligible,
        case when known.job_role = 'trainee' then 'trainee' end as ineligible_reason
    from assignment_as_known as known
    inner join agent on known.agent_number = agent.agent_number
    inner join team on known.team_number = team.team_number

),

supervisors as (

    select
        supervisor_agent_id as agent_id,
        date_of(-getvariable('agent_longest_days')) as valid_from,
        null as valid_to,
        'active' as employment_status,
        'employee' as worker_type,
        'team_leader' as job_role,
        team_id,
        null as supervisor_agent_id,
        site_id,
        zone as site_time_zone,
        'customer_service' as business_unit,
        1 as contracted_share,
        40 as contracted_weekly_hours,
        date_of(-getvariable('agent_longest_days')) as hire_date,
        date_of(-getvariable('agent_longest_days')) as role_start_date,
        null as termination_date,
        'on_site' as work_location,
        false as scorecard_eligible,
        'support_role' as ineligible_reason
    from team

)

select * from agents
union all
select * from supervisors
order by agent_id, valid_from
