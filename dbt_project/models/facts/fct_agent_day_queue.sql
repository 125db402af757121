{{ config(materialized='incremental', meta={'part': 'agent_day_queue'}) }}
{%- set key = ['agent_id', 'activity_date', 'channel', 'queue_family'] -%}
{#- What is counted in which fact, by the feed without which it is not measured. -#}
{%- set counted = {
    'fct_contact': {'contact_leg': [
        'offered_contacts', 'handled_contacts', 'timed_contacts', 'acw_timed_contacts',
        'short_contacts', 'abandoned_contacts', 'transfer_known_contacts',
        'transferred_out_contacts', 'transfer_type_known_contacts',
        'blind_transferred_out_contacts', 'consult_transferred_out_contacts',
        'queue_transferred_out_contacts', 'repeat_eligible_contacts', 'repeat_contacts',
    ]},
    'fct_contact_resolution': {
        'contact_leg': ['fcr_eligible_contacts', 'fcr_resolved_contacts'],
        'case_record': ['resolution_eligible_contacts', 'resolved_contacts'],
    },
    'fct_case_resolution': {'case_record': ['resolved_cases'], 'case_event': ['reopened_cases']},
    'fct_evaluation': {'qa_evaluation': [
        'evaluations', 'random_evaluations', 'targeted_evaluations', 'calibration_evaluations',
        'automatic_evaluations', 'critical_errors', 'qa_points_earned', 'qa_points_possible',
    ]},
    'fct_survey_invitation': {
        'survey_invitation': ['surveys_invited', 'surveys_delivered', 'surveys_answered'],
    },
    'fct_survey_response': {'survey_response': [
        'csat_eligible_responses', 'csat_satisfied_responses', 'nps_eligible_responses',
        'nps_promoters', 'nps_passives', 'nps_detractors', 'ces_responses', 'ces_points',
    ]},
    'fct_conversation': {'conversation_analytics': [
        'analysed_contacts', 'agent_talk_seconds', 'customer_talk_seconds', 'silence_seconds',
        'overlap_seconds', 'compliance_phrases_due', 'compliance_phrases_hit',
        'probing_questions_due', 'probing_questions_asked',
    ]},
    'fct_parallel_contact': {},
} -%}
{#- Rows of which nothing counts make no row here. -#}
{%- set counting = {
    'fct_case_resolution': 'case_exclusion_reason is null',
    'fct_evaluation': 'evaluations + random_evaluations + targeted_evaluations '
        ~ '+ calibration_evaluations + automatic_evaluations > 0',
    'fct_survey_response': 'csat_eligible_responses + nps_eligible_responses + ces_responses > 0',
    'fct_conversation': 'analysed_contacts > 0',
} -%}
{#- A number that no event of the day says is zero only where there was no such event. -#}
{%- set said_by = {
    'critical_errors': 'evaluations', 'conversation_analytics': 'analysed_contacts',
} -%}
{%- set points = ['qa_points_earned', 'qa_points_possible', 'ces_points'] -%}
{%- set seconds = ['talk_seconds', 'hold_seconds', 'acw_seconds', 'handle_seconds'] -%}
{#- Time of a contact too short to have been handled is on neither side of an average. -#}
{%- set handled = 'case when handled_contacts = 1 then {} end' -%}
{#- Contacts handled at once share the clock; what that takes off their time is summed apart. -#}
{%- set summed = {'shared_off_seconds': 'shared_handle_seconds - handle_seconds'} -%}
{%- set also = {'fct_contact': seconds, 'fct_parallel_contact': ['shared_off_seconds']} -%}

with agent_dates as (

    {{ agent_dates_of('fct_agent_day_queue') }}

),

declared as (

    select * from {{ ref('int_declared_feed') }}

),

{% for fact, by_feed in counted.items() -%}
sums_of_{{ fact }} as (

    select
        {{ key | join(', ') }},
    {%- for measure in by_feed.values() | sum(start=[]) + also.get(fact, []) %}
    {%- set expression = handled.format(measure) if measure in seconds else measure %}
    sum({{ summed.get(measure, expression) }}) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ ref(fact) }}
    where
        agent_id is not null
        and {{ counting.get(fact, 'true') }}
        and {{ is_built_tonight('activity_date', 'agent_day_queue') }}
    group by {{ key | join(', ') }}

),

{% endfor -%}
stratum_keys as (

    {% for fact in counted -%}
    select {{ key | join(', ') }} from sums_of_{{ fact }}
    {{ 'union distinct' if not loop.last }}
    {% endfor %}
),

-- Joined: to group the sums of all facts once more took three times as long.
strata as (

    select
        stratum_keys.*,
        {%- for fact, by_feed in counted.items() %}
        {%- for measure in by_feed.values() | sum(start=[]) + also.get(fact, []) %}
        sums_of_{{ fact }}.{{ measure }},
        {%- endfor %}
        {%- endfor %}
        sums_of_fct_contact.handle_seconds
        + coalesce(sums_of_fct_parallel_contact.shared_off_seconds, 0) as shared_handle_seconds
    from stratum_keys
    {% for fact in counted -%}
    left outer join sums_of_{{ fact }}
        on stratum_keys.agent_id = sums_of_{{ fact }}.agent_id
        and stratum_keys.activity_date = sums_of_{{ fact }}.activity_date
        and stratum_keys.channel = sums_of_{{ fact }}.channel
        and stratum_keys.queue_family = sums_of_{{ fact }}.queue_family
    {% endfor %}
),

-- Team, site and role are those of the day. A measure of an undeclared feed is null, never zero.
agent_day_queues as (

    select
        -- ids
        strata.agent_id,

        -- dates
        strata.activity_date,
        agent_dates.final_from_date,

        -- categories
        strata.channel,
        strata.queue_family,
        agent_dates.team_id,
        agent_dates.supervisor_agent_id,
        agent_dates.site_id,
        agent_dates.job_role,

        -- booleans
        agent_dates.is_scorecard_eligible,
        agent_dates.has_ended,
        agent_dates.is_complete,

        -- counts and points
        {%- for by_feed in counted.values() %}
        {%- for feed, names in by_feed.items() %}
        {%- for measure in names %}
        {%- set type = 'decimal(18, 4)' if measure in points else 'bigint' %}
        {%- set events = said_by.get(measure, said_by.get(feed)) %}
        {%- set zero = 'case when coalesce(' ~ events ~ ', 0) = 0 then 0 end' if events else 0 %}
        case
            when has_{{ feed }} then cast(coalesce({{ measure }}, {{ zero }}) as {{ type }})
        end as {{ measure }},
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}

        -- seconds
    {%- for measure in seconds + ['shared_handle_seconds'] %}
    cast(coalesce(
        strata.{{ measure }},
        case
            when
                declared.has_{{ measure | replace('shared_', '') }}
                and coalesce(strata.handled_contacts, 0) = 0
                then 0
        end
        ) as bigint) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from strata
    cross join declared
    inner join agent_dates
        on strata.agent_id = agent_dates.agent_id
        and strata.activity_date = agent_dates.calendar_date

)

select * from agent_day_queues
