{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with candidates as (

    {% for kind in ['contact', 'case', 'evaluation', 'survey'] -%}
    select
        '{{ kind }}' as event_kind,
        *
    from {{ ref('fct_' ~ kind ~ '_candidate') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

rules as (

    select * from {{ source('catalogue', 'attribution_rule') }}

),

-- Several things may speak for one candidate: what earns the credit does so before the newest.
numbered as (

    select
        *,
        row_number() over (
            partition by
                event_kind,
                source_system,
                event_id,
                agent_id,
                case when agent_id is null then source_agent_id end
            order by
                case when not_credited_reason is null then 0 else 1 end asc,
                evidence_at desc nulls last,
                evidence asc,
                evidence_id asc
        ) as evidence_number
    from candidates

),

counted as (

    select
        *,
        count(*) over (partition by event_kind, source_system, event_id) as number_of_candidates
    from numbered
    where evidence_number = 1

),

-- One candidate is worth a row only while nobody knows who it is.
choices as (

    select
        -- ids
        counted.event_kind,
        counted.source_system,
        counted.event_id,
        counted.agent_id,
        case when counted.agent_id is null then counted.source_agent_id end as source_agent_id,

        -- dates
        counted.activity_date,

        -- why
        rules.rule,
        rules.version as rule_version,
        counted.evidence,
        counted.evidence_id,
        counted.evidence_at,
        counted.not_credited_reason,

        -- booleans
        counted.not_credited_reason is null as is_credited
    from counted
    left outer join rules
        on counted.event_kind = rules.event_kind
        and counted.activity_date >= rules.effective_from_date
        and counted.activity_date < rules.effective_to_date
    where
        (
            counted.number_of_candidates > 1
            or counted.not_credited_reason in ('unknown_agent', 'nobody_named')
        )
        and {{ is_built_tonight('counted.activity_date', 'outcome') }}

)

select * from choices
