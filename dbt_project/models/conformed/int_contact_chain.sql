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

legs_read as (

    {{ legs_read_tonight('contact_id') }}

),

-- Most contacts have one leg; only the others need to be put in order.
several_legs as (

    select contact_id from legs_read
    group by contact_id
    having count(*) > 1

),

-- Other feeds name a contact by its id alone; should two systems use one id, the first is meant.
ordered as (

    select
        legs.*,
        row_number() over by_contact as leg_number,
        lag(legs.source_system) over by_contact as earlier_source_system
    from legs
    inner join several_legs on legs.contact_id = several_legs.contact_id
    window by_contact as (
        partition by legs.contact_id
        order by
            legs.source_system asc,
            legs.is_handled desc,
            legs.leg_started_at desc,
            legs.leg_id desc
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
        is_handled,
        leg_number = 1 as is_meant_by_contact_id,
        false as is_only_leg
    from ordered
    where earlier_source_system is null or earlier_source_system <> source_system

    union all

    select
        legs.source_system,
        legs.contact_id,
        legs.leg_id,
        legs.customer_key,
        legs.contact_reason,
        legs.contact_started_at,
        legs.is_handled,
        true as is_meant_by_contact_id,
        true as is_only_leg
    from legs
    left outer join several_legs on legs.contact_id = several_legs.contact_id
    where several_legs.contact_id is null

),

recognised as (

    select
        source_system,
        contact_id,
        leg_id,
        lag(contact_started_at) over chain as previous_contact_started_at,
        lead(contact_started_at) over chain as next_contact_started_at,
        is_handled as is_last_handling_leg,
        is_meant_by_contact_id,
        is_only_leg
    from contacts
    where is_handled and customer_key is not null
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
        is_handled as is_last_handling_leg,
        is_meant_by_contact_id,
        is_only_leg
    from contacts
    where not is_handled or customer_key is null

),

chained as (

    select * from recognised
    union all
    select * from not_recognised

)

select * from chained
