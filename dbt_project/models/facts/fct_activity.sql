{{ config(materialized='incremental', meta={'part': 'time'}) }}

with stretches as (

    select * from {{ ref('int_activity_stretch') }}

),

business_days as (

    select * from {{ ref('int_business_day') }}

),

activity_types as (

    select * from {{ ref('dim_activity_type') }}

),

described as (

    select
        stretches.agent_id,
        business_days.activity_date,
        stretches.starts_at,
        stretches.ends_at,
        case
            when stretches.planned_activity_type_key is not null
                then coalesce(planned_types.category, 'unknown')
        end as planned_category,
        case
            when stretches.actual_activity_type_key is not null
                then coalesce(actual_types.category, 'unknown')
        end as actual_category,
        stretches.routing_status,
        stretches.exclusion_reason,
        {{ seconds_between('stretches.starts_at', 'stretches.ends_at') }} as seconds,
        business_days.is_in_shift,
        coalesce(planned_types.is_counted_in_adherence, false) as is_scheduled,
        coalesce(actual_types.is_counted_in_adherence, false) as is_worked,
        coalesce(actual_types.is_paid, false) as is_paid
    from stretches
    left outer join business_days
        on stretches.agent_id = business_days.agent_id
        and cast(stretches.starts_at as date) = business_days.utc_date
        and stretches.starts_at >= business_days.starts_at
        and stretches.starts_at < business_days.ends_at
    left outer join activity_types as planned_types
        on stretches.planned_activity_type_key = planned_types.activity_type_key
    left outer join activity_types as actual_types
        on stretches.actual_activity_type_key = actual_types.activity_type_key

),

counted as (

    select
        -- ids
        agent_id,

        -- dates and times
        activity_date,
        starts_at,
        ends_at,

        -- categories
        planned_category,
        actual_category,
        case when is_scheduled then exclusion_reason end as adherence_exclusion_reason,

        -- seconds
        seconds,
        {%- for column, condition in {
            'scheduled_seconds': 'is_scheduled',
            'in_adherence_seconds': 'is_scheduled and actual_category = planned_category',
            'worked_seconds': 'is_worked',
            'paid_seconds': 'is_paid',
            'overtime_seconds': 'is_worked and is_in_shift and planned_category is null',
        }.items() %}
        case when {{ condition }} then seconds else 0 end as {{ column }},
        {%- endfor %}
        case
            when actual_category = 'on_queue' and routing_status is not null
                then case when routing_status = 'idle' then seconds else 0 end
        end as available_seconds
    from described

)

select * from counted
where {{ is_built_tonight('activity_date', 'time') }}
