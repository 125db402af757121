{{ config(materialized='incremental', meta={'part': 'agent_day'}) }}

with vendor_days as (

    select * from {{ ref('stg_wfm__adherence_vendor_days') }}
    where {{ is_built_tonight('vendor_date', 'agent_day') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

agent_days as (

    select * from {{ ref('fct_agent_day') }}

),

agent_dates as (

    select * from {{ ref('int_agent_calendar_day') }}

),

shifts as (

    select * from {{ ref('fct_shift') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

-- Of an identity that changes hands at midnight, whoever has it at noon of the day.
attributed as (

    select
        vendor_days.*,
        identities.agent_id
    from vendor_days
    left outer join identities
        on vendor_days.source_system = identities.identity_system
        and vendor_days.wfm_agent_id = identities.external_id
        and {{ minutes_later('cast(vendor_days.vendor_date as timestamp)', 720) }}
        >= identities.valid_from_at
        and {{ minutes_later('cast(vendor_days.vendor_date as timestamp)', 720) }}
        < identities.valid_to_at

),

-- The vendor cuts its days at midnight, and we where a shift begins.
over_midnight as (

    select distinct
        agent_dates.agent_id,
        agent_dates.calendar_date
    from agent_dates
    inner join shifts
        on agent_dates.agent_id = shifts.agent_id
        and agent_dates.day_starts_at < shifts.ends_at
        and agent_dates.day_ends_at > shifts.starts_at
    where
        shifts.starts_at < agent_dates.day_starts_at
        or shifts.ends_at > agent_dates.day_ends_at

),

side_by_side as (

    select
        attributed.source_system,
        attributed.wfm_agent_id,
        attributed.agent_id,
        attributed.vendor_date as activity_date,
        agent_days.scheduled_seconds,
        attributed.scheduled_seconds as vendor_scheduled_seconds,
        agent_days.in_adherence_seconds,
        cast(cast(
            attributed.adherence_share * attributed.scheduled_seconds as decimal(18, 0)
        ) as bigint) as vendor_in_adherence_seconds,
        agent_days.on_queue_seconds,
        attributed.actual_on_queue_seconds as vendor_on_queue_seconds,
        agent_days.edited_after_start_seconds,
        agent_days.has_ended,
        attributed.day_time_zone <> agent_dates.site_time_zone as is_another_zone,
        over_midnight.agent_id is not null as is_over_midnight,
        calendar_dates.reconciliation_tolerance_seconds
    from attributed
    inner join calendar_dates on attributed.vendor_date = calendar_dates.calendar_date
    left outer join agent_days
        on attributed.agent_id = agent_days.agent_id
        and attributed.vendor_date = agent_days.activity_date
    left outer join agent_dates
        on attributed.agent_id = agent_dates.agent_id
        and attributed.vendor_date = agent_dates.calendar_date
    left outer join over_midnight
        on attributed.agent_id = over_midnight.agent_id
        and attributed.vendor_date = over_midnight.calendar_date

),

-- Less is on neither side than what one of them does not say.
gaps as (

    select
        *,
        scheduled_seconds - vendor_scheduled_seconds as scheduled_gap_seconds,
        in_adherence_seconds - vendor_in_adherence_seconds as in_adherence_gap_seconds,
        on_queue_seconds - vendor_on_queue_seconds as on_queue_gap_seconds
    from side_by_side

),

reasoned as (

    select
        -- ids
        source_system,
        wfm_agent_id,
        agent_id,

        -- dates
        activity_date,

        -- categories
        case
            when agent_id is null then 'unknown_agent'
            when scheduled_seconds is null then 'nothing_of_ours'
            when not has_ended then 'day_has_not_ended'
            when
                coalesce(abs(scheduled_gap_seconds), 0) <= reconciliation_tolerance_seconds
                and coalesce(abs(in_adherence_gap_seconds), 0) <= reconciliation_tolerance_seconds
                and coalesce(abs(on_queue_gap_seconds), 0) <= reconciliation_tolerance_seconds
                then 'agrees'
            when is_another_zone then 'vendor_day_of_another_zone'
            when is_over_midnight then 'shift_over_midnight'
            when edited_after_start_seconds > 0 then 'schedule_edited_after_start'
            else 'unexplained'
        end as reconciliation,

        -- seconds
        scheduled_seconds,
        vendor_scheduled_seconds,
        scheduled_gap_seconds,
        in_adherence_seconds,
        vendor_in_adherence_seconds,
        in_adherence_gap_seconds,
        on_queue_seconds,
        vendor_on_queue_seconds,
        on_queue_gap_seconds
    from gaps

)

select * from reasoned
