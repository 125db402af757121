{{ config(materialized='view') }}

with evaluations as (

    select * from {{ ref('stg_qa__evaluations') }}
    where {{ is_read_tonight('evaluated_at', 'outcome') }}

),

identities as (

    select * from {{ ref('int_agent_identity_resolved') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

-- Several revisions are open at once; the highest counts, even when it takes the evaluation back.
revisions as (

    select
        *,
        coalesce(contact_started_at, evaluated_at) as happened_at,
        row_number() over (
            partition by source_system, evaluation_id
            order by revision desc
        ) as revision_number
    from evaluations

),

attributed as (

    select
        revisions.*,
        agents.agent_id,
        coalesce(evaluators.agent_id, revisions.qa_evaluator_id) as evaluator_id
    from revisions
    left outer join identities as agents
        on revisions.source_system = agents.identity_system
        and revisions.qa_agent_id = agents.external_id
        and revisions.happened_at >= agents.valid_from_at
        and revisions.happened_at < agents.valid_to_at
    left outer join identities as evaluators
        on revisions.source_system = evaluators.identity_system
        and revisions.qa_evaluator_id = evaluators.external_id
        and revisions.evaluated_at >= evaluators.valid_from_at
        and revisions.evaluated_at < evaluators.valid_to_at
    where revisions.revision_number = 1

),

-- The day on which it counts when nothing is known of its contact.
dated as (

    select
        attributed.source_system,
        attributed.evaluation_id,
        attributed.revision,
        attributed.contact_id,
        attributed.leg_id,
        attributed.qa_agent_id,
        attributed.agent_id,
        attributed.evaluator_id,
        attributed.form_id,
        attributed.form_version,
        business_days.activity_date,
        attributed.method,
        attributed.purpose,
        attributed.sampling,
        attributed.status,
        attributed.channel,
        attributed.score_points,
        attributed.points_earned,
        attributed.points_possible,
        attributed.has_critical_error,
        attributed.is_deleted
    from attributed
    left outer join business_days
        on coalesce(attributed.agent_id, '') = business_days.agent_id
        and cast(attributed.happened_at as date) = business_days.utc_date
        and attributed.happened_at >= business_days.starts_at
        and attributed.happened_at < business_days.ends_at

)

select * from dated
