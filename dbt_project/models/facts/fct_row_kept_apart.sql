{# A view: fct_data_gap keeps what it counts. #}
{{ config(materialized='view') }}

with kept_apart as (

    select * from {{ source('run', 'kept_apart') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

legs as (

    select * from {{ ref('stg_crm__contact_legs') }}

),

contacts as (

    select * from {{ ref('fct_contact') }}

),

-- Here as elsewhere, the agent with the empty id stands for nobody.
identified as (

    select
        kept_apart.row_id,
        kept_apart.feed,
        kept_apart.reason,
        kept_apart.contact_id,
        kept_apart.case_id,
        kept_apart.event_at,
        coalesce(identities.agent_id, '') as agent_id
    from kept_apart
    left outer join identities
        on kept_apart.source_system = identities.identity_system
        and kept_apart.agent_external_id = identities.external_id
        and kept_apart.event_at >= identities.valid_from_at
        and kept_apart.event_at < identities.valid_to_at

),

-- What is about a contact counts on the day of that contact …
of_contacts as (

    select
        identified.row_id,
        identified.feed,
        identified.reason,
        coalesce(nullif(identified.agent_id, ''), contacts.agent_id, '') as agent_id,
        contacts.activity_date
    from identified
    inner join contacts on identified.contact_id = contacts.contact_id

),

-- … and a case for everybody who had one of its contacts, whoever resolved it.
of_cases as (

    select
        identified.row_id,
        identified.feed,
        identified.reason,
        case
            when identified.feed = 'case_record' or identified.agent_id = ''
                then coalesce(contacts.agent_id, '')
            else identified.agent_id
        end as agent_id,
        contacts.activity_date
    from identified
    inner join legs on identified.case_id = legs.case_id
    inner join contacts
        on legs.source_system = contacts.source_system
        and legs.contact_id = contacts.contact_id
        and legs.leg_id = contacts.leg_id
    where identified.contact_id is null

),

of_others as (

    select * from of_contacts
    union all
    select * from of_cases

),

of_their_own as (

    select
        identified.row_id,
        identified.feed,
        identified.reason,
        identified.agent_id,
        business_days.activity_date
    from identified
    left outer join business_days
        on identified.agent_id = business_days.agent_id
        and cast(identified.event_at as date) = business_days.utc_date
        and identified.event_at >= business_days.starts_at
        and identified.event_at < business_days.ends_at
    where identified.row_id not in (select of_others.row_id from of_others)

),

concerned as (

    select * from of_others
    union all
    select * from of_their_own

)

select distinct * from concerned
