{# A view: fct_attribution keeps what it says. #}
{{ config(materialized='view') }}

-- Where the evaluation names who had the leg, there is nothing to choose.
with open_evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where
        coalesce(qa_exclusion_reason, '') <> 'retracted'
        and (named_agent_id is null or named_agent_id <> leg_agent_id)
        and {{ is_built_tonight('activity_date', 'outcome') }}

),

candidates as (

    select
        source_system,
        evaluation_id as event_id,
        activity_date,
        named_agent_id as agent_id,
        qa_agent_id as source_agent_id,
        'named_by_the_evaluation' as evidence,
        evaluation_id as evidence_id,
        case
            when named_agent_id is null then 'unknown_agent'
            when named_agent_id <> agent_id then 'another_had_the_evaluated_leg'
        end as not_credited_reason
    from open_evaluations

    union all

    select
        source_system,
        evaluation_id as event_id,
        activity_date,
        leg_agent_id as agent_id,
        cast(null as string) as source_agent_id,
        'handled_the_evaluated_leg' as evidence,
        contact_id as evidence_id,
        case when agent_id is null or agent_id <> leg_agent_id then 'evaluation_names_another' end
            as not_credited_reason
    from open_evaluations
    where leg_agent_id is not null

),

timed as (

    select
        source_system,
        event_id,
        activity_date,
        agent_id,
        source_agent_id,
        evidence,
        evidence_id,
        cast(null as timestamp) as evidence_at,
        not_credited_reason
    from candidates

)

select * from timed
