with rows_kept_apart as (

    select * from {{ ref('fct_row_kept_apart') }}

),

contacts as (

    select * from {{ ref('fct_contact') }}

),

evaluations as (

    select * from {{ ref('fct_evaluation') }}

),

responses as (

    select * from {{ ref('fct_survey_response') }}

),

development_events as (

    select * from {{ ref('fct_development_event') }}

),

resolutions as (

    select * from {{ ref('fct_case_resolution') }}

),

unattributed_activities as (

    select * from {{ ref('fct_unattributed_activity') }}

),

nobodys_rows as (

    select
        'case_record' as feed,
        activity_date
    from resolutions
    where case_exclusion_reason = 'resolver_unknown'
    union all
    select
        'contact_leg' as feed,
        activity_date
    from contacts
    where attribution_reason = 'unknown_agent'
    union all
    select
        'qa_evaluation' as feed,
        activity_date
    from evaluations
    where qa_exclusion_reason = 'agent_unknown'
    union all
    select
        'survey_response' as feed,
        activity_date
    from responses
    where
        'agent_unknown' in (csat_exclusion_reason, nps_exclusion_reason, ces_exclusion_reason)
    union all
    select
        'development_event' as feed,
        activity_date
    from development_events
    where development_exclusion_reason = 'agent_unknown'

),

-- Accepted, and of an agent nobody has told us of: it waits for the identity and is nobody's.
unattributed as (

    select
        feed,
        activity_date,
        count(*) as gap_rows
    from nobodys_rows
    group by feed, activity_date
    union all
    select
        feed,
        activity_date,
        unattributed_rows as gap_rows
    from unattributed_activities

),

gaps as (

    select
        agent_id,
        activity_date,
        feed,
        reason,
        count(*) as gap_rows,
        true as is_kept_apart
    from rows_kept_apart
    group by agent_id, activity_date, feed, reason
    union all
    select
        '' as agent_id,
        activity_date,
        feed,
        'unknown_agent' as reason,
        gap_rows,
        false as is_kept_apart
    from unattributed

)

select * from gaps
