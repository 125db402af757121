{# A view: fct_attribution keeps what it says. #}
{{ config(materialized='view') }}

with answers as (

    select * from {{ ref('fct_survey_response') }}
    where {{ is_built_tonight('activity_date', 'outcome') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

owners as (

    select * from {{ ref('int_case_owner') }}

),

agents as (

    select * from {{ ref('dim_agent') }}

),

-- A response with several questions has one agent.
responses as (

    select
        *,
        row_number() over (
            partition by source_system, response_id
            order by question_id
        ) as question_number,
        max(csat_eligible_responses - csat_satisfied_responses) over (
            partition by source_system, response_id
        ) > 0 as is_unsatisfied
    from answers

),

gathered as (

    select
        responses.*,
        cases.resolved_by_agent_id,
        cases.resolved_at,
        owners.owner_agent_id,
        owners.owned_at,
        case
            when not owners.is_handed_over or owners.owned_at <= responses.responded_at
                then 'another_comes_first'
            when agents.termination_date < cast(owners.owned_at as date)
                then 'handed_over_by_a_leaver'
            when responses.is_unsatisfied then 'handed_over_after_a_bad_rating'
            else 'handed_over'
        end as owner_reason,
        responses.survey_agent_id is not null
        and responses.attribution_reason <> 'named_by_the_survey' as is_survey_agent_unknown
    from responses
    left outer join cases on responses.case_id = cases.case_id
    left outer join owners on responses.case_id = owners.case_id
    left outer join agents on responses.agent_id = agents.agent_id
    where responses.question_number = 1

),

-- Where everything that is known of an answer points to one agent, there is nothing to choose.
open_answers as (

    select * from gathered
    where
        agent_id is null
        or is_survey_agent_unknown
        or handling_agent_id <> agent_id
        or resolved_by_agent_id <> agent_id
        or owner_agent_id <> agent_id

),

candidates as (

    {% for agent, source_agent, evidence, evidence_id, evidence_at, reason, is_there in [
        ('agent_id', 'null', 'attribution_reason', 'response_id', 'responded_at',
            "case when agent_id is null then 'nobody_named' end", 'not is_survey_agent_unknown '
            ~ 'or agent_id is not null'),
        ('null', 'survey_agent_id', "'named_by_the_survey'", 'response_id', 'responded_at',
            "'unknown_agent'", 'is_survey_agent_unknown'),
        ('handling_agent_id', 'null', "'handled_the_contact'", 'contact_id', 'null',
            "'another_comes_first'", 'handling_agent_id <> agent_id'),
        ('resolved_by_agent_id', 'null', "'resolved_the_case'", 'case_id', 'resolved_at',
            "'another_comes_first'", 'resolved_by_agent_id <> agent_id'),
        ('owner_agent_id', 'null', "'owns_the_case_now'", 'case_id', 'owned_at',
            'owner_reason', 'owner_agent_id <> agent_id'),
    ] -%}
    select
        source_system,
        response_id as event_id,
        activity_date,
        cast({{ agent }} as varchar) as agent_id,
        cast({{ source_agent }} as varchar) as source_agent_id,
        {{ evidence }} as evidence,
        {{ evidence_id }} as evidence_id,
        cast({{ evidence_at }} as timestamp) as evidence_at,
        cast({{ reason }} as varchar) as not_credited_reason
    from open_answers
    where {{ is_there }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from candidates
