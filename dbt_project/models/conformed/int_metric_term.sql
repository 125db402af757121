with versions as (

    select * from {{ source('catalogue', 'metric_version') }}

),

terms as (

    select * from {{ source('catalogue', 'metric_term') }}

),

measures as (

    select * from {{ source('catalogue', 'measure') }}

),

feeds as (

    select * from {{ source('run', 'feed') }}

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
        case when feeds.is_declared then feeds.final_after_days end as final_after_days,
        coalesce(feeds.is_declared, false) as is_feed_declared,
        feeds.left_out_because is not null
        or refining.left_out_because is not null as is_feed_left_out
    from versions
    inner join terms
        on versions.metric = terms.metric
        and versions.version = terms.version
    left outer join measures on terms.measure = measures.measure
    left outer join feeds on measures.feed = feeds.feed
    left outer join feeds as refining on measures.refined_by = refining.feed

)

select * from described
