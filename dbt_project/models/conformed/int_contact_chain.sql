with legs as (

    select * from {{ ref('int_contact_leg_attributed') }}

),

handling_legs as (

    select
        source_system,
        contact_id,
        leg_id,
        customer_key,
        contact_reason,
        contact_started_at,
        row_number() over (
            partition by source_system, contact_id
            order by leg_started_at desc, leg_id desc
        ) as leg_number
    from legs
    where is_answered and not is_short

),

-- A contact is credited once, to the leg that handled it last.
handled_contacts as (

    select * from handling_legs
    where leg_number = 1

),

recognised as (

    select
        source_system,
        contact_id,
        leg_id,
        lag(contact_started_at) over chain as previous_contact_started_at,
        lead(contact_started_at) over chain as next_contact_started_at
    from handled_contacts
    where customer_key is not null
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
        cast(null as timestamp) as next_contact_started_at
    from handled_contacts
    where customer_key is null

),

chained as (

    select * from recognised
    union all
    select * from not_recognised

)

select * from chained
