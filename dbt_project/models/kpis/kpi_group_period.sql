{%- set kinds = {
    'centre': "'centre'",
    'site': 'site_id',
    'team': 'team_id',
    'channel': 'channel',
    'queue_family': 'queue_family',
} -%}

with agent_days as (

    select * from {{ ref('fct_agent_day') }}
    where is_complete

),

agent_day_queues as (

    select * from {{ ref('fct_agent_day_queue') }}
    where is_complete

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

memberships as (

    select distinct
        agent_id,
        activity_date,
        site_id,
        team_id,
        cast(null as varchar) as channel,
        cast(null as varchar) as queue_family
    from agent_days
    union distinct
    select distinct
        agent_id,
        activity_date,
        site_id,
        team_id,
        channel,
        queue_family
    from agent_day_queues

),

members as (

    select distinct
        memberships.agent_id,
        memberships.site_id,
        memberships.team_id,
        memberships.channel,
        memberships.queue_family,
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
        count(distinct agent_id) as agents
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
        group_members.agents,
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
        terms.metric,
        group_members.agents

),

divided as (

    select
        group_kind,
        group_id,
        period_id,
        metric,
        numerator,
        denominator,
        n,
        cast(agents as bigint) as agents,
        cast(numerator as double) / nullif(cast(denominator as double), 0) as value
    from ratios

),

stated as (

    select
        *,
        case when value is null then 'not_measured' else 'measured' end as state
    from divided

)

select * from stated
