-- Sent whole: on a team, its two channels and the queues that the agent serves there.
with in_team as (

    select
        agent_number,
        team_number,
        min(from_day) as from_day,
        -- Open as long as the end of one of its terms is.
        if(count(*) = count(known_to_day), max(known_to_day), null) as to_day
    from assignment_as_known
    group by agent_number, team_number

)

select
    agent.agent_id,
    served.channel,
    team_queue.queue_id as queue_family,
    getvariable('agent_lowest_proficiency') + floor(
        (getvariable('agent_highest_proficiency') - getvariable('agent_lowest_proficiency') + 1)
        * uniform_of('proficiency', agent.agent_number || '|' || team_queue.queue_id)
    )::bigint - if(
        served.channel = team.channel, 0, getvariable('agent_other_channel_proficiency')
    ) as proficiency,
    date_of(in_team.from_day) as valid_from,
    date_of(in_team.to_day) as valid_to
from in_team
inner join agent on in_team.agent_number = agent.agent_number
inner join team on in_team.team_number = team.team_number
inner join team_queue
    on team.team_number = team_queue.team_number and team_queue.place < agent.served_queues
cross join unnest([team.channel, team.other_channel]) as served (channel)
order by agent.agent_id, valid_from, served.channel, queue_family
