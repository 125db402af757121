{# The rows of a feed that we believed at `as_of`, on any engine one predicate. A source that marks
   its deletions has them left out: `marks_deletions`; `keeps_closed` also brings what we no longer
   believed by then. #}
{% macro believed(feed, marks_deletions=false, keeps_closed=false) -%}
{%- set is_deleted = 'coalesce(fed.is_deleted, false)' if marks_deletions else 'false' -%}
select fed.*
    from {{ source('raw', feed) }} as fed
    cross join {{ source('run', 'context') }} as context
    where
        fed.known_at <= context.as_of
        {%- if not keeps_closed %}
        and fed.superseded_at > context.as_of
        {%- endif %}
        and not {{ is_deleted }}
{%- endmacro %}
