with weighted as (

    select * from {{ ref('scorecard_agent_period_weight') }}

),

last_days as (

    select * from {{ ref('kpi_agent_period_last_day') }}

),

policy as (

    select * from {{ ref('int_policy_by_view') }}

),

-- The heaviest metric; of equally heavy ones the first by name.
ordered as (

    select
        *,
        row_number() over (
            partition by agent_id, period_id, view
            order by effective_share desc nulls last, metric asc
        ) as weight_number
    from weighted

),

composed as (

    select
        agent_id,
        period_id,
        view,
        {{ exact_sum('effective_share * points') }} as composite_points,
        coalesce(max(covered_share), 0) as covered_share,
        sum(case
            when metric_share is not null and effective_share is null
                then perspective_share * metric_share
            else 0
        end) as lost_share,
        max(effective_share) as largest_share,
        max(case when weight_number = 1 and effective_share is not null then metric end)
            as largest_metric,
        min(minimum_composite_share) as minimum_composite_share,
        bool_or(state = 'measured') as is_anything_measured,
        bool_or(state = 'measured' and has_target) as has_any_target
    from ordered
    group by agent_id, period_id, view

),

reasoned as (

    select
        composed.*,
        last_days.team_id,
        last_days.supervisor_agent_id,
        last_days.site_id,
        last_days.job_role,
        last_days.days,
        last_days.gap_days,
        last_days.is_roster_derived,
        case
            when not last_days.is_eligible then 'not_eligible'
            when not composed.is_anything_measured then 'nothing_measured'
            when not composed.has_any_target then 'no_target_in_force'
            when composed.covered_share < composed.minimum_composite_share
                then 'too_little_weight_covered'
            when not coalesce(composed.largest_share <= policy.withhold_above_share, false)
                then 'one_metric_crowds_out'
        end as withheld_reason
    from composed
    inner join last_days
        on composed.agent_id = last_days.agent_id
        and composed.period_id = last_days.period_id
    inner join policy on composed.view = policy.view

),

stated as (

    select
        -- ids
        agent_id,
        period_id,
        view,
        team_id,
        supervisor_agent_id,
        site_id,
        job_role,

        -- evidence
        days,
        gap_days,
        case when withheld_reason is null then cast(composite_points as double) end
            as composite_points,
        case when withheld_reason is null then 'measured' else 'withheld' end as state,
        withheld_reason,

        -- weight
        cast(covered_share as double) as covered_share,
        cast(lost_share as double) as lost_share,
        largest_share,
        largest_metric,

        -- booleans
        is_roster_derived
    from reasoned

)

select * from stated
