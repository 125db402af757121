-- The tables that pages and export read, as the warehouse has them on the evening of publication.
-- Columns that neither reads are left out.
create schema run;
create schema catalogue;
create schema conformed;
create schema kpis;
create schema scorecards;
create schema gate;

create table run.context (
    run_id varchar, as_of timestamp, source_set varchar, source_set_label varchar
);

create table run.feed (
    feed varchar, is_declared boolean, is_derived boolean, final_after_days integer,
    left_out_because varchar
);

create table catalogue.metric (
    metric varchar, label varchar, asks varchar, owner varchar, perspective varchar, lens varchar,
    evidence_class varchar, unit varchar, better varchar
);

create table catalogue.metric_version (
    metric varchar, version integer, effective_from_date date, effective_to_date date
);

create table catalogue.metric_term (
    metric varchar, version integer, side varchar, measure varchar, coefficient integer
);

create table catalogue.measure (
    measure varchar, fact varchar, unit varchar, label varchar, feed varchar
);

create table catalogue.measure_refinement (measure varchar, feed varchar);

create table catalogue.metric_target (
    metric varchar, job_role varchar, effective_from_date date, effective_to_date date,
    floor decimal(18,6), target decimal(18,6), stretch decimal(18,6)
);

create table catalogue.scorecard (
    scorecard varchar, period_kind varchar, effective_from_date date, effective_to_date date
);

create table catalogue.scorecard_weight (
    scorecard varchar, effective_from_date date, effective_to_date date, perspective varchar,
    perspective_share decimal(18,6), metric varchar, metric_share decimal(18,6)
);

create table catalogue.policy_threshold (
    check_id varchar, threshold varchar, view varchar, value decimal(18,6), severity varchar
);

create table conformed.dim_period (
    period_id varchar, period_kind varchar, first_date date, end_date date, is_closed boolean
);

create table kpis.kpi_agent_period (
    agent_id varchar, period_id varchar, metric varchar, numerator decimal(38,4),
    denominator decimal(38,4), n bigint, evidence_days bigint, value double, state varchar,
    withheld_reason varchar, n_needed bigint, provisional_until_date date
);

create table kpis.kpi_group_period (
    group_kind varchar, group_id varchar, period_id varchar, metric varchar,
    numerator decimal(38,4), denominator decimal(38,4), n bigint, agents bigint, value double,
    state varchar, gap_days bigint, provisional_until_date date
);

create table kpis.kpi_agent_week (
    agent_id varchar, week_first_date date, metric varchar, numerator decimal(38,4),
    denominator decimal(38,4), n bigint, value double
);

create table kpis.kpi_evaluator_agreement (
    form_id varchar, pairs bigint, agreed_pairs bigint, agreed_share double, is_measured boolean
);

create table scorecards.scorecard_agent_period (
    agent_id varchar, period_id varchar, view varchar, team_id varchar,
    supervisor_agent_id varchar, site_id varchar, job_role varchar, days bigint, gap_days bigint,
    composite_points double, state varchar, withheld_reason varchar, covered_share double,
    lost_share double, largest_share double, largest_metric varchar, is_roster_derived boolean
);

create table scorecards.scorecard_agent_period_metric (
    agent_id varchar, period_id varchar, view varchar, metric varchar, perspective varchar,
    value double, numerator decimal(38,4), denominator decimal(38,4), n bigint, state varchar,
    withheld_reason varchar, n_needed bigint, floor decimal(18,6), target decimal(18,6),
    stretch decimal(18,6), outer_low decimal(18,6), band_low decimal(18,6),
    band_high decimal(18,6), outer_high decimal(18,6), points double,
    perspective_share decimal(18,6), metric_share decimal(18,6), effective_share double,
    contribution_points double, perspective_points double
);

create schema facts;
create table facts.fct_agent_day (agent_id varchar, activity_date date, is_complete boolean);

create table gate.check_result (
    run_id varchar, check_id varchar, family varchar, scope_type varchar, scope_id varchar,
    severity varchar, status varchar, measured double, threshold double, n bigint,
    reason_code varchar, explanation varchar
);
