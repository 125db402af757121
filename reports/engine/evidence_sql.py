"""The queries of the pages, each for all pages at once.

Belongs here: reading published rows as they are, in a total order.
Does not belong here: arithmetic on values of people. That is done in `kpis` and `scorecards`.
"""

# A quarter of two days has no totals: until it has, the one that just ended is what people read.
NEWEST_PERIOD = """
with newest as (
    select period.*
    from conformed.dim_period as period
    where period.period_kind = $period_kind
        and period.period_id in (
            select period_id from scorecards.scorecard_agent_period where view = $view
        )
    order by period.first_date desc, period.period_id desc
    limit 2
),
with_totals as (
    select distinct period_id
    from scorecards.scorecard_agent_period
    where view = $view
        and state = 'measured'
)
select newest.period_id, newest.period_kind, newest.first_date, newest.end_date, newest.is_closed
from newest
left outer join with_totals on newest.period_id = with_totals.period_id
order by with_totals.period_id is null, newest.first_date desc, newest.period_id desc
limit 1
"""

SCORECARDS = """
select
    agent_id, team_id, supervisor_agent_id, site_id, job_role, days, gap_days, composite_points,
    state, withheld_reason, covered_share, lost_share, largest_share, largest_metric,
    coalesce(is_roster_derived, false)
from scorecards.scorecard_agent_period
where view = $view
    and period_id = $period_id
order by agent_id
"""

AGENT_METRICS = """
select
    card.agent_id, card.metric, card.perspective, card.state, card.withheld_reason,
    card.value, card.numerator::double, card.denominator::double, card.n, card.n_needed,
    kpi.evidence_days, kpi.provisional_until_date,
    card.floor::double, card.target::double, card.stretch::double, card.outer_low::double,
    card.band_low::double, card.band_high::double, card.outer_high::double,
    card.points, card.perspective_share::double, card.metric_share::double,
    card.effective_share::double, card.contribution_points::double, card.perspective_points
from scorecards.scorecard_agent_period_metric as card
left outer join kpis.kpi_agent_period as kpi
    on card.agent_id = kpi.agent_id
    and card.period_id = kpi.period_id
    and card.metric = kpi.metric
where card.view = $view
    and card.period_id = $period_id
order by
    card.agent_id, card.perspective_share desc nulls last, card.perspective,
    card.metric_share desc nulls last, card.metric
"""

GROUP_VALUES = """
select
    group_kind, group_id, metric, value, numerator::double, denominator::double, agents, gap_days,
    n, state, provisional_until_date
from kpis.kpi_group_period
where period_id = $period_id
order by group_kind, group_id, metric
"""

# The weeks stand in one row per agent and metric: 5,000 agents have 650,000 weekly values.
COURSES = """
select
    agent_id, metric,
    list(week_first_date order by week_first_date),
    list(value order by week_first_date),
    sum(n)::bigint
from kpis.kpi_agent_week
where value is not null
    and week_first_date > $as_of::date - 7 * $trend_weeks::integer
    and week_first_date <= $as_of::date
group by agent_id, metric
order by agent_id, metric
"""

METRICS = """
with version_in_force as (
    select metric, version
    from catalogue.metric_version
    where effective_from_date <= $first_date
        and effective_to_date > $first_date
),

side as (
    select
        term.metric, term.side, min(measure.unit) as unit,
        string_agg(measure.label, ', ' order by term.measure) as label
    from catalogue.metric_term as term
    inner join version_in_force
        on term.metric = version_in_force.metric
        and term.version = version_in_force.version
    inner join catalogue.measure as measure
        on term.measure = measure.measure
    group by term.metric, term.side
),

-- The order of the scorecard, heaviest category and metric first; unweighted metrics come last.
weight as (
    select
        metric, max(perspective_share) as perspective_share, max(metric_share) as metric_share
    from scorecards.scorecard_agent_period_metric
    where view = $view
        and period_id = $period_id
    group by metric
)

select
    metric.metric, metric.label, metric.asks, metric.unit, metric.better, metric.perspective,
    numerator.unit, denominator.unit, sample.label
from catalogue.metric as metric
left outer join side as numerator
    on metric.metric = numerator.metric
    and numerator.side = 'numerator'
left outer join side as denominator
    on metric.metric = denominator.metric
    and denominator.side = 'denominator'
left outer join side as sample
    on metric.metric = sample.metric
    and sample.side = 'sample'
left outer join weight
    on metric.metric = weight.metric
order by
    weight.perspective_share desc nulls last, metric.perspective,
    weight.metric_share desc nulls last, metric.metric
"""

MISSING_FEEDS = """
select distinct term.metric, feed.feed, feed.left_out_because is not null
from catalogue.metric_term as term
inner join catalogue.measure as measure
    on term.measure = measure.measure
inner join run.feed as feed
    on measure.feed = feed.feed
    or feed.left_out_because is not null
    and (measure.measure, feed.feed) in (from catalogue.measure_refinement)
where not feed.is_declared
order by term.metric, feed.feed
"""

# Only complete days are final; an open period is said to end with the newest of them.
NEWEST_DAY = """
select max(activity_date)
from facts.fct_agent_day
where is_complete
"""

# A sentence about a single agent has no place on a page of the centre.
CHECKS = """
select
    check_id, min(family), case when status = 'failed' then severity else '' end as severity,
    status, count(*)::bigint,
    coalesce(
        list(explanation order by scope_type, scope_id, explanation)
            filter (where scope_type <> 'agent'),
        []
    )
from gate.check_result
where run_id = $run_id
group by all
order by check_id, severity desc, status
"""
