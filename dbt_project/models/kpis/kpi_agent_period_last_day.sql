with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where has_ended

),

assignments as (

    select * from {{ ref('dim_agent_assignment') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

days_in_period as (

    select
        agent_days.agent_id,
        periods.period_id,
        periods.period_kind,
        periods.first_date as period_first_date,
        agent_days.activity_date,
        agent_days.team_id,
        agent_days.supervisor_agent_id,
        agent_days.site_id,
        agent_days.job_role,
        bool_or(agent_days.is_scorecard_eligible) over in_period as is_eligible,
        sum({{ one_when('agent_days.is_complete') }}) over in_period as days,
        sum({{ one_when('not agent_days.is_complete') }}) over in_period as gap_days,
        row_number() over (
            partition by agent_days.agent_id, periods.period_id
            order by agent_days.activity_date desc
        ) as day_number
    from agent_days
    inner join periods
        on agent_days.activity_date >= periods.first_date
        and agent_days.activity_date < periods.end_date
    window in_period as (partition by agent_days.agent_id, periods.period_id)

),

last_days as (

    select
        days_in_period.agent_id,
        days_in_period.period_id,
        days_in_period.period_kind,
        days_in_period.period_first_date,
        days_in_period.activity_date as last_activity_date,
        days_in_period.team_id,
        days_in_period.supervisor_agent_id,
        days_in_period.site_id,
        days_in_period.job_role,
        cast(days_in_period.days as bigint) as days,
        cast(days_in_period.gap_days as bigint) as gap_days,
        days_in_period.is_eligible,
        coalesce(assignments.is_derived, false) as is_roster_derived
    from days_in_period
    left outer join assignments
        on days_in_period.agent_id = assignments.agent_id
        and days_in_period.activity_date >= assignments.valid_from_date
        and days_in_period.activity_date < assignments.valid_to_date
    where days_in_period.day_number = 1

)

select * from last_days
