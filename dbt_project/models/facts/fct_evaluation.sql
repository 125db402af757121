{{ config(materialized='incremental', meta={'part': 'outcome'}) }}

with evaluations as (

    select * from {{ ref('int_evaluation_attributed') }}

),

contacts as (

    select * from {{ ref('int_contact_named') }}

),

-- The leg that was evaluated: the one named, else this agent's, else the one that handled it last.
legs as (

    select
        evaluations.source_system,
        evaluations.evaluation_id,
        contacts.agent_id as leg_agent_id,
        case when evaluations.leg_id = contacts.leg_id then contacts.agent_id end
            as named_leg_agent_id,
        contacts.activity_date,
        contacts.channel,
        contacts.queue_family,
        row_number() over (
            partition by evaluations.source_system, evaluations.evaluation_id
            order by
                case when evaluations.leg_id = contacts.leg_id then 0 else 1 end asc,
                case when evaluations.agent_id = contacts.agent_id then 0 else 1 end asc,
                case when contacts.is_last_handling_leg then 0 else 1 end asc,
                contacts.leg_started_at desc,
                contacts.source_system asc,
                contacts.leg_id asc
        ) as leg_number
    from evaluations
    inner join contacts on evaluations.contact_id = contacts.contact_id

),

placed as (

    select
        evaluations.*,
        legs.leg_agent_id,
        coalesce(legs.named_leg_agent_id, evaluations.agent_id) as evaluated_agent_id,
        coalesce(legs.activity_date, evaluations.activity_date) as contact_date,
        coalesce(legs.channel, evaluations.channel, 'other') as contact_channel,
        coalesce(legs.queue_family, 'unknown') as queue_family,
        coalesce(evaluations.points_earned, evaluations.score_points) as earned_points,
        case
            when evaluations.points_earned is null then {{ points_of_a_full_score() }}
            else evaluations.points_possible
        end as possible_points
    from evaluations
    left outer join legs
        on evaluations.source_system = legs.source_system
        and evaluations.evaluation_id = legs.evaluation_id
        and legs.leg_number = 1

),

excluded as (

    select
        *,
        case
            when is_deleted or status in ('retracted', 'deleted') then 'retracted'
            when status not in ('submitted', 'released') then 'not_final'
            when evaluated_agent_id is null then 'agent_unknown'
            when purpose = 'calibration' then 'calibration'
            when purpose in ('self', 'peer') then 'not_by_an_evaluator'
            when purpose = 'targeted' or sampling in ('targeted', 'complaint')
                then 'targeted_selection'
            when earned_points is null or coalesce(possible_points, 0) = 0 then 'no_points'
        end as qa_exclusion_reason,
        case
            when is_deleted or status not in ('submitted', 'released') then null
            when evaluated_agent_id is null then null
            when purpose in ('self', 'peer') then null
            when purpose = 'calibration' then 'calibration'
            when purpose = 'targeted' or sampling in ('targeted', 'complaint') then 'targeted'
            when method = 'auto' then 'automatic'
            when sampling = 'random' then 'random'
        end as kind
    from placed

),

counted as (

    select
        -- ids
        source_system,
        evaluation_id,
        revision,
        evaluated_agent_id as agent_id,
        agent_id as named_agent_id,
        leg_agent_id,
        qa_agent_id,
        evaluator_id,
        contact_id,
        form_id,
        form_version,

        -- dates
        contact_date as activity_date,

        -- categories
        contact_channel as channel,
        queue_family,
        purpose,
        sampling,
        method,
        qa_exclusion_reason,

        -- counts and points
        {{ one_when('qa_exclusion_reason is null') }} as evaluations,
        {%- for name in ['random', 'targeted', 'calibration', 'automatic'] %}
        {{ one_when("kind = '" ~ name ~ "'") }} as {{ name }}_evaluations,
        {%- endfor %}
        case
            when qa_exclusion_reason is null and has_critical_error is null then null
            else {{ one_when('qa_exclusion_reason is null and has_critical_error') }}
        end as critical_errors,
        cast(score_points as decimal(18, 4)) as score_points,
        cast(
            case when qa_exclusion_reason is null then earned_points else 0 end
            as decimal(18, 4)
        ) as qa_points_earned,
        cast(
            case when qa_exclusion_reason is null then possible_points else 0 end
            as decimal(18, 4)
        ) as qa_points_possible,

        -- booleans
        has_critical_error
    from excluded

)

select * from counted
where {{ is_built_tonight('activity_date', 'outcome') }}
