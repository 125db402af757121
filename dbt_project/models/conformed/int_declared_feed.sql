with feeds as (

    select * from {{ source('run', 'feed') }}

),

declared as (

    select
        {%- for feed in [
            'activity_type', 'planned_activity', 'actual_activity', 'contact_leg', 'case_record',
            'qa_evaluation', 'survey_invitation', 'survey_response', 'case_event',
            'conversation_analytics', 'development_event',
        ] %}
        coalesce(bool_or(feed = '{{ feed }}' and is_declared), false) as has_{{ feed }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from feeds

)

select * from declared
