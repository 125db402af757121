-- Every draw is the MD5 of seed, stream and key: DuckDB's hash(x, k) is correlated across k, and
-- random() depends on the threads. One digest holds six uniforms of 20 bits, at bit 0, 20, … 100.

create or replace macro digest_of(stream, key_of) as
md5_number(getvariable('seed') || '|' || stream || '|' || key_of);

create or replace macro uniform_at(digest, bit) as
(((digest >> bit) & 1048575)::double + 0.5) / 1048576;

create or replace macro normal_at(digest, first_bit, second_bit) as
sqrt(-2 * ln(uniform_at(digest, first_bit))) * cos(2 * pi() * uniform_at(digest, second_bit));

create or replace macro uniform_of(stream, key_of) as
uniform_at(digest_of(stream, key_of), 0);

create or replace macro normal_of(stream, key_of) as
normal_at(digest_of(stream, key_of), 0, 20);

create or replace macro share_of(logit) as
1 / (1 + exp(-logit));

create or replace macro logit_of(share) as
ln(share / (1 - share));

-- Of up to three chances, how many are taken.
create or replace macro taken_of(due, share, digest, first_bit) as
(due > 0 and uniform_at(digest, first_bit) < share)::bigint
+ (due > 1 and uniform_at(digest, (first_bit + 20)::uhugeint) < share)::bigint
+ (due > 2 and uniform_at(digest, (first_bit + 40)::uhugeint) < share)::bigint;

create or replace macro zulu(moment) as
strftime(moment, '%Y-%m-%dT%H:%M:%SZ');

create or replace macro date_of(day) as
(getvariable('first_day')::date + day::integer)::date;

create or replace macro plus_seconds(moment, seconds) as
moment + to_seconds(seconds::bigint);

create or replace macro plus_hours(moment, hours) as
moment + to_seconds((3600 * hours)::bigint);

create or replace macro external_id(system_name, prefix, agent_number) as
prefix || substr(md5(getvariable('seed') || '|' || system_name || '|' || agent_number), 1, 12);

-- An answer of which the survey tool has forgotten the contact, and so the agent.
create or replace macro has_lost_its_agent(contact_key, channel) as
getvariable('has_surveys_without_agent')
and channel = getvariable('surveys_without_agent_channel')
and uniform_of('lost', contact_key) < getvariable('surveys_without_agent_share');
