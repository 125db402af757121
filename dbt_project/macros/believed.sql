{# The rows of a feed that we believed at `as_of`, on any engine one predicate. A source that marks
   its deletions has them left out: `marks_deletions`; `keeps_closed` also brings what we no longer
   believed by then. #}
{% macro believed(feed, marks_deletions=false, keeps_closed=false) -%}
{%- set is_deleted = 'coalesce(fed.is_deleted, false)' if marks_deletions else 'false' -%}
{%- set is_believed = 'true' if keeps_closed else 'fed.superseded_at > context.as_of' -%}
select fed.*
    from {{ source('raw', feed) }} as fed
    cross join {{ source('run', 'context') }} as context
    where
        fed.known_at <= context.as_of
        and {{ is_believed }}
        and not {{ is_deleted }}
{%- endmacro %}
