-- The answers of the evaluations made or released since the extract before; they sum to its points.
with asked as (

    select
        known.evaluation_id,
        known.revision,
        known.source_updated_at,
        known.is_fatal_fail and form_questions.is_critical as is_fatal_fail,
        form_questions.section_id,
        form_questions.question_id,
        form_questions.is_critical,
        not form_questions.is_always_due
        and known.points_possible = getvariable('evaluation_short_form_points') as is_na,
        if(is_na, 0, form_questions.points)::decimal(18, 1) as points_possible,
        known.points_possible::decimal(18, 1) - known.points_earned as points_lost,
        -- Both revisions of an evaluation lose their points in the same order.
        uniform_of(
            'answer', known.contact_key || '|' || known.seat || '|' || form_questions.question_id
        ) as place
    from evaluation_as_known as known
    cross join form_questions
    where known.source_updated_at > getvariable('previous_at')

),

reached as (

    select
        *,
        coalesce(sum(points_possible) over (
            partition by evaluation_id, revision order by place, question_id
            rows between unbounded preceding and 1 preceding
        ), 0) as possible_before
    from asked

)

select
    evaluation_id,
    revision,
    section_id,
    question_id,
    case when is_critical then if(is_fatal_fail, 'no', 'yes') end as answer_value,
    case
        when not is_na then (
            points_possible - greatest(0, least(points_possible, points_lost - possible_before))
        )::decimal(18, 1)
    end as points_earned,
    case when not is_na then points_possible end as points_possible,
    is_na,
    is_fatal_fail,
    zulu(source_updated_at) as source_updated_at
from reached
order by evaluation_id, revision, section_id, question_id
