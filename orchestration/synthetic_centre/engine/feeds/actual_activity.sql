-- States begun before the extract; one still open has no end.
with edited as (

    select
        state.*,
        plus_hours(state.end_at, getvariable('adherence_edit_hours')) as edited_at,
        state.activity_code = 'AWAY'
        and plus_hours(state.end_at, getvariable('adherence_edit_hours'))
        <= getvariable('extracted_at')
        and uniform_of('edit', state.state_key) < getvariable('adherence_edit_share') as is_edited
    from state
    where state.start_at >= getvariable('window_start')
        and state.start_at < getvariable('window_end')
        and state.end_at > state.start_at

)

select
    agent_key.wfm_id as agent_external_id,
    'all' as platform,
    edited.activity_code as state_code,
    if(edited.is_edited, 'CASEWORK', edited.activity_code) as activity_code,
    zulu(edited.start_at) as start_at,
    case when edited.end_at <= getvariable('extracted_at') then zulu(edited.end_at) end as end_at,
    edited.is_edited,
    case when edited.is_edited then zulu(edited.edited_at) end as edited_at,
    case when edited.is_edited then 'supervisor' end as edited_by_role,
    zulu(case
        when edited.is_edited then edited.edited_at
        when edited.end_at <= getvariable('extracted_at') then edited.end_at
        else edited.start_at
    end) as source_updated_at
from edited
inner join agent_key on edited.agent_number = agent_key.agent_number
order by edited.state_key
