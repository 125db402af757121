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

gathered as (

    select
        answers.*,
        cases.resolved_by_agent_id,
        cases.resolved_at,
        owners.owner_agent_id,
        owners.owned_at,
        case
            when not owners.is_handed_over or owners.owned_at <= answers.responded_at
                then 'another_comes_first'
            when agents.termination_date < cast(owners.owned_at as date)
                then 'handed_over_by_a_leaver'
            when answers.csat_eligible_responses > answers.csat_satisfied_responses
                then 'handed_over_after_a_bad_rating'
            else 'handed_over'
        end as owner_reason,
        answers.survey_agent_id is not null
        and answers.attribution_reason <> 'named_by_the_survey' as is_survey_agent_unknown
    from answers
    left outer join cases on answers.case_id = cases.case_id
    left outer join owners on answers.case_id = owners.case_id
    left outer join agents on answers.agent_id = agents.agent_id

),

-- Where everything that is known of an answer points to one agent, there is nothing to choose.
-- A response with several questions has one agent; the question that was not satisfied speaks.
numbered as (

    select
        *,
        row_number() over (
            partition by source_system, response_id
            order by csat_eligible_responses - csat_satisfied_responses desc, question_id asc
        ) as question_number
    from gathered
    where
        agent_id is null
        or is_survey_agent_unknown
        or handling_agent_id <> agent_id
        or resolved_by_agent_id <> agent_id
        or owner_agent_id <> agent_id

),

open_answers as (

    select * from numbered
    where question_number = 1

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
        cast({{ agent }} as string) as agent_id,
        cast({{ source_agent }} as string) as source_agent_id,
        {{ evidence }} as evidence,
        {{ evidence_id }} as evidence_id,
        cast({{ evidence_at }} as timestamp) as evidence_at,
        cast({{ reason }} as string) as not_credited_reason
    from open_answers
    where {{ is_there }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from candidates
