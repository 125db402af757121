{# A view: DuckDB writes a wide table more slowly than it joins one, five seconds for two million
   legs, and only fct_contact keeps them. #}
{{ config(materialized='view') }}

with legs as (

    {{ legs_read_tonight('*') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

-- A queue that is not listed is a family of its own.
queues as (

    select
        queue_id,
        queue_family,
        valid_from_date,
        lead(valid_from_date) over (partition by queue_id order by valid_from_date) as valid_to_date
    from {{ ref('dim_queue') }}

),

attributed as (

    select
        legs.*,
        identities.agent_id,
        case
            when legs.crm_agent_id is null then 'nobody_handled'
            when identities.agent_id is null then 'unknown_agent'
            else 'identity'
        end as attribution_reason
    from legs
    left outer join identities
        on legs.source_system = identities.identity_system
        and legs.crm_agent_id = identities.external_id
        and legs.leg_started_at >= identities.valid_from_at
        and legs.leg_started_at < identities.valid_to_at

),

-- Work in a shift belongs to the shift. Outside of one the contact's own start decides, which is
-- looked up a second time only when it lies in another stretch than the leg.
looked_up as (

    select
        attributed.*,
        business_days.activity_date as leg_date,
        case
            when
                not business_days.is_in_shift
                and (
                    attributed.contact_started_at < business_days.starts_at
                    or attributed.contact_started_at >= business_days.ends_at
                )
                then coalesce(attributed.agent_id, '')
        end as contact_day_agent_id
    from attributed
    left outer join business_days
        on coalesce(attributed.agent_id, '') = business_days.agent_id
        and cast(attributed.leg_started_at as date) = business_days.utc_date
        and attributed.leg_started_at >= business_days.starts_at
        and attributed.leg_started_at < business_days.ends_at

),

dated as (

    select
        looked_up.*,
        coalesce(business_days.activity_date, looked_up.leg_date) as activity_date,
        coalesce(looked_up.talk_seconds, looked_up.hold_seconds, looked_up.acw_seconds)
        is not null as has_handle_time,
        coalesce(looked_up.talk_seconds, 0)
        + coalesce(looked_up.hold_seconds, 0)
        + coalesce(looked_up.acw_seconds, 0) as known_seconds
    from looked_up
    left outer join business_days
        on looked_up.contact_day_agent_id = business_days.agent_id
        and cast(looked_up.contact_started_at as date) = business_days.utc_date
        and looked_up.contact_started_at >= business_days.starts_at
        and looked_up.contact_started_at < business_days.ends_at

),

judged as (

    select
        -- ids
        dated.source_system,
        dated.contact_id,
        dated.leg_id,
        dated.case_id,
        dated.agent_id,
        case when dated.agent_id is null then dated.crm_agent_id end as unknown_crm_agent_id,
        dated.customer_key,
        coalesce(queues.queue_family, dated.queue_id, 'unknown') as queue_family,

        -- dates and times
        dated.contact_started_at,
        dated.leg_started_at,
        dated.leg_ended_at,
        dated.activity_date,

        -- categories
        dated.channel,
        dated.direction,
        dated.contact_reason,
        dated.transfer_type,
        dated.attribution_reason,

        -- seconds
        dated.queue_seconds,
        dated.talk_seconds,
        dated.hold_seconds,
        dated.acw_seconds,
        case
            when dated.has_handle_time and coalesce(dated.is_time_whole, true)
                then dated.known_seconds
        end as handle_seconds,
        calendar_dates.repeat_window_days,

        -- booleans
        dated.is_handled as is_answered,
        dated.is_handled and coalesce(
            dated.has_handle_time
            and dated.known_seconds < calendar_dates.short_contact_limit_seconds, false
        ) as is_short,
        dated.is_abandoned,
        dated.is_transferred_out
    from dated
    left outer join calendar_dates
        on dated.activity_date = calendar_dates.calendar_date
    left outer join queues
        on dated.queue_id = queues.queue_id
        and dated.activity_date >= queues.valid_from_date
        and dated.activity_date < coalesce(queues.valid_to_date, date '9999-12-31')

)

select * from judged
