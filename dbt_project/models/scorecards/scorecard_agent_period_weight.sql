with points as (

    select * from {{ ref('scorecard_agent_period_points') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

scorecards as (

    select * from {{ source('catalogue', 'scorecard') }}

),

weights as (

    select * from {{ source('catalogue', 'scorecard_weight') }}

),

-- One scorecard a kind of period; should two be in force, the first by name is it.
scorecards_in_force as (

    select
        periods.period_id,
        scorecards.scorecard,
        scorecards.effective_from_date,
        scorecards.minimum_category_share,
        scorecards.minimum_composite_share,
        row_number() over (
            partition by periods.period_id
            order by scorecards.scorecard asc, scorecards.effective_from_date desc
        ) as scorecard_number
    from periods
    inner join scorecards
        on periods.period_kind = scorecards.period_kind
        and periods.first_date >= scorecards.effective_from_date
        and periods.first_date < scorecards.effective_to_date

),

weighted as (

    select
        points.*,
        weights.perspective_share,
        weights.metric_share,
        scorecards_in_force.minimum_category_share,
        scorecards_in_force.minimum_composite_share,
        points.points is not null and weights.metric is not null as is_scored
    from points
    inner join scorecards_in_force
        on points.period_id = scorecards_in_force.period_id
        and scorecards_in_force.scorecard_number = 1
    left outer join weights
        on scorecards_in_force.scorecard = weights.scorecard
        and scorecards_in_force.effective_from_date = weights.effective_from_date
        and points.metric = weights.metric

),

-- The weight of a metric without points goes to the others of its perspective, never elsewhere.
perspectives as (

    select
        agent_id,
        period_id,
        view,
        perspective,
        min(perspective_share) as perspective_share,
        sum(case when is_scored then metric_share else 0 end) as scored_metric_share,
        coalesce(
            sum(case when is_scored then metric_share else 0 end) >= min(minimum_category_share)
            and sum({{ one_when('is_scored') }}) > 0, false
        ) as is_covered
    from weighted
    where metric_share is not null
    group by agent_id, period_id, view, perspective

),

covered as (

    select
        *,
        cast(sum(case when is_covered then perspective_share else 0 end) over (
            partition by agent_id, period_id, view
        ) as decimal(38, 6)) as covered_share
    from perspectives

),

shared as (

    select
        -- ids
        weighted.agent_id,
        weighted.period_id,
        weighted.view,
        weighted.metric,

        -- categories
        weighted.perspective,

        -- what was measured
        weighted.numerator,
        weighted.denominator,
        weighted.n,
        weighted.value,
        weighted.state,
        weighted.withheld_reason,
        weighted.n_needed,

        -- against which target
        weighted.outer_low,
        weighted.floor,
        weighted.target,
        weighted.stretch,
        weighted.outer_high,
        weighted.band_low,
        weighted.band_high,
        weighted.points_at_target,
        weighted.has_target,
        weighted.points,

        -- with which weight
        weighted.perspective_share,
        weighted.metric_share,
        weighted.minimum_composite_share,
        covered.covered_share,
        case
            when weighted.is_scored and covered.is_covered
                then
                    cast(weighted.metric_share as double)
                    / nullif(covered.scored_metric_share, 0)
        end as share_of_perspective,
        case
            when weighted.is_scored and covered.is_covered
                then cast(weighted.metric_share * covered.perspective_share as double)
                    / nullif(covered.scored_metric_share * covered.covered_share, 0)
        end as effective_share
    from weighted
    left outer join covered
        on weighted.agent_id = covered.agent_id
        and weighted.period_id = covered.period_id
        and weighted.view = covered.view
        and weighted.perspective = covered.perspective

)

select * from shared
