with ratios as (

    select * from {{ ref('kpi_agent_period_ratio') }}

),

evidence as (

    select * from {{ ref('kpi_agent_period_evidence') }}

),

last_days as (

    select * from {{ ref('kpi_agent_period_last_day') }}

),

metrics as (

    select * from {{ source('catalogue', 'metric') }}

),

targets as (

    select * from {{ source('catalogue', 'metric_target') }}

),

-- The target of the agent's own role goes before the one for any role.
targets_in_force as (

    select
        targets.*,
        last_days.agent_id,
        last_days.period_id,
        row_number() over (
            partition by last_days.agent_id, last_days.period_id, targets.metric
            order by
                case when targets.job_role = last_days.job_role then 0 else 1 end asc,
                targets.effective_from_date desc
        ) as target_number
    from last_days
    inner join targets
        on (last_days.job_role = targets.job_role or targets.job_role = '*')
        and last_days.period_first_date >= targets.effective_from_date
        and last_days.period_first_date < targets.effective_to_date

),

judged as (

    select
        evidence.agent_id,
        evidence.period_id,
        evidence.view,
        evidence.metric,
        metrics.perspective,
        ratios.numerator,
        ratios.denominator,
        ratios.n,
        ratios.value,
        evidence.state,
        evidence.withheld_reason,
        evidence.n_needed,
        {%- for limit in [
            'outer_low', 'floor', 'target', 'stretch', 'outer_high', 'band_low', 'band_high',
            'points_at_floor', 'points_at_target', 'points_at_stretch',
        ] %}
        cast(targets_in_force.{{ limit }} as double) as {{ limit }},
        {%- endfor %}
        targets_in_force.metric is not null as has_target
    from evidence
    inner join ratios
        on evidence.agent_id = ratios.agent_id
        and evidence.period_id = ratios.period_id
        and evidence.metric = ratios.metric
    inner join metrics on evidence.metric = metrics.metric
    left outer join targets_in_force
        on evidence.agent_id = targets_in_force.agent_id
        and evidence.period_id = targets_in_force.period_id
        and evidence.metric = targets_in_force.metric
        and targets_in_force.target_number = 1

),

-- How far the value is on its way: 0 at the limit that scores least, 1 where the target is met.
-- A target below its floor means that lower is better; the fractions are the same.
attained as (

    select
        *,
        case
            when band_low is not null and value < band_low
                then cast(value - outer_low as double) / nullif(band_low - outer_low, 0)
            when band_high is not null and value > band_high
                then cast(outer_high - value as double) / nullif(outer_high - band_high, 0)
            when band_low is not null then 1
            else cast(value - floor as double) / nullif(target - floor, 0)
        end as attainment_share,
        cast(value - target as double) / nullif(stretch - target, 0) as stretch_share
    from judged

),

scored as (

    select
        -- ids
        agent_id,
        period_id,
        view,
        metric,

        -- categories
        perspective,

        -- what was measured
        numerator,
        denominator,
        n,
        value,
        state,
        withheld_reason,
        n_needed,

        -- against which target
        outer_low,
        floor,
        target,
        stretch,
        outer_high,
        band_low,
        band_high,
        points_at_target,
        case
            when state <> 'measured' or not has_target then null
            when attainment_share >= 1
                then
                    points_at_target
                    + (coalesce(points_at_stretch, points_at_target) - points_at_target)
                    * least(coalesce(stretch_share, 0), 1)
            else
                points_at_floor
                + (points_at_target - points_at_floor) * greatest(attainment_share, 0)
        end as points,

        -- booleans
        has_target
    from attained

)

select * from scored
