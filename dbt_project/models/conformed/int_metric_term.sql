with versions as (

    select * from {{ source('catalogue', 'metric_version') }}

),

terms as (

    select * from {{ source('catalogue', 'metric_term') }}

),

measures as (

    select * from {{ source('catalogue', 'measure') }}

),

refinements as (

    select * from {{ source('catalogue', 'measure_refinement') }}

),

feeds as (

    select * from {{ source('run', 'feed') }}

),

refined as (

    select
        refinements.measure,
        max(case when feeds.is_declared then feeds.final_after_days end) as final_after_days,
        count(feeds.left_out_because) > 0 as is_left_out
    from refinements
    inner join feeds on refinements.feed = feeds.feed
    group by refinements.measure

),

described as (

    select
        versions.metric,
        versions.version as metric_version,
        versions.effective_from_date,
        versions.effective_to_date,
        terms.side,
        terms.measure,
        terms.coefficient,
        measures.feed,
        case
            when feeds.is_declared and refined.final_after_days > feeds.final_after_days
                then refined.final_after_days
            when feeds.is_declared then feeds.final_after_days
        end as final_after_days,
        coalesce(feeds.is_declared, false) as is_feed_declared,
        feeds.left_out_because is not null
        or coalesce(refined.is_left_out, false) as is_feed_left_out
    from versions
    inner join terms
        on versions.metric = terms.metric
        and versions.version = terms.version
    left outer join measures on terms.measure = measures.measure
    left outer join feeds on measures.feed = feeds.feed
    left outer join refined on terms.measure = refined.measure

)

select * from described
