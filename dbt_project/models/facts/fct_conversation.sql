{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with conversations as (

    select * from {{ ref('stg_analytics__conversations') }}
    where {{ is_read_tonight('analysed_at', 'outcome') }}

),

contacts as (

    select * from {{ ref('int_contact_named') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}
    where agent_id = ''

),

-- Analytics names a leg by its ids alone; should two systems use them, the first is meant.
legs as (

    select
        conversations.source_system,
        conversations.contact_id,
        conversations.leg_id,
        contacts.agent_id,
        contacts.activity_date,
        contacts.channel,
        contacts.queue_family,
        contacts.handled_contacts,
        contacts.contact_exclusion_reason,
        row_number() over (
            partition by
                conversations.source_system, conversations.contact_id, conversations.leg_id
            order by contacts.source_system
        ) as leg_number
    from conversations
    inner join contacts
        on conversations.contact_id = contacts.contact_id
        and conversations.leg_id = contacts.leg_id

),

-- Of a leg that nobody knows, the day of the analysis is all that is known.
placed as (

    select
        conversations.*,
        legs.agent_id,
        coalesce(legs.activity_date, business_days.activity_date) as activity_date,
        coalesce(legs.channel, 'other') as channel,
        coalesce(legs.queue_family, 'unknown') as queue_family,
        case
            when legs.contact_id is null then 'contact_unknown'
            when legs.contact_exclusion_reason is not null then legs.contact_exclusion_reason
            when legs.handled_contacts = 0 then 'nobody_handled'
            when legs.agent_id is null then 'agent_unknown'
        end as conversation_exclusion_reason
    from conversations
    left outer join legs
        on conversations.source_system = legs.source_system
        and conversations.contact_id = legs.contact_id
        and conversations.leg_id = legs.leg_id
        and legs.leg_number = 1
    left outer join business_days
        on legs.contact_id is null
        and cast(conversations.analysed_at as date) = business_days.utc_date
        and conversations.analysed_at >= business_days.starts_at
        and conversations.analysed_at < business_days.ends_at

),

-- Two numbers of which one is missing are no share: both are left out.
counted as (

    select
        -- ids
        source_system,
        contact_id,
        leg_id,
        agent_id,

        -- dates
        activity_date,

        -- categories
        channel,
        queue_family,
        analysis_version,
        conversation_exclusion_reason,

        -- counts and seconds
        {{ one_when('conversation_exclusion_reason is null') }} as analysed_contacts,
    {%- for measure, partner in {
        'agent_talk_seconds': 'customer_talk_seconds',
        'customer_talk_seconds': 'agent_talk_seconds',
        'silence_seconds': 'agent_talk_seconds + customer_talk_seconds',
        'overlap_seconds': 'agent_talk_seconds + customer_talk_seconds',
        'compliance_phrases_due': 'compliance_phrases_hit',
        'compliance_phrases_hit': 'compliance_phrases_due',
        'probing_questions_due': 'probing_questions_asked',
        'probing_questions_asked': 'probing_questions_due',
    }.items() %}
    case
        when conversation_exclusion_reason is null and {{ partner }} is not null
            then {{ measure }}
    end as {{ measure }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from placed

)

select * from counted
where {{ is_built_tonight('activity_date', 'outcome') }}
