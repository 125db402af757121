{{ config(materialized='view') }}

with responses as (

    select * from {{ ref('stg_surveys__responses') }}
    where {{ is_read_tonight('responded_at', 'outcome') }}

),

invitations as (

    select * from {{ ref('int_survey_invitation_attributed') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

cases as (

    select * from {{ ref('int_case') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

-- The agent at the time of rating as the source says, else the one of the invitation; of a
-- response about a case without either, who resolved it.
attributed as (

    select
        responses.*,
        coalesce(responses.contact_id, invitations.contact_id) as about_contact_id,
        coalesce(responses.case_id, invitations.case_id) as about_case_id,
        coalesce(identities.agent_id, invitations.agent_id, cases.resolved_by_agent_id)
            as agent_id,
        case
            when identities.agent_id is not null then 'named_by_the_survey'
            when invitations.agent_id is not null then 'named_by_the_invitation'
            when cases.resolved_by_agent_id is not null then 'resolver_of_the_case'
        end as attribution_reason,
        coalesce(cases.channel, invitations.channel) as channel,
        coalesce(cases.resolved_at, responses.responded_at) as happened_at
    from responses
    left outer join invitations
        on responses.source_system = invitations.source_system
        and responses.invitation_id = invitations.invitation_id
    left outer join cases
        on responses.case_id = cases.case_id
        and responses.contact_id is null
    left outer join identities
        on responses.source_system = identities.identity_system
        and responses.survey_agent_id = identities.external_id
        and responses.responded_at >= identities.valid_from_at
        and responses.responded_at < identities.valid_to_at

),

-- The day on which it counts when nothing is known of its contact.
dated as (

    select
        attributed.source_system,
        attributed.response_id,
        attributed.question_id,
        attributed.invitation_id,
        attributed.about_contact_id as contact_id,
        attributed.about_case_id as case_id,
        attributed.survey_agent_id,
        attributed.agent_id,
        attributed.attribution_reason,
        attributed.responded_at,
        business_days.activity_date,
        attributed.channel,
        attributed.metric,
        attributed.exclusion_reason,
        attributed.score_rating,
        attributed.scale_low_rating,
        attributed.scale_high_rating,
        attributed.is_test
    from attributed
    left outer join business_days
        on coalesce(attributed.agent_id, '') = business_days.agent_id
        and cast(attributed.happened_at as date) = business_days.utc_date
        and attributed.happened_at >= business_days.starts_at
        and attributed.happened_at < business_days.ends_at

)

select * from dated
