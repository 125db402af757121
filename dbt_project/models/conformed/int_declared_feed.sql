with feeds as (

    select * from {{ source('run', 'feed') }}

),

delivered as (

    select feed || '.' || column_name as filled_column from {{ source('run', 'delivered') }}

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
        {%- for feed, column in [
            ('contact_leg', 'talk_seconds'), ('contact_leg', 'hold_seconds'),
            ('contact_leg', 'acw_seconds'), ('actual_activity', 'category'),
        ] %}
        coalesce(bool_or(filled_column = '{{ feed }}.{{ column }}'), false) as has_{{ column }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from delivered

),

described as (

    select
        declared.*,
        filled.*,
        filled.has_talk_seconds or filled.has_hold_seconds or filled.has_acw_seconds
            as has_handle_seconds,
        declared.has_actual_activity and declared.has_activity_type and filled.has_category
            as has_described_activity
    from declared
    cross join filled

)

select * from described
