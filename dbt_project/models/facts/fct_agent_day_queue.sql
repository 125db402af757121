{{ config(materialized='incremental', meta={'part': 'agent_day_queue'}) }}
{%- set key = 'agent_id, activity_date, channel, queue_family' -%}
{%- set seconds = ['talk_seconds', 'hold_seconds', 'acw_seconds', 'handle_seconds'] -%}
{%- set measures_of_feed = {
    'contact_leg': [
        'handled_contacts', 'timed_contacts', 'acw_timed_contacts', 'short_contacts',
        'transfer_known_contacts', 'transferred_out_contacts',
        'repeat_eligible_contacts', 'repeat_contacts', 'fcr_eligible_contacts',
        'fcr_resolved_contacts',
    ],
    'case_record': ['resolution_eligible_contacts', 'resolved_contacts'],
    'qa_evaluation': ['evaluations', 'qa_points_earned', 'qa_points_possible'],
    'survey_invitation': ['surveys_invited'],
    'survey_response': ['csat_eligible_responses', 'csat_satisfied_responses'],
} -%}

with contacts as (

    select * from {{ ref('fct_contact') }}
    where agent_id is not null

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where qa_exclusion_reason is null

),

invitations as (

    select * from {{ ref('fct_survey_invitation') }}
    where agent_id is not null and surveys_invited > 0

),

responses as (

    select * from {{ ref('fct_survey_response') }}
    where csat_exclusion_reason is null

),

agent_dates as (

    {{ agent_dates_of('fct_agent_day_queue') }}

),

declared as (

    select * from {{ ref('int_declared_feed') }}

),

-- Time spent on a contact that was too short to have been handled is on neither side of an average.
contacts_summed as (

    select
        {{ key }},
        {%- for measure in seconds %}
        sum(case when handled_contacts = 1 then {{ measure }} end) as {{ measure }},
        {%- endfor %}
    {%- for measure in measures_of_feed['contact_leg'] + measures_of_feed['case_record'] %}
    sum({{ measure }}) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from contacts
    group by {{ key }}

),

{% for events, feed in {
    'evaluations': 'qa_evaluation',
    'invitations': 'survey_invitation',
    'responses': 'survey_response',
}.items() %}
{{- events }}_summed as (

    select
        {{ key }},
    {%- for measure in measures_of_feed[feed] %}
    sum({{ measure }}) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ events }}
    group by {{ key }}

),

{% endfor -%}

strata as (

    select {{ key }} from contacts_summed
    union distinct
    select {{ key }} from evaluations_summed
    union distinct
    select {{ key }} from invitations_summed
    union distinct
    select {{ key }} from responses_summed

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
        {%- for feed, measures in measures_of_feed.items() %}
        {%- for measure in measures %}
        {%- set type = 'decimal(18, 4)' if measure.startswith('qa_points') else 'bigint' %}
        case when declared.has_{{ feed }} then cast(coalesce({{ measure }}, 0) as {{ type }}) end
            as {{ measure }},
        {%- endfor %}
        {%- endfor %}

        -- seconds
    {%- for measure in seconds %}
    cast(coalesce(
        {{ measure }},
        case when declared.has_{{ measure }} and coalesce(handled_contacts, 0) = 0 then 0 end
        ) as bigint) as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from strata
    cross join declared
    {%- for events in ['contacts', 'evaluations', 'invitations', 'responses'] %}
    left outer join {{ events }}_summed
        on strata.agent_id = {{ events }}_summed.agent_id
        and strata.activity_date = {{ events }}_summed.activity_date
        and strata.channel = {{ events }}_summed.channel
        and strata.queue_family = {{ events }}_summed.queue_family
    {%- endfor %}
    inner join agent_dates
        on strata.agent_id = agent_dates.agent_id
        and strata.activity_date = agent_dates.calendar_date

)

select * from agent_day_queues
where {{ is_built_tonight('activity_date', 'agent_day_queue') }}
