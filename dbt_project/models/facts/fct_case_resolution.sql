{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with resolutions as (

    select * from {{ ref('int_case_resolution') }}
    where {{ is_read_tonight('resolved_at', 'outcome') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

contacts as (

    select * from {{ ref('fct_contact') }}
    where handled_contacts = 1

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

context as (

    select * from {{ source('run', 'context') }}

),

-- A case names no queue; its contacts do, and the last one before the resolution counts.
contacts_of_case as (

    select
        resolutions.case_id,
        resolutions.resolved_at,
        contacts.channel,
        contacts.queue_family,
        row_number() over (
            partition by resolutions.case_id, resolutions.resolved_at
            order by
                contacts.leg_started_at desc,
                contacts.source_system asc,
                contacts.contact_id asc,
                contacts.leg_id asc
        ) as contact_number
    from resolutions
    inner join contacts
        on resolutions.case_id = contacts.case_id
        and resolutions.resolved_at >= contacts.leg_started_at

),

dated as (

    select
        resolutions.*,
        cases.source_system,
        cases.contact_reason,
        coalesce(contacts_of_case.channel, cases.channel, 'other') as channel,
        coalesce(contacts_of_case.queue_family, 'unknown') as queue_family,
        cases.exclusion_reason,
        cases.is_resolved,
        business_days.activity_date,
        {{ days_later('resolutions.resolved_at', 'calendar_dates.reopen_window_days') }}
            as reopen_window_closes_at
    from resolutions
    inner join cases on resolutions.case_id = cases.case_id
    left outer join contacts_of_case
        on resolutions.case_id = contacts_of_case.case_id
        and resolutions.resolved_at = contacts_of_case.resolved_at
        and contacts_of_case.contact_number = 1
    left outer join business_days
        on coalesce(resolutions.agent_id, '') = business_days.agent_id
        and cast(resolutions.resolved_at as date) = business_days.utc_date
        and resolutions.resolved_at >= business_days.starts_at
        and resolutions.resolved_at < business_days.ends_at
    left outer join calendar_dates
        on business_days.activity_date = calendar_dates.calendar_date

),

excluded as (

    select
        dated.*,
        coalesce(dated.reopened_at <= dated.reopen_window_closes_at, false) as is_reopened,
        case
            when dated.exclusion_reason is not null then dated.exclusion_reason
            when dated.reopened_at is null and not dated.is_resolved then 'resolved_no_more'
            when not dated.is_resolver_named then 'resolver_not_named'
            when dated.agent_id is null then 'resolver_unknown'
            when dated.reopen_window_closes_at is null then 'no_definition_in_force'
            when dated.reopen_window_closes_at > context.as_of then 'reopen_window_still_open'
        end as case_exclusion_reason
    from dated
    cross join context

),

counted as (

    select
        -- ids
        source_system,
        case_id,
        agent_id,

        -- dates and times
        resolved_at,
        activity_date,
        reopen_window_closes_at,

        -- categories
        channel,
        queue_family,
        contact_reason,
        case_exclusion_reason,

        -- counts
        {{ one_when('case_exclusion_reason is null and not is_reopened') }} as resolved_cases,
        {{ one_when('case_exclusion_reason is null and is_reopened') }} as reopened_cases
    from excluded

)

select * from counted
where {{ is_built_tonight('activity_date', 'outcome') }}
