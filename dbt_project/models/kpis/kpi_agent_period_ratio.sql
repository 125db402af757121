with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where has_ended

),

measures as (

    select * from {{ ref('kpi_agent_period_measure') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

terms as (

    select * from {{ ref('int_metric_term') }}

),

metrics as (

    select * from {{ source('catalogue', 'metric') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

agent_periods as (

    select
        agent_days.agent_id,
        periods.period_id,
        bool_or(agent_days.is_scorecard_eligible) as is_eligible,
        cast(sum({{ one_when('not agent_days.is_complete') }}) as bigint) as gap_days
    from agent_days
    inner join periods
        on agent_days.activity_date >= periods.first_date
        and agent_days.activity_date < periods.end_date
    group by agent_days.agent_id, periods.period_id

),

-- The version in force on the first day of a period scores the whole period.
period_terms as (

    select
        periods.period_id,
        periods.period_kind,
        periods.first_date as period_first_date,
        periods.end_date as period_end_date,
        metrics.metric,
        terms.metric_version,
        terms.side,
        terms.measure,
        terms.coefficient,
        terms.feed,
        terms.final_after_days,
        terms.is_feed_declared,
        terms.is_feed_left_out
    from periods
    cross join metrics
    left outer join terms
        on metrics.metric = terms.metric
        and periods.first_date >= terms.effective_from_date
        and periods.first_date < terms.effective_to_date

),

-- Every agent with a day in the period and every metric: what is missing is said, not left out.
ratios as (

    select
        agent_periods.agent_id,
        agent_periods.period_id,
        period_terms.metric,
        period_terms.period_kind,
        period_terms.period_first_date,
        period_terms.period_end_date,
        cast(period_terms.metric_version as integer) as metric_version,
        {{ ratio_of_terms() }},
        cast(max(case when period_terms.side = 'sample' then measures.days end) as bigint)
            as evidence_days,
        max(period_terms.final_after_days) as final_after_days,
        agent_periods.gap_days,
        agent_periods.is_eligible,
        coalesce(bool_and(period_terms.is_feed_declared), false) as is_declared,
        coalesce(bool_or(period_terms.is_feed_left_out), false) as is_left_out,
        coalesce(bool_or(period_terms.feed = 'qa_evaluation'), false) as is_evaluator_judged
    from agent_periods
    inner join period_terms on agent_periods.period_id = period_terms.period_id
    left outer join measures
        on agent_periods.agent_id = measures.agent_id
        and agent_periods.period_id = measures.period_id
        and period_terms.measure = measures.measure
    group by
        agent_periods.agent_id,
        agent_periods.period_id,
        period_terms.metric,
        period_terms.period_kind,
        period_terms.period_first_date,
        period_terms.period_end_date,
        period_terms.metric_version,
        agent_periods.gap_days,
        agent_periods.is_eligible

),

divided as (

    select
        ratios.agent_id,
        ratios.period_id,
        ratios.metric,
        ratios.period_kind,
        ratios.period_first_date,
        {{ provisional_until(
            'ratios.period_end_date', 'ratios.final_after_days', 'context.as_of'
        ) }} as provisional_until_date,
        ratios.metric_version,
        ratios.numerator,
        ratios.denominator,
        ratios.n,
        ratios.evidence_days,
        ratios.gap_days,
        ratios.is_eligible,
        ratios.is_declared,
        ratios.is_left_out,
        ratios.is_evaluator_judged,
        cast(ratios.numerator as double) / nullif(cast(ratios.denominator as double), 0) as value
    from ratios
    cross join context

)

select * from divided
