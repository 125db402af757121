{# A view: its only reader is fct_contact, which keeps what it says. #}
{{ config(materialized='view') }}

with legs as (

    select
        source_system,
        contact_id,
        leg_id,
        customer_key,
        contact_reason,
        contact_started_at,
        leg_started_at,
        is_answered and not is_short as is_handled
    from {{ ref('int_contact_leg_attributed') }}

),

-- Other feeds name a contact by its id alone; should two systems use one id, the first is meant.
ordered as (

    select
        *,
        row_number() over by_contact as leg_number,
        lag(source_system) over by_contact as earlier_source_system
    from legs
    window by_contact as (
        partition by contact_id
        order by source_system asc, is_handled desc, leg_started_at desc, leg_id desc
    )

),

-- A contact is credited once in its system, to the leg that handled it last.
contacts as (

    select
        source_system,
        contact_id,
        leg_id,
        customer_key,
        contact_reason,
        contact_started_at,
        is_handled and customer_key is not null as is_recognised,
        is_handled as is_last_handling_leg,
        leg_number = 1 as is_meant_by_contact_id
    from ordered
    where earlier_source_system is null or earlier_source_system <> source_system

),

recognised as (

    select
        source_system,
        contact_id,
        leg_id,
        lag(contact_started_at) over chain as previous_contact_started_at,
        lead(contact_started_at) over chain as next_contact_started_at,
        is_last_handling_leg,
        is_meant_by_contact_id
    from contacts
    where is_recognised
    window chain as (
        partition by customer_key, contact_reason
        order by contact_started_at, source_system, contact_id
    )

),

not_recognised as (

    select
        source_system,
        contact_id,
        leg_id,
        cast(null as timestamp) as previous_contact_started_at,
        cast(null as timestamp) as next_contact_started_at,
        is_last_handling_leg,
        is_meant_by_contact_id
    from contacts
    where not is_recognised

),

chained as (

    select * from recognised
    union all
    select * from not_recognised

)

select * from chained
