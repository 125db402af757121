with rosters as (

    select * from {{ ref('stg_hr__agent_rosters') }}

),

feeds as (

    select * from {{ source('run', 'feed') }}

),

assignments as (

    select
        -- ids
        rosters.agent_id,

        -- dates
        rosters.valid_from_date,
        rosters.valid_to_date,
        rosters.hire_date,
        rosters.role_start_date,

        -- where and under whom
        rosters.team_id,
        rosters.supervisor_agent_id,
        rosters.site_id,
        rosters.site_time_zone,
        rosters.job_role,
        rosters.worker_type,
        rosters.work_location,
        rosters.contracted_share,
        rosters.employment_status,

        -- whether a scorecard may be made
        rosters.is_scorecard_eligible
        and rosters.employment_status = 'active' as is_scorecard_eligible,
        case
            when not rosters.is_scorecard_eligible
                then coalesce(rosters.ineligible_reason, 'other')
            when rosters.employment_status <> 'active' then 'not_active'
        end as ineligible_reason,
        coalesce(feeds.is_derived, false) as is_derived
    from rosters
    left outer join feeds on feeds.feed = 'agent_roster'

)

select * from assignments
