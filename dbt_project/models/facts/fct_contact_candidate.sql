{# A view: fct_attribution keeps what it says. #}
{{ config(materialized='view') }}

-- Where one leg was all, and its agent is known, there is nothing to choose.
with open_legs as (

    select * from {{ ref('fct_contact') }}
    where
        is_answered
        and (not is_only_leg or agent_id is null)
        and contact_id in (
            select legs.contact_id from {{ ref('fct_contact') }} as legs
            where
                (not legs.is_only_leg or legs.agent_id is null)
                and {{ is_built_tonight('legs.activity_date', 'outcome') }}
        )

),

candidates as (

    select
        source_system,
        contact_id as event_id,
        first_value(activity_date) over (
            partition by source_system, contact_id
            order by is_last_handling_leg desc, leg_started_at desc, leg_id desc
            rows between unbounded preceding and current row
        ) as activity_date,
        agent_id,
        unknown_crm_agent_id as source_agent_id,
        'handled_a_leg' as evidence,
        leg_id as evidence_id,
        leg_started_at as evidence_at,
        case
            when agent_id is null then 'unknown_agent'
            when is_last_handling_leg then null
            when handled_contacts = 0 then 'short_contact'
            else 'handled_further_by_another_leg'
        end as not_credited_reason
    from open_legs

)

select * from candidates
