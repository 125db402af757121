with rows_kept_apart as (

    select * from {{ ref('fct_row_kept_apart') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

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

cases as (

    select * from {{ ref('int_case') }}

),

planned as (

    select * from {{ ref('int_planned_activity_in_force') }}

),

actual as (

    select * from {{ ref('int_actual_activity_attributed') }}

),

unattributed_moments as (

    select
        'planned_activity' as feed,
        starts_at as happened_at
    from planned
    where agent_id is null
    union all
    select
        'actual_activity' as feed,
        starts_at as happened_at
    from actual
    where agent_id is null
    union all
    select
        'case_record' as feed,
        resolved_at as happened_at
    from cases
    where is_resolver_unknown

),

-- Accepted, and of an agent nobody has told us of: it waits for the identity and is nobody's.
unattributed as (

    select
        unattributed_moments.feed,
        business_days.activity_date
    from unattributed_moments
    left outer join business_days
        on business_days.agent_id = ''
        and cast(unattributed_moments.happened_at as date) = business_days.utc_date
        and unattributed_moments.happened_at >= business_days.starts_at
        and unattributed_moments.happened_at < business_days.ends_at
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
        count(*) as gap_rows,
        false as is_kept_apart
    from unattributed
    group by activity_date, feed

)

select * from gaps
