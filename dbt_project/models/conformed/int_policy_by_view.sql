{%- set policy = [
    ('minimum_events', 'every_scored_value_has_enough_evidence', 'minimum_events'),
    ('minimum_days', 'every_scored_value_has_enough_evidence', 'minimum_days'),
    ('minimum_peers', 'channel_mix_is_compared_within', 'minimum_peers'),
    ('minimum_overlap_share', 'channel_mix_is_compared_within', 'minimum_overlap_share'),
    ('tolerance_points', 'evaluators_agree', 'tolerance_points'),
    ('minimum_agreed_share', 'evaluators_agree', 'minimum_agreed_share'),
    ('minimum_pairs', 'evaluators_agree', 'minimum_pairs'),
    ('withhold_above_share', 'one_metric_does_not_crowd_out', 'withhold_above_share'),
] -%}

with thresholds as (

    select * from {{ source('catalogue', 'policy_threshold') }}

),

views as (

    select * from {{ source('catalogue', 'policy_view') }}

),

by_view as (

    select
        views.view,
    {%- for column, check, threshold in policy %}
    max(
        case
            when
                thresholds.check_id = '{{ check }}'
                and thresholds.threshold = '{{ threshold }}'
                then thresholds.value
        end
    ) as {{ column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from views
    left outer join thresholds on views.view = thresholds.view
    group by views.view

)

select * from by_view
