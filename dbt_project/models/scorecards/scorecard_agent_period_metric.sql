with weighted as (

    select * from {{ ref('scorecard_agent_period_weight') }}

),

composites as (

    select * from {{ ref('scorecard_agent_period') }}

),

perspectives as (

    select
        agent_id,
        period_id,
        view,
        perspective,
        cast({{ exact_sum('share_of_perspective * points') }} as double) as perspective_points
    from weighted
    group by agent_id, period_id, view, perspective

),

-- The contributions of a composite that is withheld would tell it: they are withheld with it.
contributed as (

    select
        -- ids
        weighted.agent_id,
        weighted.period_id,
        weighted.view,
        weighted.metric,

        -- categories
        weighted.perspective,

        -- what was measured
        weighted.value,
        weighted.numerator,
        weighted.denominator,
        weighted.n,
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
        weighted.points,

        -- with which weight
        cast(weighted.perspective_share as double) as perspective_share,
        cast(weighted.metric_share as double) as metric_share,
        weighted.effective_share,
        case
            when composites.state = 'measured'
                then weighted.effective_share * (weighted.points - weighted.points_at_target)
        end as contribution_points,
        perspectives.perspective_points
    from weighted
    inner join composites
        on weighted.agent_id = composites.agent_id
        and weighted.period_id = composites.period_id
        and weighted.view = composites.view
    left outer join perspectives
        on weighted.agent_id = perspectives.agent_id
        and weighted.period_id = perspectives.period_id
        and weighted.view = perspectives.view
        and weighted.perspective = perspectives.perspective

)

select * from contributed
