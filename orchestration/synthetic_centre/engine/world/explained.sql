-- Times away that agents explained, and how the supervisor of the day decided.
create or replace view explained as
with asked as (

    select
        state.*,
        digest_of('exception', state.state_key) as digest
    from state
    where state.activity_code = 'AWAY'
        and uniform_of('explained', state.state_key) < getvariable('exception_explained_share')

),

decided as (

    select
        asked.*,
        external_id('wfm', 'E', team.supervisor_agent_id) as approver_external_id,
        getvariable('has_lenient_approver')
        and team.team_number = getvariable('lenient_approver_team') - 1 as is_lenient,
        uniform_at(asked.digest, 0) < getvariable('exception_justified_share')
            as is_justified,
        uniform_at(asked.digest, 20) as decision_draw,
        plus_hours(asked.end_at, getvariable('exception_request_hours')) as requested_at,
        plus_hours(
            asked.end_at,
            getvariable('exception_request_hours')
            + getvariable('exception_decide_hours') * uniform_at(asked.digest, 40)
        ) as decided_at
    from asked
    inner join team on asked.team_number = team.team_number

)

select
    * exclude (digest, decision_draw),
    decision_draw < case
        when is_lenient then getvariable('lenient_approver_lenient_share')
        when is_justified then getvariable('exception_fair_share')
        else 1 - getvariable('exception_fair_share')
    end as is_approved
from decided;
