-- What the declarations say, worked out once: strata, the outage, and what grows day by day.

create or replace table strata as
select
    queues.queue_id,
    channels.channel,
    queues.resolution_logit,
    channels.hold_share,
    channels.wait_seconds,
    channels.short_share,
    channels.abandoned_share,
    -- The mean of a log-normal is the declared level.
    ln(channels.talk_seconds) - getvariable('contact_talk_sd_log') ** 2 / 2 + queues.talk_log
        as talk_log,
    ln(channels.after_call_seconds) - getvariable('contact_after_call_sd_log') ** 2 / 2
        as after_call_log
from queues
cross join channels;

create or replace table outage as
select
    sites.site_id,
    timezone('UTC', timezone(
        sites.zone,
        date_of(getvariable('outage_day_day'))::timestamp
        + to_minutes(getvariable('outage_day_starts_minute'))
    )) as starts_at,
    timezone('UTC', timezone(
        sites.zone,
        date_of(getvariable('outage_day_day'))::timestamp
        + to_minutes(getvariable('outage_day_ends_minute'))
    )) as ends_at,
    ends_at + to_minutes(getvariable('outage_day_delay_minutes')) as delayed_until
from sites
where getvariable('has_outage_day') and sites.site_id = getvariable('outage_day_site');

create or replace table wish (
    contact_key bigint, level integer, repeat_day bigint, channel varchar, queue_id varchar,
    ended_at timestamp, shuffle bigint
);

create or replace table repeat_link (child_key bigint, parent_key bigint);

create or replace table case_contact (
    concern_key bigint, contact_key bigint, started_at timestamp, ended_at timestamp,
    agent_number bigint, channel varchar, contact_reason varchar, customer_key varchar,
    resolved_at timestamp, resolved_by bigint
);

create or replace table rated_case (
    concern_key bigint, agent_number bigint, next_number bigint, reassigned_at timestamp
);
