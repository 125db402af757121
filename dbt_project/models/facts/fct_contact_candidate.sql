{# A view: fct_attribution keeps what it says. #}
{{ config(materialized='view') }}

with answered as (

    select * from {{ ref('fct_contact') }}
    where is_answered

),

legs as (

    select * from {{ ref('stg_crm__contact_legs') }}

),

-- Where every leg answered is the one credited, and its agent known, there is nothing to choose.
open_contacts as (

    select distinct
        source_system,
        contact_id
    from answered
    where
        (not is_last_handling_leg or agent_id is null)
        and {{ is_built_tonight('activity_date', 'outcome') }}

),

candidates as (

    select
        answered.source_system,
        answered.contact_id,
        answered.leg_id,
        answered.agent_id,
        answered.leg_started_at,
        case
            when answered.agent_id is null then 'unknown_agent'
            when answered.is_last_handling_leg then null
            when answered.handled_contacts = 0 then 'short_contact'
            else 'handled_further_by_another_leg'
        end as not_credited_reason,
        first_value(answered.activity_date) over (
            partition by answered.source_system, answered.contact_id
            order by
                answered.is_last_handling_leg desc,
                answered.leg_started_at desc,
                answered.leg_id desc
        ) as activity_date
    from answered
    inner join open_contacts
        on answered.source_system = open_contacts.source_system
        and answered.contact_id = open_contacts.contact_id

),

strangers as (

    select
        legs.source_system,
        legs.contact_id,
        legs.leg_id,
        legs.crm_agent_id
    from legs
    inner join answered
        on legs.source_system = answered.source_system
        and legs.contact_id = answered.contact_id
        and legs.leg_id = answered.leg_id
    where answered.agent_id is null

),

named as (

    select
        candidates.source_system,
        candidates.contact_id as event_id,
        candidates.activity_date,
        candidates.agent_id,
        strangers.crm_agent_id as source_agent_id,
        'handled_a_leg' as evidence,
        candidates.leg_id as evidence_id,
        candidates.leg_started_at as evidence_at,
        candidates.not_credited_reason
    from candidates
    left outer join strangers
        on candidates.source_system = strangers.source_system
        and candidates.contact_id = strangers.contact_id
        and candidates.leg_id = strangers.leg_id

)

select * from named
