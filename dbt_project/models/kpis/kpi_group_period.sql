{%- set kinds = {
    'centre': "'centre'",
    'site': 'site_id',
    'team': 'team_id',
    'channel': 'channel',
    'queue_family': 'queue_family',
} -%}

with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where has_ended

),

agent_day_queues as (

    select * from {{ ref('fct_agent_day_queue') }}
    where has_ended

),

measures as (

    select * from {{ ref('kpi_group_measure') }}

),

periods as (

    select * from {{ ref('dim_period') }}

),

terms as (

    select * from {{ ref('int_metric_term') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

memberships as (

    select distinct
        agent_id,
        activity_date,
        site_id,
        team_id,
        cast(null as string) as channel,
        cast(null as string) as queue_family,
        is_complete
    from agent_days
    union distinct
    select distinct
        agent_id,
        activity_date,
        site_id,
        team_id,
        channel,
        queue_family,
        is_complete
    from agent_day_queues

),

members as (

    select distinct
        memberships.agent_id,
        memberships.site_id,
        memberships.team_id,
        memberships.channel,
        memberships.queue_family,
        case when not memberships.is_complete then memberships.activity_date end as gap_date,
        periods.period_id
    from memberships
    inner join periods
        on memberships.activity_date >= periods.first_date
        and memberships.activity_date < periods.end_date

),

group_sums as (

    {% for kind, column in kinds.items() -%}
    select
        '{{ kind }}' as group_kind,
        {{ column }} as group_id,
        period_id,
        measure,
        sum(summed) as summed
    from measures
    where {{ column }} is not null
    group by {{ column }}, period_id, measure
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

group_members as (

    {% for kind, column in kinds.items() -%}
    select
        '{{ kind }}' as group_kind,
        {{ column }} as group_id,
        period_id,
        count(distinct case when gap_date is null then agent_id end) as agents,
        count(distinct agent_id || ' ' || cast(gap_date as string)) as gap_days
    from members
    where {{ column }} is not null
    group by {{ column }}, period_id
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A group's value is a ratio of sums, never a mean of its agents' ratios.
ratios as (

    select
        group_members.group_kind,
        group_members.group_id,
        group_members.period_id,
        terms.metric,
        max(group_members.agents) as agents,
        max(group_members.gap_days) as gap_days,
        max(periods.end_date) as end_date,
        max(terms.final_after_days) as final_after_days,
        {{ ratio_of_terms() }}
    from group_members
    inner join periods on group_members.period_id = periods.period_id
    inner join terms
        on periods.first_date >= terms.effective_from_date
        and periods.first_date < terms.effective_to_date
    left outer join group_sums
        on group_members.group_kind = group_sums.group_kind
        and group_members.group_id = group_sums.group_id
        and group_members.period_id = group_sums.period_id
        and terms.measure = group_sums.measure
    group by
        group_members.group_kind,
        group_members.group_id,
        group_members.period_id,
        terms.metric

),

divided as (

    select
        ratios.group_kind,
        ratios.group_id,
        ratios.period_id,
        ratios.metric,
        {{ provisional_until('ratios.end_date', 'ratios.final_after_days', 'context.as_of') }}
            as provisional_until_date,
        ratios.numerator,
        ratios.denominator,
        ratios.n,
        cast(ratios.agents as bigint) as agents,
        cast(ratios.gap_days as bigint) as gap_days,
        cast(ratios.numerator as double) / nullif(cast(ratios.denominator as double), 0) as value,
        case
            when ratios.numerator is null or coalesce(ratios.denominator, 0) = 0 then 'not_measured'
            else 'measured'
        end as state
    from ratios
    cross join context

)

select * from divided
