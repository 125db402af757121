-- Agent-days and KPIs of a centre from its raw batches, as someone would write them who needs these
-- three tables and nothing else: no history, no reasons, no checks, no policy.
--
-- Belongs here: the definitions once more, in other words than the models', so that two writers
-- have to agree on every row. It uses whatever DuckDB offers and knows this one centre: one system
-- per feed, every feed delivered, schedules with shift ids.
-- Does not belong here: anything copied from the compiled models.
--
-- Run by `tests.bench.by_hand`, which sets the variable `raw` (the folder of the batches).

set variable repeat_window = interval 7 day;
set variable shift_margin = interval 120 minute;
set variable short_contact_limit_seconds = 10;
set variable late_arrival_tolerance_seconds = 300;
set variable satisfied_share_of_scale = 0.75;
set variable reopen_window = interval 7 day;

create temp macro local_date(utc, zone) as timezone(zone, timezone('UTC', utc))::date;
create temp macro local_midnight(day, zone) as timezone('UTC', timezone(zone, day::timestamp));

-- What is believed now -----------------------------------------------------------------------------

create temp table batch as
select feed, batch_id, known_at, window_start, window_end, is_complete
from read_json(
    getvariable('raw') || '/*/*.json',
    columns = {
        feed: 'varchar', batch_id: 'varchar', known_at: 'timestamp', window_start: 'timestamp',
        window_end: 'timestamp', is_complete: 'boolean'
    }
);

set variable as_of = (select max(known_at) from batch);

create temp macro delivered(feed_name) as table
select rows_of_batch.*, batch.known_at
from read_parquet(getvariable('raw') || '/' || feed_name || '/*.parquet', filename = true)
    as rows_of_batch
inner join batch
    on batch.feed = feed_name and parse_filename(rows_of_batch.filename, true) = batch.batch_id;

-- A whole snapshot replaces the one before.
create temp macro newest_snapshot(feed_name) as table
select * from delivered(feed_name)
where known_at = (select max(known_at) from batch where feed = feed_name);

-- A row sent again replaces the one before.
create temp macro newest_rows(feed_name, key) as table
select * from delivered(feed_name)
qualify row_number() over (
    partition by key order by source_updated_at desc, known_at desc
) = 1;

-- A snapshot of a window replaces what was known of the window.
create temp macro newest_window(feed_name) as table
select held.* from delivered(feed_name) as held
where not exists (
    from batch
    where batch.feed = feed_name and batch.is_complete and batch.known_at > held.known_at
        and held.start_at >= batch.window_start and held.start_at < batch.window_end
);

-- People and places --------------------------------------------------------------------------------

create temp table assignment as
select
    agent_id, team_id, supervisor_agent_id, site_id, job_role, site_time_zone,
    scorecard_eligible and employment_status = 'active' as is_scorecard_eligible,
    valid_from as from_date,
    coalesce(valid_to + 1, date '9999-12-31') as to_date,
    local_midnight(from_date, site_time_zone) as starts_at,
    lead(starts_at, 1, timestamp '9999-12-31') over (partition by agent_id order by from_date)
        as ends_at
from newest_snapshot('agent_roster');

set variable usual_zone = (select min_by(site_time_zone, site_id) from assignment);

create temp table login as
with first_place as (
    select identity.*, assignment.site_time_zone as zone
    from newest_snapshot('agent_identity') as identity
    left join assignment
        on identity.agent_id = assignment.agent_id and identity.valid_from < assignment.to_date
    qualify row_number() over (
        partition by identity_system, external_id, valid_from, identity.agent_id
        order by assignment.from_date
    ) = 1
),

held as (
    select
        identity_system, external_id, agent_id,
        local_midnight(valid_from, coalesce(zone, 'UTC')) as starts_at,
        coalesce(local_midnight(valid_to + 1, coalesce(zone, 'UTC')), timestamp '9999-12-31')
            as ends_at
    from first_place
)

select
    identity_system, external_id, agent_id, starts_at,
    least(ends_at, lead(starts_at) over (
        partition by identity_system, external_id order by starts_at, agent_id
    )) as ends_at
from held;

-- Schedules, shifts and the business day -----------------------------------------------------------

create temp table activity_type as
select
    lower(trim(activity_code)) as activity_code, category, is_paid, counts_in_adherence,
    valid_from as from_date, coalesce(valid_to + 1, date '9999-12-31') as to_date
from newest_snapshot('activity_type');

create temp table planned as
with known as (
    select
        login.agent_id, shift_id, schedule_version, start_at as starts_at, end_at as ends_at,
        recorded_at, lower(trim(activity_code)) as activity_code
    from newest_window('planned_activity') as plan
    inner join login
        on login.identity_system = plan.source_system
        and login.external_id = plan.agent_external_id
        and plan.start_at >= login.starts_at and plan.start_at < login.ends_at
    where is_published
),

versions as (
    select
        agent_id, shift_id, schedule_version, min(recorded_at) as recorded_at,
        min(min(starts_at)) over (partition by agent_id, shift_id) as shift_starts_at
    from known
    group by agent_id, shift_id, schedule_version
),

-- The last version stored before the shift began, else the first one stored.
in_force as (
    select agent_id, shift_id, schedule_version
    from versions
    qualify row_number() over (
        partition by agent_id, shift_id
        order by
            recorded_at < shift_starts_at desc,
            if(recorded_at < shift_starts_at, recorded_at, null) desc nulls last,
            if(recorded_at < shift_starts_at, -schedule_version, null),
            recorded_at,
            schedule_version
    ) = 1
)

select
    known.*,
    coalesce(category, 'unknown') as category,
    coalesce(counts_in_adherence, false) as is_scheduled
from known
inner join in_force using (agent_id, shift_id, schedule_version)
left join activity_type
    on known.activity_code = activity_type.activity_code
    and known.starts_at::date >= from_date and known.starts_at::date < to_date;

create temp table shift as
select
    agent_id, shift_id, min(starts_at) as starts_at, max(ends_at) as ends_at,
    bool_or(category not in ('time_off', 'unavailable', 'unscheduled')) as has_work
from planned
group by all;

-- Around each shift a margin that never reaches into another shift, on each UTC date it touches.
create temp table shift_window as
with opened as (
    select
        *,
        greatest(starts_at - getvariable('shift_margin'), max(ends_at) over (
            partition by agent_id order by starts_at, ends_at, shift_id
            rows between unbounded preceding and 1 preceding
        )) as opens_at
    from shift
),

closed as (
    select
        * exclude (ends_at),
        least(ends_at + getvariable('shift_margin'), lead(opens_at) over (
            partition by agent_id order by starts_at, ends_at, shift_id
        )) as closes_at
    from opened
)

select
    closed.agent_id, opens_at, closes_at,
    local_date(closed.starts_at, coalesce(site_time_zone, getvariable('usual_zone')))
        as shift_date,
    unnest(range(opens_at::date, closes_at::date + 1, interval 1 day))::date as touched_date
from closed
left join assignment
    on closed.agent_id = assignment.agent_id
    and closed.starts_at::date >= from_date and closed.starts_at::date < to_date;

-- The business day of rows that have `agent_id` and `happened_at`: that of the shift, else the
-- local date, which is not later than the last one the agent was there.
create temp macro dated(relation) as table
select
    moment.*,
    shift_date is not null as is_in_shift,
    coalesce(shift_date, least(local_date(
        moment.happened_at, coalesce(site_time_zone, getvariable('usual_zone'))
    ), to_date - 1)) as activity_date
from query_table(relation) as moment
left join shift_window
    on moment.agent_id = shift_window.agent_id
    and moment.happened_at::date = shift_window.touched_date
    and moment.happened_at >= opens_at and moment.happened_at < closes_at
left join assignment
    on moment.agent_id = assignment.agent_id
    and moment.happened_at >= assignment.starts_at and moment.happened_at < assignment.ends_at;

-- Time ---------------------------------------------------------------------------------------------

create temp table actual as
select
    login.agent_id, activity.start_at as starts_at,
    coalesce(activity.end_at, getvariable('as_of')) as ends_at,
    coalesce(category, 'unknown') as category,
    coalesce(counts_in_adherence, false) as is_worked,
    coalesce(is_paid, false) as is_paid
from newest_window('actual_activity') as activity
inner join login
    on login.identity_system = activity.source_system
    and login.external_id = activity.agent_external_id
    and activity.start_at >= login.starts_at and activity.start_at < login.ends_at
left join activity_type
    on lower(trim(coalesce(activity.activity_code, activity.state_code)))
    = activity_type.activity_code
    and activity.start_at::date >= from_date and activity.start_at::date < to_date
qualify row_number() over (
    partition by login.agent_id, activity.start_at order by ends_at desc, platform desc
) = 1;

-- What counts neither for nor against anybody: outages of the site, and approved exceptions.
create temp table left_out as
with excused as (
    select
        agent_id, greatest(started_at, assignment.starts_at) as starts_at,
        least(coalesce(ended_at, getvariable('as_of')), assignment.ends_at) as ends_at
    from newest_rows('service_incident', incident_id) as incident
    inner join assignment
        on incident.scope_type = 'site' and incident.scope_id = assignment.site_id
    where status <> 'retracted' and affects_adherence
    union all
    select login.agent_id, start_at, end_at
    from newest_rows('adherence_exception', exception_id) as exception
    inner join login
        on login.identity_system = exception.source_system
        and login.external_id = exception.agent_external_id
        and start_at >= login.starts_at and start_at < login.ends_at
    where status = 'approved'
),

reached as (
    select *, max(ends_at) over (
        partition by agent_id order by starts_at, ends_at
        rows between unbounded preceding and 1 preceding
    ) as reached_at
    from excused
    where ends_at > starts_at
),

islands as (
    select *, count(*) filter (starts_at > reached_at) over (
        partition by agent_id order by starts_at, ends_at rows unbounded preceding
    ) as island
    from reached
)

select agent_id, min(starts_at) as starts_at, max(ends_at) as ends_at
from islands
group by agent_id, island;

-- A stretch of time lies between two instants at which something begins or ends.
create temp view stretch as
with instant as (
    select agent_id, starts_at as happened_at from planned
    union
    select agent_id, ends_at from planned
    union
    select agent_id, starts_at from actual
    union
    select agent_id, ends_at from actual
    union
    select agent_id, starts_at from left_out
    union
    select agent_id, ends_at from left_out
)

select
    agent_id, happened_at,
    lead(happened_at) over (partition by agent_id order by happened_at) as ends_at
from instant;

create temp view side_by_side as
select
    stretch.agent_id, stretch.happened_at,
    date_diff('second', stretch.happened_at, stretch.ends_at) as seconds,
    if(planned.ends_at > stretch.happened_at, planned.category, null) as planned_category,
    coalesce(planned.ends_at > stretch.happened_at and is_scheduled, false) as is_scheduled,
    if(actual.ends_at > stretch.happened_at, actual.category, null) as actual_category,
    coalesce(actual.ends_at > stretch.happened_at and is_worked, false) as is_worked,
    coalesce(actual.ends_at > stretch.happened_at and is_paid, false) as is_paid,
    coalesce(planned.ends_at > stretch.happened_at and is_scheduled, false)
    and coalesce(left_out.ends_at > stretch.happened_at, false) as is_left_out
from stretch
asof left join planned
    on stretch.agent_id = planned.agent_id and stretch.happened_at >= planned.starts_at
asof left join actual
    on stretch.agent_id = actual.agent_id and stretch.happened_at >= actual.starts_at
asof left join left_out
    on stretch.agent_id = left_out.agent_id and stretch.happened_at >= left_out.starts_at
where stretch.ends_at is not null;

-- One shift begins on a day of this centre: who first works in it long after the first scheduled
-- time that counts is late.
create temp table time_of_day as
with classed as (
    select
        *,
        is_scheduled and actual_category = planned_category as is_adherent,
        actual_category not in ('time_off', 'unscheduled', 'unknown') as is_logged_in
    from dated('side_by_side')
    where planned_category is not null or actual_category is not null
),

summed as (
    select
        agent_id, activity_date,
        sum(seconds) filter (is_scheduled) as scheduled_seconds,
        sum(seconds) filter (is_scheduled and not is_left_out) as eligible_scheduled_seconds,
        sum(seconds) filter (is_adherent) as in_adherence_seconds,
        sum(seconds) filter (is_adherent and not is_left_out) as eligible_in_adherence_seconds,
        sum(seconds) filter (is_worked) as worked_seconds,
        sum(seconds) filter (is_worked and not is_left_out) as eligible_worked_seconds,
        sum(seconds) filter (is_worked and is_in_shift and planned_category is null)
            as overtime_seconds,
        sum(seconds) filter (is_paid) as paid_seconds,
        sum(seconds) filter (coalesce(actual_category, planned_category) = 'time_off')
            as leave_seconds,
        sum(seconds) filter (actual_category = 'unknown') as undescribed_seconds,
        sum(seconds) filter (is_logged_in) as logged_in_seconds,
        sum(seconds) filter (actual_category = 'on_queue') as on_queue_seconds,
        sum(seconds) filter (actual_category = 'off_queue_work') as off_queue_work_seconds,
        sum(seconds) filter (actual_category = 'break') as break_seconds,
        sum(seconds) filter (actual_category = 'meal') as meal_seconds,
        sum(seconds) filter (actual_category = 'meeting') as meeting_seconds,
        sum(seconds) filter (actual_category = 'coaching') as coaching_seconds,
        sum(seconds) filter (actual_category = 'training') as training_seconds,
        sum(seconds) filter (actual_category = 'unavailable') as unavailable_seconds,
        coalesce(date_diff(
            'second',
            min(happened_at) filter (is_in_shift and is_scheduled and not is_left_out),
            min(happened_at) filter (is_in_shift and is_worked)
        ) > getvariable('late_arrival_tolerance_seconds'), false)::integer as late_arrivals
    from classed
    group by all
)

select
    *,
    coalesce(eligible_scheduled_seconds, 0) - coalesce(eligible_in_adherence_seconds, 0)
        as unexplained_seconds
from summed;

-- Contacts -----------------------------------------------------------------------------------------

create temp view leg as
select
    contact_id, leg_id, login.agent_id, customer_key, contact_reason, case_id, channel,
    coalesce(queue_id, 'unknown') as queue_family, contact_started_at, leg_started_at,
    was_handled as is_answered,
    was_handled and coalesce(
        coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0)
        < getvariable('short_contact_limit_seconds')
        and coalesce(talk_seconds, hold_seconds, acw_seconds) is not null, false
    ) as is_short,
    is_answered and not is_short as is_handled,
    is_handled and coalesce(was_transferred_out, false) as is_passed_on,
    is_handled and was_transferred_out is not null as is_transfer_known,
    if(is_passed_on, nullif(transfer_type, 'none'), null) as passed_on_how,
    was_abandoned and not is_answered as is_abandoned,
    talk_seconds, hold_seconds, acw_seconds
from delivered('contact_leg') as delivery
left join login
    on login.identity_system = delivery.source_system
    and login.external_id = delivery.agent_external_id
    and leg_started_at >= login.starts_at and leg_started_at < login.ends_at
qualify row_number() over (
    partition by contact_id, leg_id order by source_updated_at desc, known_at desc
) = 1 and not coalesce(is_deleted, false);

create temp table contact as
with leg_beginning as (
    select *, leg_started_at as happened_at from leg
),

dated_leg as materialized (
    select * from dated('leg_beginning')
),

-- In a shift the day is the shift's. Outside of one the contact's own beginning decides.
contact_beginning as (
    select * exclude (is_in_shift, activity_date) replace (contact_started_at as happened_at)
    from dated_leg
    where not is_in_shift
),

dated_contact as (
    select * from dated_leg
    where is_in_shift
    union all by name
    select * from dated('contact_beginning')
)

-- Other feeds name a contact, not a leg; what counts once a contact counts on its last handled leg.
select *, row_number() over (
    partition by contact_id order by is_handled desc, leg_started_at desc, leg_id desc
) = 1 as is_the_contact
from dated_contact;

create temp table case_outcome as
with newest as (
    select * from delivered('case_record')
    qualify row_number() over (
        partition by case_id order by source_updated_at desc, known_at desc
    ) = 1 and not coalesce(is_deleted, false)
)

select
    case_id, login.agent_id as resolved_by, channel,
    coalesce(resolved_at, closed_at) as happened_at,
    status in ('merged', 'cancelled', 'deleted') or merged_into_case_id is not null as is_excluded,
    coalesce(
        status in ('resolved', 'closed')
        and (last_reopened_at is null or last_reopened_at < coalesce(resolved_at, closed_at)), false
    ) as is_resolved,
    is_resolved and resolved_by_external_id is not null and resolved_by is null
        as is_resolver_unknown
from newest
left join login
    on login.identity_system = newest.source_system
    and login.external_id = newest.resolved_by_external_id
    and coalesce(resolved_at, closed_at) >= login.starts_at
    and coalesce(resolved_at, closed_at) < login.ends_at;

-- The same customer with the same reason, one contact after the other.
create temp table watched as
select
    contact_id,
    contact_started_at - lag(contact_started_at) over chain <= getvariable('repeat_window')
        as is_a_repeat,
    coalesce(
        lead(contact_started_at) over chain - contact_started_at <= getvariable('repeat_window'),
        false
    ) as is_repeated
from contact
where is_the_contact and is_handled and customer_key is not null
window chain as (
    partition by customer_key, contact_reason order by contact_started_at, contact_id
);

create temp table contacts_of_day as
with judged as (
    select
        contact.*,
        is_the_contact and is_handled and case_outcome.case_id is not null and not is_excluded
            and not is_resolver_unknown as counts_as_case,
        watched.contact_id is not null and is_the_contact
            and contact_started_at + getvariable('repeat_window') <= getvariable('as_of')
            as is_watched,
        is_watched and not coalesce(is_a_repeat, false)
            and (contact.case_id is null or not coalesce(is_excluded, true)) as is_first,
        is_repeated, is_resolved, coalesce(resolved_by, agent_id) = agent_id as is_resolved_here
    from contact
    left join case_outcome on contact.case_id = case_outcome.case_id
    left join watched on contact.contact_id = watched.contact_id
    where agent_id is not null
)

select
    agent_id, activity_date, channel, queue_family,
    count(*) as offered_contacts,
    count(*) filter (is_handled) as handled_contacts,
    count(*) filter (
        is_handled and coalesce(talk_seconds, hold_seconds, acw_seconds) is not null
    ) as timed_contacts,
    count(acw_seconds) filter (is_handled) as acw_timed_contacts,
    count(*) filter (is_short) as short_contacts,
    count(*) filter (is_transfer_known) as transfer_known_contacts,
    count(*) filter (is_abandoned) as abandoned_contacts,
    count(*) filter (is_passed_on) as transferred_out_contacts,
    count(passed_on_how) as transfer_type_known_contacts,
    count(*) filter (passed_on_how = 'blind') as blind_transferred_out_contacts,
    count(*) filter (passed_on_how = 'consult') as consult_transferred_out_contacts,
    count(*) filter (passed_on_how = 'queue') as queue_transferred_out_contacts,
    count(*) filter (is_watched) as repeat_eligible_contacts,
    count(*) filter (is_watched and is_repeated) as repeat_contacts,
    count(*) filter (is_first) as fcr_eligible_contacts,
    count(*) filter (
        is_first and not is_repeated and (case_id is null or is_resolved)
    ) as fcr_resolved_contacts,
    count(*) filter (counts_as_case) as resolution_eligible_contacts,
    count(*) filter (counts_as_case and is_resolved and is_resolved_here) as resolved_contacts,
    sum(talk_seconds) filter (is_handled) as talk_seconds,
    sum(hold_seconds) filter (is_handled) as hold_seconds,
    sum(acw_seconds) filter (is_handled) as acw_seconds,
    sum(coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0) + coalesce(acw_seconds, 0)) filter (
        is_handled and coalesce(talk_seconds, hold_seconds, acw_seconds) is not null
    ) as handle_seconds
from judged
group by all;

-- A case counts for whoever resolved it, in the queue of its last contact, once it can no longer be
-- opened again in time.
create temp table cases_of_day as
with resolution as (
    select case_id, channel, resolved_by as agent_id, happened_at
    from case_outcome
    where is_resolved and not is_excluded and resolved_by is not null
        and happened_at + getvariable('reopen_window') <= getvariable('as_of')
),

-- Who has left is nowhere, and some of their cases are resolved later: there the usual zone decides,
-- but not about the end of a last night shift.
dated_resolution as (
    select resolution.* replace (
        if(not is_in_shift and local_date(happened_at, getvariable('usual_zone')) >= gone_from_date,
            greatest(activity_date, local_date(happened_at, getvariable('usual_zone'))),
            activity_date) as activity_date
    )
    from dated('resolution') as resolution
    inner join (select agent_id, max(to_date) as gone_from_date from assignment group by all)
        using (agent_id)
),

last_contact as (
    select case_id, max_by({channel: channel, queue_family: queue_family}, leg_started_at) as place
    from contact
    where is_handled and case_id is not null
    group by all
)

select
    agent_id, activity_date, coalesce(place.channel, channel, 'other') as channel,
    coalesce(place.queue_family, 'unknown') as queue_family, count(*) as resolved_cases
from dated_resolution
left join last_contact using (case_id)
group by all;

-- Evaluations --------------------------------------------------------------------------------------

create temp table evaluation as
with newest as (
    select * from delivered('qa_evaluation')
    qualify row_number() over (
        partition by evaluation_id
        order by revision desc, source_updated_at desc, known_at desc
    ) = 1
)

select
    evaluation_id, login.agent_id, contact_id, leg_id, channel,
    coalesce(contact_started_at, evaluated_at) as happened_at,
    coalesce(points_earned, score_points) as earned,
    if(points_earned is null, 100, points_possible) as possible,
    if(
        purpose = 'calibration', 'calibration',
        if(purpose = 'targeted' or sampling in ('targeted', 'complaint'), 'targeted',
            if(method = 'auto', 'automatic', sampling))
    ) as kind,
    kind not in ('calibration', 'targeted') and earned is not null and possible > 0 as is_counted
from newest
inner join login
    on login.identity_system = newest.source_system
    and login.external_id = newest.agent_external_id
    and coalesce(contact_started_at, evaluated_at) >= login.starts_at
    and coalesce(contact_started_at, evaluated_at) < login.ends_at
where not coalesce(is_deleted, false) and status in ('submitted', 'released')
    and purpose not in ('self', 'peer')
    and (is_counted or kind in ('random', 'calibration', 'targeted', 'automatic'));

create temp table evaluations_of_day as
with evaluated_leg as (
    select
        evaluation.*, contact.activity_date as contact_date, contact.channel as contact_channel,
        contact.queue_family as contact_queue
    from dated('evaluation') as evaluation
    left join contact on evaluation.contact_id = contact.contact_id
    qualify row_number() over (
        partition by evaluation_id
        order by
            coalesce(evaluation.leg_id = contact.leg_id, false) desc,
            coalesce(evaluation.agent_id = contact.agent_id, false) desc,
            is_the_contact and is_handled desc, leg_started_at desc, contact.leg_id
    ) = 1
)

select
    agent_id, coalesce(contact_date, activity_date) as activity_date,
    coalesce(contact_channel, channel, 'other') as channel,
    coalesce(contact_queue, 'unknown') as queue_family,
    count(*) filter (is_counted) as evaluations,
    count(*) filter (kind = 'random') as random_evaluations,
    count(*) filter (kind = 'targeted') as targeted_evaluations,
    count(*) filter (kind = 'calibration') as calibration_evaluations,
    count(*) filter (kind = 'automatic') as automatic_evaluations,
    coalesce(sum(earned) filter (is_counted), 0) as qa_points_earned,
    coalesce(sum(possible) filter (is_counted), 0) as qa_points_possible
from evaluated_leg
group by all;

-- Surveys ------------------------------------------------------------------------------------------

create temp table invitation as
select
    invitation_id, contact_id, login.agent_id, triggered_at as happened_at,
    sent_at is not null or status in ('sent', 'opened', 'started', 'responded', 'expired')
        as is_sent,
    status not in ('failed', 'bounced') as is_delivered, status = 'responded' as is_answered_to
from delivered('survey_invitation') as delivery
left join login
    on login.identity_system = delivery.source_system
    and login.external_id = delivery.agent_external_id
    and triggered_at >= login.starts_at and triggered_at < login.ends_at
qualify row_number() over (
    partition by invitation_id order by source_updated_at desc, known_at desc
) = 1;

create temp table response as
with newest as (
    select * from delivered('survey_response')
    qualify row_number() over (
        partition by response_id, question_id order by source_updated_at desc, known_at desc
    ) = 1 and not coalesce(is_deleted, false)
)

select
    coalesce(newest.contact_id, invitation.contact_id) as contact_id,
    coalesce(login.agent_id, invitation.agent_id) as agent_id, responded_at as happened_at,
    score_value >= scale_min
        + getvariable('satisfied_share_of_scale') * (scale_max - scale_min) as is_satisfied
from newest
left join invitation on newest.invitation_id = invitation.invitation_id
left join login
    on login.identity_system = newest.source_system
    and login.external_id = newest.attributed_agent_external_id
    and responded_at >= login.starts_at and responded_at < login.ends_at
where metric = 'csat' and score_value is not null and not is_test and exclusion_reason is null;

create temp macro about_contact(relation) as table
select
    asked.* replace (
        coalesce(asked.agent_id, contact.agent_id) as agent_id,
        coalesce(contact.activity_date, asked.activity_date) as activity_date
    ),
    coalesce(contact.channel, 'other') as channel,
    coalesce(contact.queue_family, 'unknown') as queue_family,
    coalesce(contact.is_answered, true) as is_answered
from dated(relation) as asked
left join contact on asked.contact_id = contact.contact_id and contact.is_the_contact;

create temp table surveys_of_day as
with asked as (
    select
        agent_id, activity_date, channel, queue_family,
        1 as surveys_invited, is_delivered::integer as surveys_delivered,
        is_answered_to::integer as surveys_answered,
        0 as csat_eligible_responses, 0 as csat_satisfied_responses
    from about_contact('invitation')
    where is_sent
    union all
    select agent_id, activity_date, channel, queue_family, 0, 0, 0, 1, is_satisfied::integer
    from about_contact('response')
    where is_answered
)

select
    agent_id, activity_date, channel, queue_family,
    sum(surveys_invited) as surveys_invited,
    sum(surveys_delivered) as surveys_delivered,
    sum(surveys_answered) as surveys_answered,
    sum(csat_eligible_responses) as csat_eligible_responses,
    sum(csat_satisfied_responses) as csat_satisfied_responses
from asked
where agent_id is not null
group by all;

-- The three tables ---------------------------------------------------------------------------------

create temp view shift_beginning as select agent_id, starts_at as happened_at, has_work from shift;

-- Whether the site's day is over, and where the agent was on it.
create temp macro placed(relation) as table
select
    days.*, team_id, supervisor_agent_id, site_id, job_role,
    coalesce(is_scorecard_eligible, false) as is_scorecard_eligible,
    local_midnight(
        days.activity_date + 1, coalesce(site_time_zone, getvariable('usual_zone'))
    ) <= getvariable('as_of') as is_complete
from query_table(relation) as days
left join assignment
    on days.agent_id = assignment.agent_id
    and days.activity_date >= from_date and days.activity_date < to_date;

create temp view queue_of_day as
select
    agent_id, activity_date, channel, queue_family,
    coalesce(sum(columns(* exclude (
        agent_id, activity_date, channel, queue_family, qa_points_earned, qa_points_possible,
        talk_seconds, hold_seconds, acw_seconds, handle_seconds
    ))), 0)::bigint,
    coalesce(sum(columns('qa_points_.*')), 0)::decimal(18, 4),
    -- What was not handled took no time; what was handled and has no time was not measured.
    coalesce(
        sum(columns('(talk|hold|acw|handle)_seconds')), if(sum(handled_contacts) > 0, null, 0)
    )::bigint
from (
    select * from contacts_of_day
    union all by name
    select * from cases_of_day
    union all by name
    select * from evaluations_of_day
    union all by name
    select * from surveys_of_day
)
group by all;

-- Coaching and lessons that are done, or were due by now and before the agent left.
create temp view lesson as
with event as (
    select *, coalesce(completed_at, due_at) as happened_at
    from delivered('development_event')
    qualify row_number() over (
        partition by event_id order by source_updated_at desc, known_at desc
    ) = 1
)

select login.agent_id, happened_at
from event
inner join login
    on login.identity_system = event.source_system
    and login.external_id = event.agent_external_id
    and happened_at >= login.starts_at and happened_at < login.ends_at
semi join assignment
    on login.agent_id = assignment.agent_id
    and happened_at >= assignment.starts_at
    and happened_at < local_midnight(assignment.to_date, assignment.site_time_zone)
where not coalesce(is_deleted, false)
    and event_type in ('coaching_session', 'learning_assignment')
    and status <> 'cancelled'
    and (status in ('completed', 'missed') or due_at < getvariable('as_of'));

create temp view agent_of_day as
with shifts_of_day as (
    select agent_id, activity_date, count(*) filter (has_work) as scheduled_shifts
    from dated('shift_beginning')
    group by all
),

contact_days as (
    select distinct agent_id, activity_date from contacts_of_day
),

lesson_days as (
    select distinct agent_id, activity_date from dated('lesson')
)

select
    agent_id, activity_date,
    coalesce(columns(* exclude (agent_id, activity_date)), 0)::bigint
from shifts_of_day
full join time_of_day using (agent_id, activity_date)
full join contact_days using (agent_id, activity_date)
full join lesson_days using (agent_id, activity_date);

create table fct_agent_day_queue as select * from placed('queue_of_day');
create table fct_agent_day as select * from placed('agent_of_day');

create table kpi_agent_period as
with counted_day as (
    select * from fct_agent_day where is_complete
),

counted_queue as (
    select * from fct_agent_day_queue where is_complete and is_scorecard_eligible
),

periods as (
    select distinct
        activity_date, unnest([
            strftime(activity_date, '%Y-%m'),
            year(activity_date) || '-Q' || quarter(activity_date)
        ]) as period_id
    from counted_day
),

agent_periods as (
    select
        agent_id, period_id,
        sum(scheduled_shifts) filter (is_scorecard_eligible) as shifts,
        sum(eligible_scheduled_seconds) filter (is_scorecard_eligible) as scheduled,
        sum(eligible_in_adherence_seconds) filter (is_scorecard_eligible) as adhered,
        sum(eligible_worked_seconds) filter (is_scorecard_eligible) as worked
    from counted_day
    inner join periods using (activity_date)
    group by all
),

queue_periods as (
    select agent_id, period_id, sum(columns(counted_queue.* exclude (
        agent_id, activity_date, channel, queue_family, team_id, supervisor_agent_id, site_id,
        job_role, is_scorecard_eligible, is_complete
    )))
    from counted_queue
    inner join periods using (activity_date)
    group by all
),

kpis as (
    select agent_id, period_id, unnest([
        {metric: 'adherence', above: adhered, below: scheduled, n: shifts},
        {metric: 'conformance', above: worked, below: scheduled, n: shifts},
        {metric: 'average_handle_time', above: handle_seconds, below: timed_contacts,
            n: timed_contacts},
        {metric: 'after_call_work', above: acw_seconds, below: acw_timed_contacts,
            n: acw_timed_contacts},
        {metric: 'transfer_rate', above: transferred_out_contacts, below: transfer_known_contacts,
            n: transfer_known_contacts},
        {metric: 'resolution_rate', above: resolved_contacts, below: resolution_eligible_contacts,
            n: resolution_eligible_contacts},
        {metric: 'repeat_contact_rate', above: repeat_contacts, below: repeat_eligible_contacts,
            n: repeat_eligible_contacts},
        {metric: 'first_contact_resolution', above: fcr_resolved_contacts,
            below: fcr_eligible_contacts, n: fcr_eligible_contacts},
        {metric: 'qa_score', above: qa_points_earned, below: qa_points_possible, n: evaluations},
        {metric: 'csat', above: csat_satisfied_responses, below: csat_eligible_responses,
            n: csat_eligible_responses}
    ]::struct(metric varchar, above decimal(38, 4), below decimal(38, 4), n bigint)[]) as kpi
    from agent_periods
    left join queue_periods using (agent_id, period_id)
)

select
    agent_id, period_id, kpi.metric, kpi.above as numerator, kpi.below as denominator, kpi.n,
    kpi.above::double / nullif(kpi.below::double, 0) as value
from kpis;
