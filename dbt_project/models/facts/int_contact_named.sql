{# A table: four facts look for their contact here instead of among all that there ever were. #}

with conversations as (

    select contact_id from {{ ref('stg_analytics__conversations') }}
    where {{ is_read_tonight('analysed_at', 'outcome') }}

),

evaluations as (

    select contact_id from {{ ref('stg_qa__evaluations') }}
    where {{ is_read_tonight('evaluated_at', 'outcome') }}

),

responses as (

    select contact_id from {{ ref('stg_surveys__responses') }}
    where {{ is_read_tonight('responded_at', 'outcome') }}

),

invitations as (

    {{ invitations_read_tonight('contact_id') }}

),

named as (

    select contact_id from conversations
    union distinct
    select contact_id from evaluations
    union distinct
    select contact_id from responses
    union distinct
    select contact_id from invitations

),

legs as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,
        agent_id,

        -- dates and times
        leg_started_at,
        activity_date,

        -- categories
        channel,
        queue_family,
        contact_exclusion_reason,

        -- counts
        handled_contacts,

        -- booleans
        is_answered,
        is_last_handling_leg,
        is_meant_by_contact_id
    from {{ ref('fct_contact') }}
    where contact_id in (select named.contact_id from named)

)

select * from legs
