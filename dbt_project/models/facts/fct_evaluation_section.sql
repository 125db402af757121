{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with evaluations as (

    select * from {{ ref('fct_evaluation') }}
    where {{ is_built_tonight('activity_date', 'outcome') }}

),

answers as (

    select * from {{ ref('stg_qa__answers') }}

),

questions as (

    select * from {{ ref('stg_qa__form_questions') }}

),

-- What an answer was worth is what it says itself, else what its form says.
answered as (

    select
        evaluations.source_system,
        evaluations.evaluation_id,
        evaluations.agent_id,
        evaluations.form_id,
        evaluations.form_version,
        evaluations.activity_date,
        evaluations.channel,
        evaluations.queue_family,
        evaluations.qa_exclusion_reason,
        answers.section_id,
        questions.section_name,
        answers.is_not_applicable,
        answers.points_earned,
        coalesce(answers.points_possible, questions.points_possible) as points_possible
    from evaluations
    inner join answers
        on evaluations.source_system = answers.source_system
        and evaluations.evaluation_id = answers.evaluation_id
        and evaluations.revision = answers.revision
    left outer join questions
        on answers.source_system = questions.source_system
        and evaluations.form_id = questions.form_id
        and evaluations.form_version = questions.form_version
        and answers.question_id = questions.question_id

),

-- A question that is not applicable, or has no points, leaves both sides.
judged as (

    select
        *,
        not is_not_applicable and points_earned is not null and points_possible is not null
            as has_points
    from answered

),

sections as (

    select
        source_system,
        evaluation_id,
        section_id,
        max(agent_id) as agent_id,
        max(form_id) as form_id,
        max(form_version) as form_version,
        max(activity_date) as activity_date,
        max(section_name) as section_name,
        max(channel) as channel,
        max(queue_family) as queue_family,
        max(qa_exclusion_reason) as qa_exclusion_reason,
        sum({{ one_when('has_points') }}) as questions_with_points,
        sum({{ one_when('is_not_applicable') }}) as questions_not_applicable,
        coalesce(sum(case when has_points then points_earned end), 0) as earned_points,
        coalesce(sum(case when has_points then points_possible end), 0) as possible_points
    from judged
    group by source_system, evaluation_id, section_id

),

excluded as (

    select
        *,
        case
            when qa_exclusion_reason is not null then qa_exclusion_reason
            when possible_points = 0 and questions_not_applicable > 0 then 'not_applicable'
            when possible_points = 0 then 'no_points'
        end as section_exclusion_reason
    from sections

),

counted as (

    select
        -- ids
        source_system,
        evaluation_id,
        section_id,
        agent_id,
        form_id,
        form_version,

        -- dates
        activity_date,

        -- categories
        section_name,
        channel,
        queue_family,
        section_exclusion_reason,

        -- counts and points
        cast(questions_with_points as bigint) as questions_with_points,
        cast(questions_not_applicable as bigint) as questions_not_applicable,
        cast(
            case when section_exclusion_reason is null then earned_points else 0 end
            as decimal(18, 4)
        ) as section_points_earned,
        cast(
            case when section_exclusion_reason is null then possible_points else 0 end
            as decimal(18, 4)
        ) as section_points_possible
    from excluded

)

select * from counted
