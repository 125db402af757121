with feeds as (

    select * from {{ source('run', 'feed') }}

),

delivered as (

    select * from {{ source('run', 'delivered') }}

),

declared as (

    select
        {%- for feed in [
            'activity_type', 'planned_activity', 'actual_activity', 'contact_leg', 'case_record',
            'qa_evaluation', 'survey_invitation', 'survey_response', 'case_event',
            'conversation_analytics', 'development_event', 'adherence_exception',
            'service_incident',
        ] %}
        coalesce(bool_or(feed = '{{ feed }}' and is_declared), false) as has_{{ feed }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from feeds

),

-- A column that no row fills is not measured, although its feed is declared.
filled as (

    select
        {%- for column, feed in {
            'talk_seconds': 'contact_leg', 'hold_seconds': 'contact_leg',
            'acw_seconds': 'contact_leg', 'category': 'actual_activity',
        }.items() %}
    bool_or(feed = '{{ feed }}' and column_name = '{{ column }}') as has_{{ column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
    from delivered

),

described as (

    select
        declared.*,
        coalesce(filled.has_talk_seconds, false) as has_talk_seconds,
        coalesce(filled.has_hold_seconds, false) as has_hold_seconds,
        coalesce(filled.has_acw_seconds, false) as has_acw_seconds,
        coalesce(
            filled.has_talk_seconds or filled.has_hold_seconds or filled.has_acw_seconds, false
        ) as has_handle_seconds,
        declared.has_actual_activity
        and declared.has_activity_type
        and coalesce(filled.has_category, false) as has_described_activity
    from declared
    cross join filled

)

select * from described
