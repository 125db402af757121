with responses as (

    select * from {{ ref('int_survey_response_attributed') }}

),

contacts as (

    select * from {{ ref('fct_contact') }}

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

-- The leg the answer is about: that of the agent named, else the one that handled the contact last.
legs as (

    select
        responses.source_system,
        responses.response_id,
        responses.question_id,
        contacts.agent_id,
        contacts.activity_date,
        contacts.channel,
        contacts.queue_family,
        bool_or(contacts.is_answered) over (
            partition by responses.source_system, responses.response_id, responses.question_id
        ) as is_answered,
        row_number() over (
            partition by responses.source_system, responses.response_id, responses.question_id
            order by
                case when responses.agent_id = contacts.agent_id then 0 else 1 end asc,
                case when contacts.is_last_handling_leg then 0 else 1 end asc,
                contacts.leg_started_at desc,
                contacts.source_system asc,
                contacts.leg_id asc
        ) as leg_number
    from responses
    inner join contacts on responses.contact_id = contacts.contact_id

),

placed as (

    select
        responses.source_system,
        responses.response_id,
        responses.question_id,
        responses.invitation_id,
        coalesce(responses.agent_id, legs.agent_id) as agent_id,
        responses.contact_id,
        coalesce(legs.activity_date, responses.activity_date) as activity_date,
        coalesce(legs.channel, responses.channel, 'other') as channel,
        coalesce(legs.queue_family, 'unknown') as queue_family,
        responses.metric,
        responses.exclusion_reason,
        case
            when responses.metric = 'csat' and coalesce(legs.is_answered, true)
                then responses.score_rating
        end as csat_rating,
        responses.scale_low_rating,
        responses.scale_high_rating,
        responses.is_test,
        coalesce(legs.is_answered, true) as is_answered
    from responses
    left outer join legs
        on responses.source_system = legs.source_system
        and responses.response_id = legs.response_id
        and responses.question_id = legs.question_id
        and legs.leg_number = 1

),

excluded as (

    select
        placed.*,
        case
            when placed.metric <> 'csat' then 'another_question'
            when placed.is_test then 'test_response'
            when not placed.is_answered then 'nobody_handled'
            when placed.csat_rating is null then 'no_rating'
            when placed.exclusion_reason is not null then placed.exclusion_reason
            when placed.agent_id is null then 'agent_unknown'
        end as csat_exclusion_reason,
        calendar_dates.satisfied_share_of_scale
    from placed
    left outer join calendar_dates
        on placed.activity_date = calendar_dates.calendar_date

),

counted as (

    select
        -- ids
        source_system,
        response_id,
        question_id,
        invitation_id,
        agent_id,
        contact_id,

        -- dates
        activity_date,

        -- categories
        channel,
        queue_family,
        metric,
        csat_exclusion_reason,

        -- the survey's own scale
        csat_rating,

        -- counts
        {{ one_when('csat_exclusion_reason is null') }} as csat_eligible_responses,
        {{ one_when('csat_exclusion_reason is null and csat_rating >= scale_low_rating '
            ~ '+ satisfied_share_of_scale * (scale_high_rating - scale_low_rating)') }}
            as csat_satisfied_responses
    from excluded

)

select * from counted
