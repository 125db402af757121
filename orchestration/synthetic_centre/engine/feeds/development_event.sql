-- Coaching and lessons agreed, taken or missed since the extract before, logged some hours later.
with sessions as (

    select
        'd' || planned.shift_key || '-' || planned.stretch as event_id,
        'coaching_session' as event_type,
        planned.agent_number,
        planned.team_number,
        digest_of('session', planned.shift_key) as digest,
        plus_hours(planned.start_at, -24 * getvariable('development_assigned_days')) as assigned_at,
        plus_hours(planned.start_at, getvariable('development_due_hours')) as due_at,
        lived.start_at as started_at,
        lived.end_at as completed_at,
        lived.seconds,
        case
            when planned.fate = 'absence'
                then plus_hours(planned.start_at, getvariable('development_due_hours'))
        end as missed_at
    from planned
    left outer join lived
        on planned.shift_key = lived.shift_key and planned.stretch = lived.stretch
    where planned.activity_code = 'COACHING' and planned.schedule_version = 1

),

assigned as (

    select
        *,
        digest_of('lesson', shift_key) as digest
    from shift
    where fate = 'worked' and day < getvariable('lived_to_day')

),

lessons_taken as (

    select
        'l' || shift_key as event_id,
        'learning_assignment' as event_type,
        agent_number,
        team_number,
        digest,
        starts_at as assigned_at,
        plus_hours(starts_at, 24 * getvariable('development_lesson_due_days')) as due_at,
        uniform_at(digest, 20) as fate_draw,
        -- Some days later, an hour and a half into a shift that begins as this one did.
        plus_hours(starts_at, 1.5 + 24 * case
            when fate_draw < getvariable('development_lesson_late_share')
                then getvariable('development_lesson_due_days')
                + floor(getvariable('development_lesson_late_days') * uniform_at(digest, 40))
            else floor(getvariable('development_lesson_due_days') * uniform_at(digest, 40))
        end) as taken_at,
        fate_draw > 1 - getvariable('development_lesson_missed_share') as is_missed
    from assigned
    where uniform_at(digest, 0) < getvariable('development_lesson_share')

),

lessons_of_agents as (

    select
        event_id,
        event_type,
        agent_number,
        team_number,
        digest,
        assigned_at,
        due_at,
        case when not is_missed then taken_at end as started_at,
        case
            when not is_missed
                then plus_seconds(taken_at, getvariable('development_lesson_seconds'))
        end as completed_at,
        getvariable('development_lesson_seconds') as seconds,
        case
            when is_missed
                then plus_hours(due_at, 24 * getvariable('development_lesson_late_days'))
        end as missed_at
    from lessons_taken

),

known as (

    select
        *,
        plus_hours(coalesce(completed_at, missed_at), getvariable('development_logged_hours'))
            as logged_at,
        coalesce(logged_at <= getvariable('extracted_at'), false) as is_logged,
        if(is_logged, logged_at, assigned_at) as source_updated_at
    from (select * from sessions union all select * from lessons_of_agents)
    where assigned_at <= getvariable('extracted_at')

),

graded as (

    select
        *,
        case
            when is_logged and completed_at is not null and event_type = 'learning_assignment'
                then round(greatest(0, least(100, getvariable('development_lesson_mean_points')
                    + getvariable('development_lesson_sd_points') * normal_at(digest, 60, 80))))
        end as score_points
    from known
    where source_updated_at > getvariable('previous_at')

)

select
    graded.event_id,
    graded.event_type,
    agent_key.qa_id as agent_external_id,
    case
        when graded.event_type = 'coaching_session'
            then external_id('qa', 'q', team.supervisor_agent_id)
    end as facilitator_external_id,
    case
        when not graded.is_logged then 'planned'
        when graded.completed_at is null then 'missed'
        else 'completed'
    end as status,
    lessons.topic_code,
    lessons.linked_metric,
    zulu(graded.assigned_at) as assigned_at,
    zulu(graded.due_at) as due_at,
    case when graded.is_logged then zulu(graded.started_at) end as started_at,
    case when graded.is_logged then zulu(graded.completed_at) end as completed_at,
    case when graded.is_logged and graded.completed_at is not null then graded.seconds end
        as duration_seconds,
    case when graded.event_type = 'learning_assignment' then lessons.topic_code end as module_id,
    graded.score_points,
    graded.score_points >= getvariable('development_lesson_passed_points') as is_passed,
    zulu(graded.source_updated_at) as source_updated_at
from graded
inner join team on graded.team_number = team.team_number
inner join agent_key on graded.agent_number = agent_key.agent_number
inner join lessons
    on lessons.lesson_number = floor(uniform_at(graded.digest, 100) * getvariable('lessons'))
order by graded.event_id
