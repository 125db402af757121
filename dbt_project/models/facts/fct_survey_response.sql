{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with responses as (

    select * from {{ ref('int_survey_response_attributed') }}

),

contacts as (

    select * from {{ ref('int_contact_named') }}
    where is_meant_by_contact_id

),

calendar_dates as (

    select * from {{ ref('int_calendar_date') }}

),

placed as (

    select
        responses.source_system,
        responses.response_id,
        responses.question_id,
        responses.invitation_id,
        coalesce(responses.agent_id, contacts.agent_id) as agent_id,
        contacts.agent_id as handling_agent_id,
        responses.survey_agent_id,
        responses.contact_id,
        responses.case_id,
        responses.responded_at,
        coalesce(
            responses.attribution_reason,
            case
                when contacts.agent_id is not null then 'handler_of_the_contact'
                when responses.survey_agent_id is not null then 'unknown_agent'
                else 'nobody_named'
            end
        ) as attribution_reason,
        coalesce(contacts.activity_date, responses.activity_date) as activity_date,
        coalesce(contacts.channel, responses.channel, 'other') as channel,
        coalesce(contacts.queue_family, 'unknown') as queue_family,
        responses.metric,
        responses.exclusion_reason,
        case when coalesce(contacts.is_answered, true) then responses.score_rating end
            as score_rating,
        responses.scale_low_rating,
        responses.scale_high_rating,
        responses.is_test,
        coalesce(contacts.is_answered, true) as is_answered
    from responses
    left outer join contacts on responses.contact_id = contacts.contact_id

),

-- What leaves an answer out, whatever it was asked about.
judged as (

    select
        placed.*,
        case
            when placed.is_test then 'test_response'
            when not placed.is_answered then 'nobody_handled'
            when placed.score_rating is null then 'no_rating'
            when placed.exclusion_reason is not null then placed.exclusion_reason
            when placed.agent_id is null then 'agent_unknown'
        end as answer_exclusion_reason,
        calendar_dates.satisfied_share_of_scale,
        calendar_dates.nps_highest_rating,
        calendar_dates.nps_promoter_rating,
        calendar_dates.nps_passive_rating
    from placed
    left outer join calendar_dates
        on placed.activity_date = calendar_dates.calendar_date

),

excluded as (

    select
        *,
        case when metric = 'csat' then answer_exclusion_reason else 'another_question' end
            as csat_exclusion_reason,
        case
            when metric <> 'nps' then 'another_question'
            when answer_exclusion_reason is not null then answer_exclusion_reason
            when nps_highest_rating is null then 'no_definition_in_force'
            when scale_high_rating <> nps_highest_rating then 'another_scale'
        end as nps_exclusion_reason,
        case when metric = 'ces' then answer_exclusion_reason else 'another_question' end
            as ces_exclusion_reason
    from judged

),

counted as (

    select
        -- ids
        source_system,
        response_id,
        question_id,
        invitation_id,
        agent_id,
        handling_agent_id,
        survey_agent_id,
        contact_id,
        case_id,

        -- dates and times
        activity_date,
        responded_at,

        -- categories
        channel,
        queue_family,
        metric,
        attribution_reason,

        -- satisfaction, on the survey's own scale
        csat_exclusion_reason,
        case when metric = 'csat' then score_rating end as csat_rating,
        {{ one_when('csat_exclusion_reason is null') }} as csat_eligible_responses,
        {{ one_when('csat_exclusion_reason is null and score_rating >= scale_low_rating '
            ~ '+ satisfied_share_of_scale * (scale_high_rating - scale_low_rating)') }}
            as csat_satisfied_responses,

        -- recommendation
        nps_exclusion_reason,
        {{ one_when('nps_exclusion_reason is null') }} as nps_eligible_responses,
        {{ one_when('nps_exclusion_reason is null and score_rating >= nps_promoter_rating') }}
            as nps_promoters,
        {{ one_when('nps_exclusion_reason is null and score_rating >= nps_passive_rating '
            ~ 'and score_rating < nps_promoter_rating') }} as nps_passives,
        {{ one_when('nps_exclusion_reason is null and score_rating < nps_passive_rating') }}
            as nps_detractors,

        -- effort: how far up its own scale the answer is
        ces_exclusion_reason,
        {{ one_when('ces_exclusion_reason is null') }} as ces_responses,
        cast(case
            when ces_exclusion_reason is not null then 0
            else {{ share_in_points('score_rating - scale_low_rating',
                'scale_high_rating - scale_low_rating') }}
        end as decimal(18, 4)) as ces_points
    from excluded

)

select * from counted
where {{ is_built_tonight('activity_date', 'outcome') }}
