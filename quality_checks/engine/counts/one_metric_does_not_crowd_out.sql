with limits as (

    select
        view,
        max(case when threshold = 'warn_above_share' then value end) as warn_above_share,
        max(case when threshold = 'withhold_above_share' then value end) as withhold_above_share
    from catalogue.policy_threshold
    where check_id = 'one_metric_does_not_crowd_out'
    group by view

),

weighed as (

    select
        scorecard_agent_period.*,
        limits.warn_above_share,
        limits.withhold_above_share
    from scorecards.scorecard_agent_period
    left outer join limits on scorecard_agent_period.view = limits.view
    where scorecard_agent_period.composite_points is not null
        or scorecard_agent_period.withheld_reason = 'one_metric_crowds_out'

),

heavy_per_view as (

    select
        'view' as scope_type,
        view as scope_id,
        'warn' as severity,
        count(*) as n,
        count(*) - count(case when largest_share <= warn_above_share then 1 end) as failing,
        max(largest_share) as measured,
        cast(max(warn_above_share) as double) as threshold,
        'one_metric_weighs_much' as reason_code
    from weighed
    group by view

),

withheld_per_view as (

    select
        'view' as scope_type,
        view as scope_id,
        'withhold' as severity,
        count(*) as n,
        count(case when withheld_reason = 'one_metric_crowds_out' then 1 end) as failing,
        max(largest_share) as measured,
        cast(max(withhold_above_share) as double) as threshold,
        'one_metric_crowds_out' as reason_code
    from weighed
    group by view

),

shown_per_view as (

    select
        'view' as scope_type,
        view as scope_id,
        'block' as severity,
        count(*) as n,
        count(*) - count(case when largest_share <= withhold_above_share then 1 end) as failing,
        max(largest_share) as measured,
        cast(max(withhold_above_share) as double) as threshold,
        'shown_although_crowded_out' as reason_code
    from weighed
    where composite_points is not null and state = 'measured'
    group by view

),

counted as (

    select * from heavy_per_view
    union all
    select * from withheld_per_view
    union all
    select * from shown_per_view

)

select * from counted
