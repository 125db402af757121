with agent_day_queues as (

    select * from {{ ref('fct_agent_day_queue') }}
    where is_complete and is_scorecard_eligible and handled_contacts > 0

),

periods as (

    select * from {{ ref('dim_period') }}

),

policy as (

    select * from {{ ref('int_policy_by_view') }}

),

exposure as (

    select
        agent_day_queues.agent_id,
        periods.period_id,
        agent_day_queues.channel,
        agent_day_queues.queue_family,
        sum(agent_day_queues.handled_contacts) as handled_contacts
    from agent_day_queues
    inner join periods
        on agent_day_queues.activity_date >= periods.first_date
        and agent_day_queues.activity_date < periods.end_date
    group by
        agent_day_queues.agent_id,
        periods.period_id,
        agent_day_queues.channel,
        agent_day_queues.queue_family

),

with_peers as (

    select
        *,
        count(*) over (partition by period_id, channel, queue_family) - 1 as peers
    from exposure

),

compared as (

    select
        with_peers.agent_id,
        with_peers.period_id,
        policy.view,
        sum(with_peers.handled_contacts) as handled_contacts,
        sum(case
            when with_peers.peers >= policy.minimum_peers then with_peers.handled_contacts
            else 0
        end) as compared_contacts
    from with_peers
    cross join policy
    group by with_peers.agent_id, with_peers.period_id, policy.view

),

divided as (

    select
        agent_id,
        period_id,
        view,
        cast(handled_contacts as bigint) as handled_contacts,
        cast(compared_contacts as bigint) as compared_contacts,
        cast(compared_contacts as double) / nullif(handled_contacts, 0) as peer_overlap_share
    from compared

)

select * from divided
