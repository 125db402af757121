{# The rows of a feed that we believed at `as_of`, on any engine one predicate. A source that marks
   its deletions has them left out: `marks_deletions`. #}
{% macro believed(feed, marks_deletions=false) -%}
{%- set is_deleted = 'coalesce(fed.is_deleted, false)' if marks_deletions else 'false' -%}
select fed.*
    from {{ source('raw', feed) }} as fed
    cross join {{ source('run', 'context') }} as context
    where
        fed.known_at <= context.as_of
        and fed.superseded_at > context.as_of
        and not {{ is_deleted }}
{%- endmacro %}
