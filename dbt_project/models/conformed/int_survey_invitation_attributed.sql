{# A view: fct_survey_invitation keeps what it says. #}
{{ config(materialized='view') }}

with invitations as (

    {{ invitations_read_tonight('*') }}

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

-- The agent as the survey's source says; of a survey about a case without one, who resolved it.
attributed as (

    select
        invitations.*,
        case
            when invitations.contact_id is null
                then coalesce(identities.agent_id, cases.resolved_by_agent_id)
            else identities.agent_id
        end as agent_id,
        cases.channel,
        coalesce(cases.resolved_at, invitations.triggered_at) as happened_at
    from invitations
    left outer join cases
        on invitations.case_id = cases.case_id
        and invitations.contact_id is null
    left outer join identities
        on invitations.source_system = identities.identity_system
        and invitations.survey_agent_id = identities.external_id
        and invitations.triggered_at >= identities.valid_from_at
        and invitations.triggered_at < identities.valid_to_at

),

-- The day on which it counts when nothing is known of its contact.
dated as (

    select
        attributed.source_system,
        attributed.invitation_id,
        attributed.contact_id,
        attributed.case_id,
        attributed.agent_id,
        business_days.activity_date,
        attributed.channel,
        attributed.metric,
        attributed.status,
        attributed.sent_at
    from attributed
    left outer join business_days
        on coalesce(attributed.agent_id, '') = business_days.agent_id
        and cast(attributed.happened_at as date) = business_days.utc_date
        and attributed.happened_at >= business_days.starts_at
        and attributed.happened_at < business_days.ends_at

)

select * from dated
